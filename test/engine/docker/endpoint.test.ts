import { createHash } from 'node:crypto';
import { mkdir, writeFile } from 'node:fs/promises';
import { findEndpoint, hostOf, isLocal } from '../../../src/engine/docker/endpoint.js';
import { useTempDir } from '../../helpers/temp.js';

const path = useTempDir();
const DEFAULT = 'unix:///var/run/docker.sock';
const unreachable = expect.objectContaining({ kind: 'engine', failure: 'unreachable' });

/** An environment whose docker configuration is that of the test. */
const env = (more: NodeJS.ProcessEnv = {}) => ({ DOCKER_CONFIG: path(), ...more });
const config = (content: string) => writeFile(path('config.json'), content);
const idOf = (name: string) => createHash('sha256').update(name).digest('hex');

async function context(name: string, meta: unknown): Promise<void> {
  await mkdir(path('contexts', 'meta', idOf(name)), { recursive: true });
  const text = typeof meta === 'string' ? meta : JSON.stringify(meta);
  await writeFile(path('contexts', 'meta', idOf(name), 'meta.json'), text);
}

const at = (Host: string) => ({ Name: 'x', Endpoints: { docker: { Host } } });

describe('findEndpoint', () => {
  it('is the usual socket when nothing says otherwise', async () => {
    expect(await findEndpoint(env())).toEqual({ url: DEFAULT });
  });

  it.each([
    ['no context', '{}'],
    ['the context default', '{"currentContext":"default"}'],
    ['an empty context', '{"currentContext":""}'],
    ['a context that is no text', '{"currentContext":5}'],
    ['no object', '[]'],
  ])('is the usual socket when the configuration has %s', async (_, text) => {
    await config(text);
    expect(await findEndpoint(env())).toEqual({ url: DEFAULT });
  });

  it('is DOCKER_HOST before everything else', async () => {
    await config('{"currentContext":"lab"}');
    await context('lab', at('tcp://1.2.3.4:1'));
    const seen = await findEndpoint(env({ DOCKER_HOST: 'tcp://h:2375', DOCKER_CONTEXT: 'lab' }));
    expect(seen).toEqual({ url: 'tcp://h:2375' });
  });

  it('is DOCKER_CONTEXT before the current context', async () => {
    await config('{"currentContext":"other"}');
    await context('lab', at('unix:///lab.sock'));
    await context('other', at('unix:///other.sock'));
    expect(await findEndpoint(env({ DOCKER_CONTEXT: 'lab' }))).toEqual({ url: 'unix:///lab.sock' });
    expect(await findEndpoint(env())).toEqual({ url: 'unix:///other.sock' });
    expect(await findEndpoint(env({ DOCKER_CONTEXT: 'default' }))).toEqual({ url: DEFAULT });
  });

  it.each([
    ['was never made', undefined],
    ['has no endpoints', {}],
    ['has none for docker', { Endpoints: { kubernetes: {} } }],
    ['has no host', { Endpoints: { docker: {} } }],
    ['has a host that is no text', { Endpoints: { docker: { Host: 5 } } }],
  ])('fails for a context that %s, naming it', async (_, meta) => {
    if (meta !== undefined) await context('lab', meta);
    const found = findEndpoint(env({ DOCKER_CONTEXT: 'lab' }));
    await expect(found).rejects.toEqual(unreachable);
    await expect(found).rejects.toThrow('"lab"');
  });

  it('says which file is not JSON', async () => {
    await config('{');
    await expect(findEndpoint(env())).rejects.toEqual(unreachable);
    await expect(findEndpoint(env())).rejects.toThrow(path('config.json'));
    await config('{}');
    await context('lab', '{');
    await expect(findEndpoint(env({ DOCKER_CONTEXT: 'lab' }))).rejects.toThrow('meta.json');
  });

  it('says which file cannot be read', async () => {
    await mkdir(path('config.json'));
    await expect(findEndpoint(env())).rejects.toEqual(unreachable);
  });
});

