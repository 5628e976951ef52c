import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { SourceTextModule } from 'node:vm';
import { connect } from '../../src/flow/connect.js';
import { writeRecord } from '../../src/host/data-home.js';
import { writePassword } from '../../src/host/secrets.js';
import { CLIENT_PROGRAMS, type ClientProgram } from '../../src/model/connection.js';
import type { Security, TopologySpec } from '../../src/model/spec.js';
import { pythonString } from '../../src/report/quote.js';
import { ACL, aSecurity } from '../helpers/security.js';
import { useTempDir } from '../helpers/temp.js';
import { aRecord } from '../helpers/topology.js';

const path = useTempDir();
const SECRET = 'p$ss`"\'\\!{{x}}';
const OPEN = aSecurity();
const AUTH = aSecurity({ auth: true });
const FULL: Security = { ...ACL, tls: true };
const OWN: Security = { ...FULL, givenCertificate: true };

/** The program for a topology that is kept in a directory of this name. */
async function written(
  client: ClientProgram,
  security: Security,
  {
    showPassword = false,
    nat = false,
    home = path(),
    ...spec
  }: Partial<TopologySpec> & { showPassword?: boolean; nat?: boolean; home?: string } = {},
): Promise<string> {
  await mkdir(join(home, 'lab'), { recursive: true });
  await writeRecord(home, aRecord({ security, ...spec }));
  await writePassword(home, 'lab', 'app', SECRET);
  return (await connect(home, 'lab', { client, showPassword, nat })).text;
}

/** What stands in each, by what the topology has. */
const MARKS: Readonly<
  Record<ClientProgram, Record<'user' | 'secret' | 'tls' | 'anyName', string>>
> = {
  'redis-cli': {
    user: '--user app',
    secret: 'REDISCLI_AUTH="$(cat ',
    tls: '--cacert',
    anyName: '',
  },
  'redis-py': {
    user: "'username': 'app'",
    secret: "'password': open(",
    tls: "'ssl_ca_certs'",
    anyName: "'ssl_check_hostname': False",
  },
  ioredis: {
    user: "sentinelUsername: 'app'",
    secret: 'sentinelPassword: password',
    tls: 'enableTLSForSentinelMode: true',
    anyName: 'checkServerIdentity',
  },
  'node-redis': {
    user: "username: 'app'",
    secret: 'password: readFileSync(',
    tls: 'tls: true',
    anyName: 'checkServerIdentity',
  },
  'go-redis': {
    user: 'SentinelUsername: "app"',
    secret: 'SentinelPassword: password',
    tls: 'TLSConfig',
    anyName: 'VerifyConnection: signedBy(roots)',
  },
  jedis: {
    user: '.user("app")',
    secret: '.password(Files.readString(',
    tls: '.sslSocketFactory(trusting(',
    anyName: '',
  },
  lettuce: {
    user: 'withAuthentication("app", Files',
    secret: 'Files.readString(',
    tls: 'trustManager(new File(',
    anyName: 'SslVerifyMode.CA',
  },
  stackexchange: {
    user: 'User = "app"',
    secret: 'Password = File.ReadAllText(',
    tls: 'Ssl = true',
    anyName: 'CustomTrustStore',
  },
  env: {
    user: 'REDIS_USERNAME=app',
    secret: 'REDIS_PASSWORD="$(cat ',
    tls: 'REDIS_TLS_CA=',
    anyName: '',
  },
  uri: { user: 'app@', secret: '', tls: 'rediss+', anyName: '' },
};

