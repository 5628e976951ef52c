import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdir, symlink, truncate, writeFile } from 'node:fs/promises';
import { findEndpoint } from '../../../src/engine/docker/endpoint.js';
import { useTempDir } from '../../helpers/temp.js';

const path = useTempDir();
const META = ['contexts', 'meta', createHash('sha256').update('lab').digest('hex')];

/** What may stand where a small file should, and what is said of it. */
const ODD: readonly [string, (at: string) => unknown, string][] = [
  [
    'a pipe that nobody fills',
    (at) => execFileSync('sh', ['-c', 'mkfifo "$0"', at]),
    'it is a pipe',
  ],
  ['a device without end', (at) => symlink('/dev/zero', at), 'it is no plain file'],
  ['a directory', (at) => mkdir(at), 'it is a directory'],
  [
    'a file that fills the memory',
    async (at) => {
      await writeFile(at, '');
      await truncate(at, 200 * 1024 ** 2);
    },
    'it is larger than 1 MiB',
  ],
];

describe.each(ODD)('%s', (_, put, why) => {
  const refused = (file: string) =>
    expect.objectContaining({
      kind: 'engine',
      message: expect.stringContaining(`${file} cannot be read: ${why}`),
      hint: expect.stringContaining(`ls -ld ${file}`),
    });

  it('is no config.json', async () => {
    await put(path('config.json'));
    const found = findEndpoint({ DOCKER_CONFIG: path() });
    await expect(found).rejects.toEqual(refused(path('config.json')));
  });

  it('is no context', async () => {
    await mkdir(path(...META), { recursive: true });
    await put(path(...META, 'meta.json'));
    const found = findEndpoint({ DOCKER_CONFIG: path(), DOCKER_CONTEXT: 'lab' });
    await expect(found).rejects.toEqual(refused(path(...META, 'meta.json')));
  });

  it.each(['ca.pem', 'cert.pem', 'key.pem'])('is no %s', async (name) => {
    await mkdir(path('certs'));
    await put(path('certs', name));
    const found = findEndpoint({
      DOCKER_HOST: 'tcp://h:2376',
      DOCKER_TLS_VERIFY: '1',
      DOCKER_CERT_PATH: path('certs'),
    });
    await expect(found).rejects.toEqual(refused(path('certs', name)));
  });
});

it('a link to a plain file is one', async () => {
  await writeFile(path('elsewhere'), '{"currentContext":"default"}');
  await symlink(path('elsewhere'), path('config.json'));
  expect(await findEndpoint({ DOCKER_CONFIG: path() })).toEqual({
    url: 'unix:///var/run/docker.sock',
  });
});

it('a context whose certificates cannot be looked at is none without TLS', async () => {
  await mkdir(path(...META), { recursive: true });
  const endpoint = { docker: { Host: 'tcp://h:2376' } };
  await writeFile(path(...META, 'meta.json'), JSON.stringify({ Name: 'lab', Endpoints: endpoint }));
  await mkdir(path('contexts', 'tls'));
  await symlink(META[2] ?? '', path('contexts', 'tls', META[2] ?? ''));
  const found = findEndpoint({ DOCKER_CONFIG: path(), DOCKER_CONTEXT: 'lab' });
  await expect(found).rejects.toThrow('it is a link that leads back to itself');
});
