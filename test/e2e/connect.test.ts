import { execFile } from 'node:child_process';
import { readFile, symlink, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { jest } from '@jest/globals';
import type { Redis } from 'ioredis';
import type { ConnectDocument, UpDocument } from '../helpers/documents.js';
import { goingOn, PYTHON, startFollower } from '../helpers/follower.js';
import { Lab } from '../helpers/lab.js';
import { anIssuer, writeCertificate } from '../helpers/own-certificate.js';
import { withRedis } from '../helpers/redis.js';

const run = promisify(execFile);
const require = createRequire(import.meta.url);
jest.setTimeout(120_000);

const SAID = 'master: hello\nreplica: hello\n';
/** What runs the program of each client, and what it is to say. */
const RUNNERS = {
  'redis-cli': { command: '/bin/sh', file: 'a.sh', said: 'OK\nhello\n' },
  'redis-py': { command: PYTHON, file: 'a.py', said: SAID },
  ioredis: { command: process.execPath, file: 'a.mjs', said: SAID },
  'node-redis': { command: process.execPath, file: 'b.mjs', said: SAID },
} as const;
type Runner = keyof typeof RUNNERS;
const FOLLOWERS = ['redis-py', 'ioredis', 'node-redis'] as const;

let lab: Lab;
beforeAll(async () => {
  lab = await Lab.open();
  // Programs find packages from where they stand.
  const packages = dirname(dirname(require.resolve('redis/package.json')));
  await symlink(packages, join(lab.home, 'node_modules'));
});
afterAll(() => lab?.clean());

/** Exactly what `connect` prints, in a file. */
async function programOf(name: string, client: Runner, ...flags: string[]): Promise<string> {
  const { code, stdout, stderr } = await lab.run('connect', name, '--client', client, ...flags);
  if (code !== 0) throw new Error(stderr);
  const file = join(lab.home, `${name}-${RUNNERS[client].file}`);
  await writeFile(file, stdout);
  return file;
}

/** What the program of a client says when it is run. */
async function saidBy(name: string, client: Runner, ...flags: string[]): Promise<string> {
  const file = await programOf(name, client, ...flags);
  const { stdout } = await run(RUNNERS[client].command, [file], {
    timeout: 30_000,
    env: { PATH: process.env['PATH'], NODE_NO_WARNINGS: '1' },
  });
  return stdout;
}

/** The master, at the address on which it is published. */
async function masterOf(name: string, up: UpDocument): Promise<string> {
  const { master } = await lab.healthy(name);
  return up.nodes.find((node) => node.name === master?.node)?.published ?? '';
}

describe.each([
  ['that lets everyone in', []],
  ['with users of its own and TLS', ['--acl', '--tls']],
])('a topology %s', (_, flags) => {
  let name: string;
  let up: UpDocument;
  beforeAll(async () => {
    name = lab.name();
    up = await lab.json<UpDocument>('up', name, '--profile', 'ci', ...flags);
    // What a program reads from a replica is there then, even when that is a moment behind.
    const leave = async (client: Redis) => {
      await client.set('greeting', 'hello');
      await client.wait(2, 10_000);
    };
    await withRedis(await masterOf(name, up), leave, await lab.key(name));
  });

  it.each(Object.keys(RUNNERS) as Runner[])(
    'is served by what is printed for %s',
    async (client) => {
      expect(await saidBy(name, client)).toBe(RUNNERS[client].said);
    },
  );

  it('is followed through a crash by those programs, kept writing', async () => {
    const followers = await Promise.all(
      FOLLOWERS.map(async (client) => {
        const file = await programOf(name, client);
        await writeFile(file, goingOn(client, await readFile(file, 'utf8'), client));
        return startFollower(RUNNERS[client].command, file);
      }),
    );
    try {
      const before = await masterOf(name, up);
      const { code, stderr } = await lab.run('failover', name, '--rate', '0');
      expect([code, stderr]).toEqual([0, expect.any(String)]);
      const after = await masterOf(name, up);
      expect(after).not.toBe(before);
      const followed = await Promise.all(followers.map((each) => each.finish()));
      for (const { acknowledged, last } of followed) {
        expect(acknowledged).toBeGreaterThan(10);
        expect(last).toBeGreaterThan(10);
      }
      const read = (client: Redis) => client.mget(...FOLLOWERS);
      expect(await withRedis(after, read, await lab.key(name))).toEqual(
        followed.map(({ last }) => String(last)),
      );
      process.stderr.write(`${JSON.stringify(followed)}\n`);
    } finally {
      for (const each of followers) each.kill();
    }
    for (const client of FOLLOWERS) expect(await saidBy(name, client)).toBe(SAID);
  });

  it('is reached at its published ports with --nat', async () => {
    for (const client of ['ioredis', 'node-redis'] as const)
      expect(await saidBy(name, client, '--nat')).toBe(SAID);
    const file = await programOf(name, 'ioredis', '--nat');
    const text = await readFile(file, 'utf8');
    const where = 'console.log([master, replica].map(({ stream }) => stream.remoteAddress));\n';
    await writeFile(file, text.replace('master.disconnect();', `${where}master.disconnect();`));
    const { stdout } = await run(process.execPath, [file], { timeout: 30_000 });
    expect(stdout).toBe(`${SAID}[ '127.0.0.1', '127.0.0.1' ]\n`);
  });

  it('is told in one document, and in an environment', async () => {
    const document = await lab.json<ConnectDocument>('connect', name, '--client', 'env');
    const secured = flags.length > 0;
    expect(document).toMatchObject({
      schemaVersion: 1,
      topology: name,
      masterName: 'mymaster',
      user: secured ? 'app' : null,
      passwordFile: secured ? join(lab.home, 'data', name, 'password') : null,
      authorityFile: secured ? join(lab.home, 'data', name, 'ca.crt') : null,
    });
    const print = 'env | grep ^REDIS_ | grep -v ^REDIS_URL= | sort';
    const evaluated = await run('/bin/sh', ['-c', `${document.text}${print}`], { env: {} });
    const { code, stdout } = await lab.run('exec', name, '--', '/bin/sh', '-c', print);
    expect([code, stdout]).toEqual([0, evaluated.stdout]);
    expect(stdout).toContain(`REDIS_SENTINELS=${document.sentinels.join(',')}\n`);
    expect(stdout.includes('REDIS_PASSWORD=')).toBe(secured);
  });

  it('is told to a command, which ends as it likes and takes the signals', async () => {
    const words = ['1e3', '--json', '$(id)'];
    const say = await lab.run(
      'exec',
      name,
      '--',
      '/bin/sh',
      '-c',
      'echo "$@"; exit 7',
      'x',
      ...words,
    );
    expect([say.code, say.stdout]).toEqual([7, `${words.join(' ')}\n`]);
    const killed = await lab.run('exec', name, '--', '/bin/sh', '-c', 'kill -9 $$');
    expect(killed.code).toBe(137);
    const code =
      'process.on("SIGINT", () => process.exit(5)); console.error("ready"); setInterval(() => {}, 1e3)';
    const { child, result, heard } = lab.start(['exec', name, '--', process.execPath, '-e', code]);
    await heard('ready');
    child.kill('SIGINT');
    expect(await result).toMatchObject({ code: 5 });
  });

  it('asleep, is still told of, and no command is run', async () => {
    expect((await lab.run('down', name)).code).toBe(0);
    const { code, stdout, stderr } = await lab.run('exec', name, '--', 'echo', 'was run');
    expect([code, stdout]).toEqual([2, '']);
    expect(stderr).toContain(`${name} is not up.`);
    expect((await lab.run('connect', name, '--client', 'uri')).code).toBe(0);
  });
});

describe('a topology with certificates that do not name its nodes', () => {
  it('is served by what is printed, which does not ask for names', async () => {
    const name = lab.name();
    const { issue } = await anIssuer();
    const certificate = await writeCertificate((file) => join(lab.home, file), await issue());
    const flags = Object.values(certificate).flatMap(({ where, path }) => [where, path]);
    await lab.json<UpDocument>('up', name, '--profile', 'ci', '--auth', ...flags);
    for (const client of Object.keys(RUNNERS) as Runner[]) {
      expect(await saidBy(name, client)).toContain('hello\n');
    }
  });
});

describe('a topology that is none', () => {
  it.each([['connect'], ['exec']])('is refused by %s', async (verb) => {
    const { code, stdout, stderr } = await lab.run(
      verb,
      'nobody',
      ...(verb === 'exec' ? ['--', 'true'] : []),
    );
    expect([code, stdout]).toEqual([2, '']);
    expect(stderr).toContain('keeps no topology named "nobody"');
  });
});
