import type { Security } from './spec.js';

/** A certificate (PEM, with its chain) and its key, shown to servers that ask for one. */
export interface OwnCertificate {
  readonly cert: string;
  readonly key: string;
}

/** Who one says one is to a server, and whom one believes to be one. */
export interface Credentials {
  readonly username?: string;
  readonly password?: string;
  /** Certificate (PEM) of the authority that has signed the servers'; TLS where it is given. */
  readonly ca?: string;
  /** Whatever the servers' certificates name: only who signed them counts. */
  readonly anyName?: true;
  /** Shown to servers that want a certificate of their clients (tls-auth-clients); only with `ca`. */
  readonly own?: OwnCertificate;
}

/** What is needed to be let in. Never part of a plan or a report. */
export interface Access {
  /** rsent itself, on data nodes. */
  readonly redis: Credentials;
  /** rsent itself, on Sentinels. */
  readonly sentinel: Credentials;
  /** An application, everywhere. */
  readonly application: Credentials;
  /** A Sentinel to data nodes and its peers, where it is known. */
  readonly watcher?: Credentials;
  /** A replica to its master, where it is known. */
  readonly replica?: Credentials;
}

/**
 * Who talks to a node: the application, rsent, a Sentinel (to data nodes and to its peers), a
 * replica. With ACL each is a user of this name with a password of its own; without, all of them
 * are the default user.
 */
export const USERS = ['app', 'rsent', 'sentinel', 'replication'] as const;
export type User = (typeof USERS)[number];

/** Those who have a password of their own in such a topology. */
export function usersOf({ auth, acl }: Pick<Security, 'auth' | 'acl'>): readonly User[] {
  if (!auth) return [];
  return acl ? USERS : ['app'];
}

/** Name of the file in which a password is kept beside the data. */
export function passwordFile(user: User): string {
  return user === 'app' ? 'password' : `password.${user}`;
}

/** The password of everyone; the same one throughout where there is no ACL. */
export type Passwords = Readonly<Record<User, string>>;

/** For a topology that lets everyone in. */
export const OPEN_ACCESS: Access = {
  ...{ redis: {}, sentinel: {}, application: {} },
  ...{ watcher: {}, replica: {} },
};

/**
 * What opens the nodes of a topology.
 * @param passwords those that are known; who has none is a stranger
 * @param acl each of them is a user of its own
 * @param ca certificate (PEM) of the authority, with TLS
 */
export function accessWith(passwords: Partial<Passwords>, acl: boolean, ca?: string): Access {
  const as = (user: User): Credentials => {
    const password = passwords[user];
    const name = acl ? { username: user } : {};
    return {
      ...(password === undefined ? {} : { ...name, password }),
      ...(ca === undefined ? {} : { ca }),
    };
  };
  return {
    ...{ redis: as('rsent'), sentinel: as('rsent'), application: as('app') },
    ...{ watcher: as('sentinel'), replica: as('replication') },
  };
}

/** As somebody who knows where the nodes are, and nothing else. */
export function asStranger({ ca, anyName, own }: Credentials): Credentials {
  return {
    ...(ca === undefined ? {} : { ca }),
    ...(anyName === undefined ? {} : { anyName }),
    ...(own === undefined ? {} : { own }),
  };
}

/** The same, with servers believed in another way. */
export function believing(access: Access, trust: Pick<Credentials, 'ca' | 'anyName'>): Access {
  const entries = Object.entries<Credentials>({ ...access });
  const changed = entries.map(([who, credentials]) => [who, { ...credentials, ...trust }]);
  return Object.fromEntries(changed) as Access;
}
