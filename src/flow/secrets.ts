import { readText } from '../host/disk.js';
import { newAuthority } from '../host/issue-certificate.js';
import { authorityPaths, newPassword, passwordPath, readPasswords } from '../host/secrets.js';
import {
  type Access,
  accessWith,
  believing,
  type Passwords,
  type User,
  usersOf,
} from '../model/access.js';
import type { GivenCertificate } from '../model/certificate.js';
import { RsentError } from '../model/errors.js';
import type { TopologySpec } from '../model/spec.js';
import { passwordProblem } from '../spec/password.js';
import type { Context } from './context.js';

/** What stands where a plan has only marks and paths. */
export interface Secrets {
  readonly passwords?: Passwords;
  /** Who signs the nodes' certificates. */
  readonly authority?: { readonly certPem: string; readonly keyPem: string };
  /** The user's own, for every node, in place of an authority. */
  readonly certificate?: GivenCertificate;
}

/** The secrets of a topology, and which of them are on disk already. */
export interface KeptSecrets extends Secrets {
  readonly keptPasswords: ReadonlySet<User>;
  readonly hasAuthority: boolean;
}

const AUTHORITY_DAYS = 3650;

/**
 * The secrets that a topology has, or will have when it is made: new ones where none are kept.
 * @param exists the topology was made already: then a secret that is gone cannot be made anew
 * @param given the password that the user gives
 * @throws RsentError `topology` when a secret is gone, or the password is another one
 */
export async function secretsFor(
  { home }: Context,
  { name, security }: TopologySpec,
  exists: boolean,
  given: string | undefined,
): Promise<KeptSecrets> {
  const kept = await readPasswords(home, name, security);
  const authority = security.tls ? await keptAuthority(home, name) : undefined;
  requirePasswords(home, { name, security }, exists, kept, given);
  if (security.tls && exists && authority === undefined) {
    const { certificate, key } = authorityPaths(home, name);
    const isThere = (await readText(certificate)) !== undefined;
    throw gone('authority', name, isThere ? key : certificate);
  }
  const made = security.tls && authority === undefined ? await makeAuthority(name) : authority;
  return {
    keptPasswords: new Set(usersOf(security).filter((user) => kept[user] !== undefined)),
    hasAuthority: authority !== undefined,
    ...(security.auth ? { passwords: completed(kept, security.acl, given) } : {}),
    ...(made === undefined ? {} : { authority: made }),
  };
}

/** What opens the nodes. */
export function accessOf({ passwords, authority, certificate }: Secrets, acl: boolean): Access {
  const access = accessWith(passwords ?? {}, acl, authority?.certPem);
  return certificate === undefined
    ? access
    : believing(access, { ca: certificate.caPem, anyName: true });
}

/** New passwords for those who have none; the one that the user gives is the application's. */
export function completed(kept: Partial<Passwords>, acl: boolean, given?: string): Passwords {
  const app = kept.app ?? given ?? newPassword();
  const own = (user: User) => (acl ? (kept[user] ?? newPassword()) : app);
  return { app, rsent: own('rsent'), sentinel: own('sentinel'), replication: own('replication') };
}

function makeAuthority(name: string) {
  return newAuthority({ commonName: `rsent ${name}`, days: AUTHORITY_DAYS });
}

async function keptAuthority(home: string, name: string): Promise<Secrets['authority']> {
  const paths = authorityPaths(home, name);
  const [certPem, keyPem] = await Promise.all([readText(paths.certificate), readText(paths.key)]);
  return certPem === undefined || keyPem === undefined ? undefined : { certPem, keyPem };
}

function requirePasswords(
  home: string,
  { name, security }: Pick<TopologySpec, 'name' | 'security'>,
  exists: boolean,
  kept: Partial<Passwords>,
  given: string | undefined,
): void {
  for (const user of usersOf(security)) {
    const path = passwordPath(home, name, user);
    const password = kept[user] ?? (user === 'app' ? given : undefined);
    if (password === undefined && exists) throw gone('password', name, path, user);
    const problem = kept[user] === undefined ? undefined : passwordProblem(kept[user]);
    if (problem === undefined) continue;
    throw new RsentError('topology', `The password in ${path} cannot be used: ${problem}.`, {
      hint: 'The file was changed. Write the one into it that the nodes know.',
    });
  }
  if (kept.app === undefined || given === undefined || kept.app === given) return;
  throw new RsentError('topology', `${name} has another password already.`, {
    hint: `rsent rotate-password ${name} changes it.`,
  });
}

function gone(
  what: 'password' | 'authority',
  name: string,
  path: string,
  user: User = 'app',
): RsentError {
  const hint =
    what === 'authority'
      ? 'Put ca.crt and ca.key back from a copy, or make the topology anew.'
      : user === 'app'
        ? 'Give it with --password-file or RSENT_PASSWORD, as its nodes know it, and it is kept again.'
        : 'Put the file back from a copy, or make the topology anew.';
  return new RsentError('topology', `The ${what} of ${name} is gone: there is no ${path}.`, {
    hint,
  });
}
