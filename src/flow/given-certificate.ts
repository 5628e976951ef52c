import { givenPaths, isSameCertificate, readKeptCertificate } from '../host/given-certificate.js';
import type { GivenCertificate } from '../model/certificate.js';
import { RsentError } from '../model/errors.js';
import type { TopologySpec } from '../model/spec.js';
import type { Context } from './context.js';
import { type KeptSecrets, secretsFor } from './secrets.js';

/** What the user gives to `up`. */
interface Given {
  readonly password?: string;
  readonly certificate?: GivenCertificate;
}

/**
 * The secrets of a topology, as `secretsFor` gives them, with the user's own certificate where it
 * has one: the given one for a new topology, the kept one for one that exists.
 * @throws RsentError `topology` when what is kept is gone, or another one is given
 */
export async function upSecrets(
  context: Context,
  spec: TopologySpec,
  exists: boolean,
  { password, certificate: given }: Given,
): Promise<KeptSecrets> {
  const { name, security } = spec;
  if (!security.givenCertificate) return secretsFor(context, spec, exists, password);
  // No authority is made for it.
  const others = { ...spec, security: { ...security, tls: false } };
  const secrets = await secretsFor(context, others, exists, password);
  const kept = await completeCopy(context.home, name);
  const [isKept, missing] = typeof kept === 'string' ? [undefined, kept] : [kept, undefined];
  const certificate = (exists ? isKept : undefined) ?? given;
  if (certificate === undefined) throw gone(name, missing ?? '');
  if (given !== undefined && !isSameCertificate(certificate, given)) {
    throw new RsentError('topology', `${name} has another certificate already.`, {
      hint: `rsent rotate-certs ${name} --tls-cert FILE --tls-key FILE exchanges it; without these flags rsent up ${name} takes the one that it has.`,
    });
  }
  return { ...secrets, certificate, hasAuthority: exists && isKept !== undefined };
}

/**
 * The certificate that a topology was given.
 * @throws RsentError `topology` when a file of it is gone
 */
export async function keptCertificate(home: string, name: string): Promise<GivenCertificate> {
  const kept = await completeCopy(home, name);
  if (typeof kept === 'string') throw gone(name, kept);
  return kept;
}

/** All that is kept of it, or the path of a file that is gone. */
async function completeCopy(home: string, name: string): Promise<GivenCertificate | string> {
  const { certPem, keyPem, caPem } = await readKeptCertificate(home, name);
  const paths = givenPaths(home, name);
  if (certPem === undefined) return paths.certPem;
  if (keyPem === undefined) return paths.keyPem;
  return caPem === undefined ? paths.caPem : { certPem, keyPem, caPem };
}

function gone(name: string, path: string): RsentError {
  return new RsentError('topology', `The certificate of ${name} is gone: there is no ${path}.`, {
    hint: `Give it again, and it is kept again: rsent up ${name} --tls-cert FILE --tls-key FILE --tls-ca FILE. Each node has copies in its conf directory.`,
  });
}
