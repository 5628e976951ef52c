import { writeFile } from 'node:fs/promises';
import { withCertificate } from '../../src/cli/certificate.js';
import { readSaid, resolveSaid } from '../../src/cli/inputs.js';
import { anIssuer, writeCertificate } from '../helpers/own-certificate.js';
import { useTempDir } from '../helpers/temp.js';

const path = useTempDir();
const { issue } = await anIssuer();
const given = async (args: Record<string, unknown>) => withCertificate(await readSaid(args));
const YAML = 'tlsCert: my.crt\ntlsKey: my.key\ntlsCa: my-ca.crt\n';

async function file(source: string): Promise<string> {
  await writeFile(path('rsent.yaml'), source);
  return path('rsent.yaml');
}

describe('withCertificate', () => {
  it('reads it from beside the spec file, and turns TLS on', async () => {
    const mine = await issue();
    await writeCertificate(path, mine);
    const { said, certificate } = await given({ file: await file(YAML) });
    expect(certificate).toEqual(mine);
    expect(resolveSaid(said, undefined).spec.security).toMatchObject({
      tls: true,
      givenCertificate: true,
    });
  });

  it('reads nothing where none is named', async () => {
    expect(await given({ tls: true })).not.toHaveProperty('certificate');
  });

  it('lets a flag turn TLS on that the file turns off', async () => {
    const { cert, key, ca } = await writeCertificate(path, await issue());
    const flags = { tlsCert: cert.path, tlsKey: key.path, tlsCa: ca.path };
    const { said } = await given({ ...flags, file: await file('tls: false\n') });
    expect(resolveSaid(said, undefined).spec.security.tls).toBe(true);
  });

  it('tells what is wrong with it together with all else', async () => {
    await writeCertificate(path, { ...(await issue()), keyPem: 'none' });
    const { said, certificate } = await given({
      file: await file(`${YAML}bogus: 1\n`),
      quorum: '9',
    });
    expect(certificate).toBeUndefined();
    const lines = [
      /3 problems/,
      /yaml:2: tlsKey is ".*my\.key", and/,
      /yaml:4: bogus/,
      /--quorum is 9/,
    ];
    for (const line of lines) {
      expect(() => resolveSaid(said, undefined)).toThrow(
        expect.objectContaining({ kind: 'spec', message: expect.stringMatching(line) }),
      );
    }
  });
});