describe('certificates', () => {
  async function certificates(...folder: string[]): Promise<void> {
    await mkdir(path(...folder), { recursive: true });
    for (const name of ['ca', 'cert', 'key']) {
      await writeFile(path(...folder, `${name}.pem`), `the ${name}`);
    }
  }

  const tls = {
    ca: Buffer.from('the ca'),
    cert: Buffer.from('the cert'),
    key: Buffer.from('the key'),
  };

  it('of a context are read with it', async () => {
    await context('lab', at('tcp://h:2376'));
    await certificates('contexts', 'tls', idOf('lab'), 'docker');
    expect(await findEndpoint(env({ DOCKER_CONTEXT: 'lab' }))).toEqual({
      url: 'tcp://h:2376',
      tls,
    });
  });

  it('are read for DOCKER_HOST only when it is to be verified', async () => {
    await certificates('certs');
    const host = { DOCKER_HOST: 'tcp://h:2376', DOCKER_CERT_PATH: path('certs') };
    expect(await findEndpoint(env(host))).toEqual({ url: 'tcp://h:2376' });
    const verified = await findEndpoint(env({ ...host, DOCKER_TLS_VERIFY: '1' }));
    expect(verified).toEqual({ url: 'tcp://h:2376', tls });
  });

  it('are looked for in the configuration when no path is given', async () => {
    await certificates('.');
    const host = { DOCKER_HOST: 'tcp://h:2376', DOCKER_TLS_VERIFY: '1' };
    expect(await findEndpoint(env(host))).toEqual({ url: 'tcp://h:2376', tls });
  });

  const put = (folder: string, ...names: string[]) =>
    mkdir(path(folder), { recursive: true }).then(() =>
      Promise.all(names.map((name) => writeFile(path(folder, `${name}.pem`), 'x'))),
    );
  const VERIFIED = { DOCKER_HOST: 'tcp://h:2376', DOCKER_TLS_VERIFY: '1' };

  it.each([
    ['all of them', [], 'ca.pem is missing in'],
    ['the authority', ['cert', 'key'], 'ca.pem is missing in'],
    ['the key', ['ca', 'cert'], 'key.pem is missing in'],
    ['the certificate', ['ca', 'key'], 'cert.pem is missing in'],
    ['all but the key', ['key'], 'ca.pem and cert.pem are missing in'],
  ])('are never done without where they are asked for: %s missing', async (_, names, words) => {
    await put('certs', ...names);
    const found = findEndpoint(env({ ...VERIFIED, DOCKER_CERT_PATH: path('certs') }));
    await expect(found).rejects.toEqual(unreachable);
    await expect(found).rejects.toThrow(`DOCKER_TLS_VERIFY is set, and ${words} ${path('certs')}.`);
    await expect(found).rejects.toMatchObject({
      hint: expect.stringContaining('DOCKER_CERT_PATH'),
    });
  });

  it('are missed where docker looks for them by itself, and in a folder that is none', async () => {
    await expect(findEndpoint(env(VERIFIED))).rejects.toThrow(`missing in ${path()}.`);
    await put('.', 'ca');
    const at = path('ca.pem');
    await expect(findEndpoint(env({ ...VERIFIED, DOCKER_CERT_PATH: at }))).rejects.toThrow(at);
  });

  it('that cannot be read are named', async () => {
    await mkdir(path('certs', 'ca.pem'), { recursive: true });
    const found = findEndpoint(env({ ...VERIFIED, DOCKER_CERT_PATH: path('certs') }));
    await expect(found).rejects.toThrow(
      `${path('certs', 'ca.pem')} cannot be read: it is a directory.`,
    );
  });

  it('may be an authority alone, where the engine does not ask who calls', async () => {
    await put('certs', 'ca');
    const host = { ...VERIFIED, DOCKER_CERT_PATH: path('certs') };
    expect(await findEndpoint(env(host))).toMatchObject({ tls: { ca: Buffer.from('x') } });
  });

  it('mean nothing to a socket, which is no network', async () => {
    const host = { DOCKER_HOST: DEFAULT, DOCKER_TLS_VERIFY: '1' };
    expect(await findEndpoint(env(host))).toEqual({ url: DEFAULT });
  });

  it('are not needed where docker was told to believe whoever answers, and TLS stays', async () => {
    const host = { DOCKER_HOST: 'tcp://h:2376', DOCKER_TLS: '1' };
    expect(await findEndpoint(env(host))).toEqual({
      ...{ url: 'tcp://h:2376', tls: { unverified: true } },
    });
    await context('lab', {
      Endpoints: { docker: { Host: 'tcp://h:2376', SkipTLSVerify: true } },
    });
    expect(await findEndpoint(env({ DOCKER_CONTEXT: 'lab' }))).toMatchObject({
      tls: { unverified: true },
    });
  });

  it.each([
    ['nothing', []],
    ['no authority', ['cert', 'key']],
    ['no key', ['ca', 'cert']],
  ])('of a context are not done without: its folder has %s', async (_, names) => {
    await context('lab', at('tcp://h:2376'));
    await put(`contexts/tls/${idOf('lab')}/docker`, ...names);
    const found = findEndpoint(env({ DOCKER_CONTEXT: 'lab' }));
    await expect(found).rejects.toEqual(unreachable);
    await expect(found).rejects.toThrow('The docker context "lab" is one with TLS, and ');
  });
});

