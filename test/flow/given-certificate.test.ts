import { mkdir, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { exchange, placeCertificate } from '../../src/flow/certify.js';
import type { Context } from '../../src/flow/context.js';
import { keptCertificate, upSecrets } from '../../src/flow/given-certificate.js';
import { accessOf } from '../../src/flow/secrets.js';
import { LOCAL_FILES } from '../../src/host/file-store.js';
import type { GivenCertificate } from '../../src/model/certificate.js';
import { anIssuer } from '../helpers/own-certificate.js';
import { useTempDir } from '../helpers/temp.js';
import { aSpec } from '../helpers/topology.js';

const path = useTempDir();
const { issue } = await anIssuer();
const [mine, other] = [await issue(), await issue()];
const STEP = { kind: 'write-certificate', id: 'c', after: [] } as const;
const FILES = ['ca.crt', 'tls.crt', 'tls.key'];

async function keep(certificate: GivenCertificate) {
  await mkdir(path('lab'), { recursive: true });
  return placeCertificate({ ...STEP, path: path('lab') }, certificate, LOCAL_FILES);
}

function secrets(exists: boolean, certificate?: GivenCertificate, auth = false) {
  const security = {
    auth,
    acl: false,
    tls: true,
    givenCertificate: true,
    publish: '127.0.0.1',
  } as const;
  const given = certificate === undefined ? {} : { certificate };
  return upSecrets({ home: path() } as Context, aSpec({ security }), exists, given);
}

describe('the certificate of the user’s', () => {
  it('is the given one for a new topology, and no authority is made', async () => {
    const found = await secrets(false, mine);
    expect(found).toMatchObject({ certificate: mine, hasAuthority: false });
    expect(found).not.toHaveProperty('authority');
  });

  it('is the given one where an earlier run left another', async () => {
    await keep(other);
    expect(await secrets(false, mine)).toMatchObject({ certificate: mine, hasAuthority: false });
  });

  it('is the kept one of a topology that exists, said again or not', async () => {
    await keep(mine);
    for (const given of [undefined, mine]) {
      expect(await secrets(true, given)).toMatchObject({ certificate: mine, hasAuthority: true });
    }
  });

  it('is not exchanged by the way', async () => {
    await keep(mine);
    await expect(secrets(true, other)).rejects.toMatchObject({
      kind: 'topology',
      message: 'lab has another certificate already.',
      hint: expect.stringContaining('rsent rotate-certs lab --tls-cert FILE'),
    });
  });

  it.each(FILES)('can be given again when a copy is gone: %s', async (file) => {
    await keep(mine);
    await rm(path('lab', file));
    const gone = {
      kind: 'topology',
      message: `The certificate of lab is gone: there is no ${path('lab', file)}.`,
      hint: expect.stringContaining('--tls-ca FILE'),
    };
    await expect(secrets(true)).rejects.toMatchObject(gone);
    await expect(keptCertificate(path(), 'lab')).rejects.toMatchObject(gone);
    expect(await secrets(true, mine)).toMatchObject({ certificate: mine, hasAuthority: false });
  });

  it('comes with the password, where there is one', async () => {
    const found = await secrets(false, mine, true);
    expect(JSON.stringify(found)).toMatch(/password/i);
  });

  it('opens its nodes whatever it names', () => {
    expect(accessOf({ certificate: mine }, false).redis).toEqual({ ca: mine.caPem, anyName: true });
  });
});

describe('its files', () => {
  it('are put in place with the key for its owner alone, and taken away again', async () => {
    const undo = await keep(mine);
    expect(await keptCertificate(path(), 'lab')).toEqual(mine);
    const modes = await Promise.all(
      FILES.map(async (file) => (await stat(path('lab', file))).mode),
    );
    expect(modes.map((mode) => mode & 0o777)).toEqual([0o644, 0o644, 0o600]);
    await writeFile(path('lab', 'topology.json'), '{}');
    await undo();
    expect(await readdir(path('lab'))).toEqual(['topology.json']);
  });

  it('are exchanged as far as there are new ones, with their modes', async () => {
    await keep(mine);
    const { certPem, keyPem } = other;
    await exchange(path('lab'), { certPem, keyPem }, LOCAL_FILES);
    expect(await keptCertificate(path(), 'lab')).toEqual({ ...other, caPem: mine.caPem });
    await exchange(path('lab'), { caPem: 'new' }, LOCAL_FILES);
    expect(await readFile(path('lab', 'ca.crt'), 'utf8')).toBe('new');
    expect((await stat(path('lab', 'tls.key'))).mode & 0o777).toBe(0o600);
  });
});