describe.each(CLIENT_PROGRAMS)('the program for %s', (client) => {
  const { user, secret, tls, anyName } = MARKS[client];
  const has = (text: string) =>
    Object.entries({ user, secret, tls, anyName })
      .filter(([, mark]) => mark !== '' && text.includes(mark))
      .map(([what]) => what);
  const able = (...what: ('user' | 'secret' | 'tls' | 'anyName')[]) =>
    what.filter((each) => MARKS[client][each] !== '');

  it('has the Sentinels, the name and no more for a topology that lets everyone in', async () => {
    const text = await written(client, OPEN);
    for (const part of ['127.0.0.1', '26379', '26380', '26381', 'mymaster'])
      expect(text).toContain(part);
    expect(has(text)).toEqual([]);
    expect(text).not.toMatch(/\{\{|\[object|undefined(?!,)/);
    expect(text).toMatch(/[^\n]\n$/);
  });

  it('has of user, password, authority and names what the topology has', async () => {
    expect(has(await written(client, AUTH))).toEqual(able('secret'));
    expect(has(await written(client, FULL))).toEqual(able('user', 'secret', 'tls'));
    expect(has(await written(client, OWN))).toEqual(able('user', 'secret', 'tls', 'anyName'));
    expect(has(await written(client, aSecurity({ tls: true })))).toEqual(able('tls'));
  });

  it('has the password for those who want to see it, and the file else', async () => {
    const hidden = await written(client, FULL);
    expect(hidden).not.toContain('p$ss');
    expect(hidden).not.toContain('p%24ss');
    if (client !== 'uri') expect(hidden).toContain(path('lab', 'password'));
    const shown = await written(client, FULL, { showPassword: true });
    expect(shown).toContain(client === 'uri' ? encodeURIComponent(SECRET).slice(0, 10) : 'p$ss');
  });
});

describe('what Sentinel hands out', () => {
  it.each(['ioredis', 'node-redis'] as const)('is mapped for %s', async (client) => {
    const text = await written(client, OPEN, { nat: true });
    expect(text).toContain("'172.30.5.12:6379': { host: '127.0.0.1', port: 6380 },");
    expect(text).toContain("'172.30.5.201:26379': { host: '127.0.0.1', port: 26379 },");
    expect(await written(client, OPEN)).not.toContain('172.30.5.12');
  });
});

describe('names of the nodes', () => {
  it('are asked for by Jedis unless the certificates are the user’s', async () => {
    expect(await written('jedis', FULL)).toContain('setEndpointIdentificationAlgorithm("HTTPS")');
    expect(await written('jedis', OWN)).not.toContain('setEndpointIdentificationAlgorithm');
  });
});

/** A syntax check by the shell, which runs nothing of it. */
const readByShell = (text: string) =>
  execFileSync('/bin/sh', ['-n'], { input: text, stdio: 'pipe' });
/** The same by this very JavaScript. */
const readAsModule = (text: string) => new SourceTextModule(text);

/** Syntax checks by those who will read it; each throws where it is no program. */
const READERS: Partial<Record<ClientProgram, (text: string) => unknown>> = {
  'redis-cli': readByShell,
  env: readByShell,
  ioredis: readAsModule,
  'node-redis': readAsModule,
};

const HOSTILE = [
  "it's",
  '$(touch evil)',
  '`id`',
  'a"b',
  'back\\slash',
  'line\nend',
  '{{home}}',
  'ü😀',
];

describe.each(Object.entries(READERS))('hostile names and paths in %s', (client, readAs) => {
  it('leave it a program', async () => {
    for (const name of HOSTILE) {
      for (const showPassword of [false, true]) {
        const what = { home: path(name), masterName: name, showPassword };
        readAs(await written(client as ClientProgram, OWN, what));
      }
    }
  });

  it('would be heard of if it were none', () => {
    expect(() => readAs("'")).toThrow();
  });
});

describe('hostile names and paths in redis-py', () => {
  const programOf = (name: string, showPassword: boolean) =>
    written('redis-py', OWN, { home: path(name), masterName: name, showPassword });
  const literalsOf = (name: string) =>
    [name, path(name, 'lab', 'password'), path(name, 'lab', 'ca.crt')].map(pythonString);

  // That they mean the same text to Python: test/report/quote.test.ts.
  it.each(HOSTILE)('stand in literals alone: %j', async (name) => {
    for (const showPassword of [false, true]) {
      const text = await programOf(name, showPassword);
      const plain = literalsOf('plain');
      const exchanged = literalsOf(name).reduce(
        (all, literal, i) => all.replaceAll(literal, plain[i] ?? ''),
        text,
      );
      expect(exchanged).toBe(await programOf('plain', showPassword));
    }
  });
});

describe('the lines of env', () => {
  it('set the same in a real shell, and take away what is not of this topology', async () => {
    const home = path("it's $(touch evil) ü");
    const text = await written('env', OWN, { home });
    const print =
      'printf "%s\\n" "$REDIS_PASSWORD" "$REDIS_PASSWORD_FILE" "$REDIS_TLS_CA" "$REDIS_USERNAME"';
    const sh = (lines: string, env: NodeJS.ProcessEnv = {}) =>
      execFileSync('/bin/sh', ['-c', `${lines}${print}`], {
        encoding: 'utf8',
        cwd: path(),
        env: { PATH: '/usr/bin:/bin', ...env },
      });
    const files = ['password', 'ca.crt'].map((file) => `${home}/lab/${file}`);
    expect(sh(text)).toBe([SECRET, ...files, 'app', ''].join('\n'));
    expect(sh(await written('env', OWN, { home, showPassword: true }))).toBe(sh(text));
    expect(existsSync(path('evil'))).toBe(false);
    const stale = {
      REDIS_PASSWORD: 'x',
      REDIS_PASSWORD_FILE: 'x',
      REDIS_TLS_CA: 'x',
      REDIS_USERNAME: 'x',
    };
    expect(sh(await written('env', OPEN), stale)).toBe('\n\n\n\n');
  });
});

describe('a connection that cannot be told', () => {
  const options = { client: 'env', showPassword: true, nat: false } as const;

  it('is one to a topology that is not kept here', async () => {
    await expect(connect(path(), 'lab', options)).rejects.toMatchObject({
      kind: 'topology',
      message: `${path()} keeps no topology named "lab".`,
    });
  });

  it('is one whose password is gone and was to be shown', async () => {
    await mkdir(path('lab'));
    await writeRecord(path(), aRecord({ security: AUTH }));
    await expect(connect(path(), 'lab', options)).rejects.toMatchObject({ kind: 'topology' });
    const { text } = await connect(path(), 'lab', { ...options, showPassword: false });
    expect(text).toContain('REDIS_PASSWORD_FILE=');
  });
});