describe('an address', () => {
  it.each([
    'bogus',
    'tcp://',
    'tcp:///x',
    'ftp://h:21',
    '//h',
    'unix:',
    'tcp://h:port',
    'tcp://h:2375\n',
    'unix:///x.sock\n',
    'ssh://h\u0000',
  ])('that is none is said to be so: %j', async (said) => {
    const found = findEndpoint(env({ DOCKER_HOST: said }));
    await expect(found).rejects.toEqual(unreachable);
    await expect(found).rejects.toThrow(`DOCKER_HOST is ${JSON.stringify(said)}`);
    await context('lab', at(said));
    const other = findEndpoint(env({ DOCKER_CONTEXT: 'lab' }));
    await expect(other).rejects.toThrow('The address in the docker context "lab" is');
  });

  it.each([
    'ssh://me:s3cret@host',
    'ssh://me:s3@cret@host:22/path',
    'tcp://:s3cret@h:2375',
    'tcp://me:s3cret@h:port',
    'ftp://me:s3cret@h',
    'me:s3cret@host',
  ])('with a password is refused, and the password not shown: %s', async (said) => {
    const quiet = expect.objectContaining({
      failure: 'unreachable',
      message: expect.not.stringContaining('cret'),
      hint: expect.not.stringContaining('cret'),
    });
    await expect(findEndpoint(env({ DOCKER_HOST: said }))).rejects.toEqual(quiet);
    await context('lab', at(said));
    await expect(findEndpoint(env({ DOCKER_CONTEXT: 'lab' }))).rejects.toEqual(quiet);
  });

  it('may leave tcp:// out, as docker takes it', async () => {
    const host = { DOCKER_HOST: 'h:2375' };
    expect(await findEndpoint(env(host))).toEqual({ url: 'tcp://h:2375' });
  });
});

describe('isLocal', () => {
  it.each([
    [DEFAULT, true],
    ['unix:///run/user/1000/docker.sock', true],
    ['npipe:////./pipe/docker_engine', true],
    ['tcp://127.0.0.1:2375', true],
    ['tcp://127.0.1.1', true],
    ['tcp://localhost:2375', true],
    ['https://localhost', true],
    ['tcp://user@localhost:2375', true],
    ['tcp://[::1]:2375', true],
    ['tcp://10.77.0.1:2375', false],
    ['tcp://localhost.example.com:2375', false],
    ['tcp://127.0.0.1.example.com:2375', false],
    ['tcp://localhost@example.com:2375', false],
    ['ssh://user@localhost', false],
    ['ssh://user@host', false],
    ['tcp://[fe80::1]:2375', false],
    ['', false],
  ])('%s: %s', (url, local) => {
    expect(isLocal(url)).toBe(local);
  });
});

describe('hostOf', () => {
  it.each([
    ['tcp://10.77.0.1:2375', '10.77.0.1'],
    ['tcp://docker.example.com', 'docker.example.com'],
    ['https://docker.example.com:2376/', 'docker.example.com'],
    ['ssh://host', 'host'],
    ['ssh://user@host:22', 'host'],
    ['tcp://user:secret@host:2375', 'host'],
    ['tcp://localhost@example.com:2375', 'example.com'],
    ['tcp://[::1]:2375', '::1'],
    ['tcp://[fe80::1]', 'fe80::1'],
    [DEFAULT, undefined],
    ['npipe:////./pipe/docker_engine', undefined],
    ['tcp://', undefined],
    ['host:2375', undefined],
    ['', undefined],
  ])('%s: %s', (url, host) => {
    expect(hostOf(url)).toBe(host);
  });
});
