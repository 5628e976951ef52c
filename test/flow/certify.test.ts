import { mkdir, readdir, readFile, stat, writeFile } from 'node:fs/promises';
import { certify, keepAuthority, recertify } from '../../src/flow/certify.js';
import { certificateFacts, isSignedBy, matches } from '../../src/host/certificates.js';
import { LOCAL_FILES } from '../../src/host/file-store.js';
import { newAuthority } from '../../src/host/issue-certificate.js';
import { useTempDir } from '../helpers/temp.js';

const path = useTempDir();
const authority = await newAuthority({ commonName: 'rsent lab', days: 3650 });
const names = {
  commonName: 'lab-redis-1',
  dnsNames: ['lab-redis-1', 'redis-1', 'localhost'],
  ipAddresses: ['172.30.5.11', '127.0.0.1'],
};
const read = (...parts: string[]) => readFile(path(...parts), 'utf8');
const modeOf = async (...parts: string[]) => (await stat(path(...parts))).mode & 0o777;
const DAY_MS = 86_400_000;

async function issue(): Promise<() => Promise<void>> {
  await mkdir(path('conf'), { recursive: true });
  const step = {
    kind: 'issue-certificate',
    id: 'c',
    after: [],
    path: path('conf'),
    names,
  } as const;
  return certify(step, authority, LOCAL_FILES);
}

describe('keepAuthority', () => {
  const keep = () =>
    keepAuthority(
      {
        ...{ kind: 'make-authority', id: 'authority', after: [] },
        ...{ certificate: path('ca.crt'), key: path('ca.key') },
      },
      authority,
    );

  it('keeps both, the key for its owner alone', async () => {
    await keep();
    expect([await read('ca.crt'), await read('ca.key')]).toEqual([
      authority.certPem,
      authority.keyPem,
    ]);
    expect([await modeOf('ca.crt'), await modeOf('ca.key')]).toEqual([0o644, 0o600]);
  });

  it('replaces what was left half done, readable by others or not', async () => {
    await writeFile(path('ca.key'), 'old', { mode: 0o644 });
    await keep();
    expect(await read('ca.key')).toBe(authority.keyPem);
    expect(await modeOf('ca.key')).toBe(0o600);
  });

  it('can be undone', async () => {
    await (await keep())();
    expect(await readdir(path())).toEqual([]);
  });
});

describe('certify', () => {
  it('gives a node a key, a certificate of all its names and the authority to trust', async () => {
    await issue();
    const [certPem, keyPem] = [await read('conf', 'tls.crt'), await read('conf', 'tls.key')];
    expect(matches(certPem, keyPem)).toBe(true);
    expect(isSignedBy(certPem, await read('conf', 'ca.crt'))).toBe(true);
    expect(certificateFacts(certPem)).toMatchObject({
      dnsNames: names.dnsNames,
      ipAddresses: names.ipAddresses,
      isAuthority: false,
    });
    expect(await modeOf('conf', 'tls.key')).toBe(0o600);
    expect(await readdir(path('conf'))).toEqual(['ca.crt', 'tls.crt', 'tls.key']);
  });

  it('never gives it the key of the authority', async () => {
    await issue();
    for (const name of await readdir(path('conf'))) {
      expect(await read('conf', name)).not.toContain(authority.keyPem.split('\n')[1]);
    }
  });

  it('is for no longer than clients take', async () => {
    await issue();
    const { notAfterMs } = certificateFacts(await read('conf', 'tls.crt'));
    const days = (notAfterMs - Date.now()) / DAY_MS;
    expect(days).toBeGreaterThan(824);
    expect(days).toBeLessThanOrEqual(825);
  });

  it('can be undone, and leaves what it did not make', async () => {
    const undo = await issue();
    await writeFile(path('conf', 'redis.conf'), 'port 1');
    await undo();
    expect(await readdir(path('conf'))).toEqual(['redis.conf']);
  });
});

describe('recertify', () => {
  it('replaces key and certificate, and keeps their modes', async () => {
    await issue();
    const before = await read('conf', 'tls.crt');
    await recertify(path('conf'), names, authority, LOCAL_FILES);
    const after = await read('conf', 'tls.crt');
    expect(after).not.toBe(before);
    expect(matches(after, await read('conf', 'tls.key'))).toBe(true);
    expect(isSignedBy(after, authority.certPem)).toBe(true);
    expect([await modeOf('conf', 'tls.crt'), await modeOf('conf', 'tls.key')]).toEqual([
      0o644, 0o600,
    ]);
  });
});
