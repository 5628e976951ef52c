import { join } from 'node:path';
import type { Passwords } from '../model/access.js';
import type { GivenCertificate } from '../model/certificate.js';
import { RsentError } from '../model/errors.js';
import * as z from '../spec/zod.js';
import { readText, removeTree, replaceFile } from './disk.js';

/** What a rotation that is under way changes the secrets to, kept so that another rsent can end it. */
export interface NextSecrets {
  readonly passwords?: Passwords;
  readonly certificate?: GivenCertificate;
}

/** Name of the file beside the data that holds them. */
const NEXT_SECRETS_FILE = 'secrets.next';

const schema = z.object({
  passwords: z
    .object({ app: z.string(), rsent: z.string(), sentinel: z.string(), replication: z.string() })
    .optional(),
  certificate: z.object({ certPem: z.string(), keyPem: z.string(), caPem: z.string() }).optional(),
});

const pathOf = (home: string, name: string) => join(home, name, NEXT_SECRETS_FILE);

/** Keep them, for nobody but their owner to read. */
export async function keepNextSecrets(
  home: string,
  name: string,
  next: NextSecrets,
): Promise<void> {
  await replaceFile(pathOf(home, name), `${JSON.stringify(next)}\n`, 0o600);
}

/**
 * What is kept of them; empty when nothing is.
 * @throws RsentError `topology` when the file was damaged
 */
export async function readNextSecrets(home: string, name: string): Promise<NextSecrets> {
  const path = pathOf(home, name);
  const text = await readText(path);
  if (text === undefined) return {};
  try {
    const { passwords, certificate } = schema.parse(JSON.parse(text));
    return { ...(passwords && { passwords }), ...(certificate && { certificate }) };
  } catch {
    throw new RsentError(
      'topology',
      `${path}, the secrets of an unfinished rotation, was damaged.`,
      {
        hint: `Delete it: rsent up ${name} then makes a new password, or rsent rotate-certs ${name} takes the new certificate again.`,
      },
    );
  }
}

/** They are the topology's own now, or nobody's. */
export async function dropNextSecrets(home: string, name: string): Promise<void> {
  await removeTree(pathOf(home, name));
}
