import { hostAddresses } from '../host/network.js';
import { readNextSecrets } from '../host/next-secrets.js';
import type { CertificateFiles } from '../model/certificate.js';
import { RsentError } from '../model/errors.js';
import { namesOf } from '../plan/up-files.js';
import { recertify } from './certify.js';
import type { Context } from './context.js';
import { exchangeCertificate, exchangeTo, type NewFiles } from './exchange-certificate.js';
import { findRecorded } from './find.js';
import { type Recorded, renew } from './renewal.js';
import { requireNoOther, rotating } from './rotation.js';
import { secretsFor } from './secrets.js';

/**
 * New certificates for all nodes of a topology: issued by its own authority or, where the user has
 * brought the certificate, another one of the user's.
 * @param files the user's new certificate
 * @throws RsentError `refused` when the topology has no TLS, is not healthy, has certificates of the
 * other kind, or a change of its password was cut short; nothing was done then
 */
export async function rotateCertificates(
  context: Context,
  name: string,
  timeoutMs: number,
  files?: NewFiles,
): Promise<void> {
  const known = await findRecorded(context, name);
  const { spec } = known.record;
  requireNoOther(known.record, 'certificates');
  if (!spec.security.tls) {
    throw new RsentError('refused', `${name} has no certificates to renew.`, {
      hint: 'A topology gets TLS when it is made: rsent up NAME --tls.',
    });
  }
  if (spec.security.givenCertificate) {
    if (files === undefined) throw notOurs(name);
    return exchangeCertificate(context, known, timeoutMs, files);
  }
  if (files !== undefined) throw notYours(name, files);
  await reissue(context, known, timeoutMs);
}

/**
 * Complete a renewal of certificates that was cut short.
 * @throws RsentError `unhealthy` when it is cut short again, or the user's certificate is not kept
 */
export async function completeCertificates(
  context: Context,
  known: Recorded,
  timeoutMs: number,
): Promise<void> {
  const { name, security } = known.record.spec;
  context.progress.note(`Completing the renewal of the certificates of ${name}`);
  if (!security.givenCertificate) return reissue(context, known, timeoutMs);
  const { certificate } = await readNextSecrets(context.home, name);
  if (certificate !== undefined) return exchangeTo(context, known, timeoutMs, certificate);
  throw new RsentError('topology', `The new certificate of ${name} is not kept any more.`, {
    hint: `Give it once more: rsent rotate-certs ${name} --tls-cert FILE --tls-key FILE, and --tls-ca FILE where another authority has signed it.`,
  });
}

async function reissue(context: Context, known: Recorded, timeoutMs: number): Promise<void> {
  const { spec } = known.record;
  const { authority } = await secretsFor(context, spec, true, undefined);
  if (authority === undefined) throw new RsentError('bug', 'A topology with TLS and no authority.');
  const store = context.files.of(known.record);
  await renew(context, known, timeoutMs, (round) =>
    rotating(context, spec.name, 'certificates', {}, () =>
      round('A new certificate for', (directory, node) =>
        recertify(directory, namesOf(node, hostAddresses()), authority, store),
      ),
    ),
  );
}

function notOurs(name: string): RsentError {
  return new RsentError(
    'refused',
    `The certificate of ${name} is your own: rsent cannot issue another one.`,
    {
      hint: `Give the new one: rsent rotate-certs ${name} --tls-cert FILE --tls-key FILE, and --tls-ca FILE where another authority has signed it.`,
    },
  );
}

function notYours(name: string, { cert }: Pick<CertificateFiles, 'cert'>): RsentError {
  return new RsentError(
    'refused',
    `rsent issues the certificates of ${name}; it does not take the one that ${cert.where} names.`,
    {
      hint: `Nothing was done. rsent rotate-certs ${name} without it issues new ones. A topology takes your own when it is made: rsent up NAME --tls-cert FILE --tls-key FILE --tls-ca FILE.`,
    },
  );
}
