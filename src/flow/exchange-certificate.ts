import { join } from 'node:path';
import { bothAuthorities, givenPaths, readGivenCertificate } from '../host/given-certificate.js';
import { believing } from '../model/access.js';
import type { CertificateFiles, GivenCertificate } from '../model/certificate.js';
import { RsentError } from '../model/errors.js';
import { exchange } from './certify.js';
import type { Context } from './context.js';
import { keptCertificate } from './given-certificate.js';
import { type Recorded, renew } from './renewal.js';
import { rotating } from './rotation.js';

/** The user's new certificate; without an authority it is signed by the one that is trusted now. */
export type NewFiles = Pick<CertificateFiles, 'cert' | 'key'> & Partial<CertificateFiles>;

/**
 * Another certificate of the user's for all nodes. Where the authority changes, every node first
 * trusts the old one and the new one, then shows the new certificate, then forgets the old
 * authority: at no moment does a node meet a certificate that it does not believe. What is kept
 * beside the data fits all nodes at any moment, so that it can be run again when it was cut short.
 * @throws RsentError `usage` when the new certificate cannot be used; nothing was done then
 */
export async function exchangeCertificate(
  context: Context,
  known: Recorded,
  timeoutMs: number,
  files: NewFiles,
): Promise<void> {
  const fresh = await checked(context.home, known.record.spec.name, files);
  await exchangeTo(context, known, timeoutMs, fresh);
}

/** Exchange it for one that was checked, as `exchangeCertificate` does. */
export async function exchangeTo(
  context: Context,
  known: Recorded,
  timeoutMs: number,
  fresh: GivenCertificate,
): Promise<void> {
  const { name } = known.record.spec;
  const kept = await keptCertificate(context.home, name);
  const both = bothAuthorities(kept.caPem, fresh.caPem);
  const access = believing(known.access, { ca: both });
  const home = join(context.home, name);
  const store = context.files.of(known.record);
  const put = (directory: string, what: Partial<GivenCertificate>) =>
    exchange(directory, what, store);
  await renew(context, { ...known, access }, timeoutMs, (round) =>
    rotating(context, name, 'certificates', { certificate: fresh }, async () => {
      if (both !== kept.caPem) {
        await round('Both authorities for', (directory) => put(directory, { caPem: both }));
        await put(home, { caPem: both });
      }
      const { certPem, keyPem } = fresh;
      await round('The new certificate for', (directory) => put(directory, { certPem, keyPem }));
      await put(home, { certPem, keyPem });
      if (both === fresh.caPem) return;
      await round('The new authority alone for', (directory) =>
        put(directory, { caPem: fresh.caPem }),
      );
      await put(home, { caPem: fresh.caPem });
    }),
  );
}

async function checked(home: string, name: string, files: NewFiles): Promise<GivenCertificate> {
  const ca = files.ca ?? { path: givenPaths(home, name).caPem, where: '--tls-ca by default' };
  const { certificate, problems } = await readGivenCertificate({ ...files, ca });
  if (certificate !== undefined) return certificate;
  throw new RsentError(
    'usage',
    `The new certificate cannot be used:\n${problems.map((each) => `  - ${each}`).join('\n')}`,
    { hint: 'Nothing was done. Put these right and run the command again.' },
  );
}
