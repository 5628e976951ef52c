/** Who one says one is to a server, and whom one believes to be one. */
export interface Credentials {
  readonly username?: string;
  readonly password?: string;
  /** Certificate (PEM) of the authority that has signed the servers'; TLS where it is given. */
  readonly ca?: string;
  /** Whatever the servers' certificates name: only who signed them counts. */
  readonly anyName?: true;
}

/** What rsent itself needs to be let in, by kind of node. Never part of a plan or a report. */
export interface Access {
  readonly redis: Credentials;
  readonly sentinel: Credentials;
}

/** For a topology that lets everyone in. */
export const OPEN_ACCESS: Access = { redis: {}, sentinel: {} };

/** The same credentials for all nodes. */
export function accessWith(credentials: Credentials): Access {
  return { redis: credentials, sentinel: credentials };
}

/** As somebody who knows where the nodes are, and nothing else. */
export function asStranger({ ca, anyName }: Credentials): Credentials {
  return { ...(ca === undefined ? {} : { ca }), ...(anyName === undefined ? {} : { anyName }) };
}

/** The same, with servers believed in another way. */
export function believing(access: Access, trust: Pick<Credentials, 'ca' | 'anyName'>): Access {
  const entries = Object.entries<Credentials>({ ...access });
  const changed = entries.map(([who, credentials]) => [who, { ...credentials, ...trust }]);
  return Object.fromEntries(changed) as Access;
}
