import { newAuthority } from '../host/certificates.js';
import { readText } from '../host/disk.js';
import { authorityPaths, newPassword, passwordPath, readPassword } from '../host/secrets.js';
import { type Access, accessWith, believing } from '../model/access.js';
import type { GivenCertificate } from '../model/certificate.js';
import { RsentError } from '../model/errors.js';
import type { TopologySpec } from '../model/spec.js';
import { passwordProblem } from '../spec/password.js';
import type { Context } from './context.js';

/** What stands where a plan has only marks and paths. */
export interface Secrets {
  readonly password?: string;
  /** Who signs the nodes' certificates. */
  readonly authority?: { readonly certPem: string; readonly keyPem: string };
  /** The user's own, for every node, in place of an authority. */
  readonly certificate?: GivenCertificate;
}

/** The secrets of a topology, and which of them are on disk already. */
export interface KeptSecrets extends Secrets {
  readonly hasPassword: boolean;
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
  const kept = security.auth ? await readPassword(home, name) : undefined;
  const authority = security.tls ? await keptAuthority(home, name) : undefined;
  if (security.auth) requirePassword(home, name, exists, kept, given);
  if (security.tls && exists && authority === undefined) {
    const { certificate, key } = authorityPaths(home, name);
    const isThere = (await readText(certificate)) !== undefined;
    throw gone('authority', name, isThere ? key : certificate);
  }
  const made = security.tls && authority === undefined ? await makeAuthority(name) : authority;
  return {
    hasPassword: kept !== undefined,
    hasAuthority: authority !== undefined,
    ...(security.auth ? { password: kept ?? given ?? newPassword() } : {}),
    ...(made === undefined ? {} : { authority: made }),
  };
}

/** What rsent itself needs to be let in. */
export function accessOf({ password, authority, certificate }: Secrets): Access {
  const access = accessWith({
    ...(password === undefined ? {} : { password }),
    ...(authority === undefined ? {} : { ca: authority.certPem }),
  });
  return certificate === undefined
    ? access
    : believing(access, { ca: certificate.caPem, anyName: true });
}

function makeAuthority(name: string) {
  return newAuthority({ commonName: `rsent ${name}`, days: AUTHORITY_DAYS });
}

async function keptAuthority(home: string, name: string): Promise<Secrets['authority']> {
  const paths = authorityPaths(home, name);
  const [certPem, keyPem] = await Promise.all([readText(paths.certificate), readText(paths.key)]);
  return certPem === undefined || keyPem === undefined ? undefined : { certPem, keyPem };
}

function requirePassword(
  home: string,
  name: string,
  exists: boolean,
  kept: string | undefined,
  given: string | undefined,
): void {
  if (kept === undefined && exists && given === undefined) {
    throw gone('password', name, passwordPath(home, name));
  }
  const problem = kept === undefined ? undefined : passwordProblem(kept);
  if (problem !== undefined) {
    throw new RsentError(
      'topology',
      `The password in ${passwordPath(home, name)} cannot be used: ${problem}.`,
      {
        hint: 'The file was changed. Write the one into it that the nodes know.',
      },
    );
  }
  if (kept === undefined || given === undefined || kept === given) return;
  throw new RsentError('topology', `${name} has another password already.`, {
    hint: `rsent rotate-password ${name} changes it.`,
  });
}

function gone(what: 'password' | 'authority', name: string, path: string): RsentError {
  const hint =
    what === 'password'
      ? 'Give it with --password-file or RSENT_PASSWORD, as its nodes know it, and it is kept again.'
      : 'Put ca.crt and ca.key back from a copy, or make the topology anew.';
  return new RsentError('topology', `The ${what} of ${name} is gone: there is no ${path}.`, {
    hint,
  });
}
