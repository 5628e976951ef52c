import { mkdtemp, readlink, rm, symlink, unlink, writeFile } from 'node:fs/promises';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { jest } from '@jest/globals';
import { VERBS } from '../../src/cli/verbs.js';
import { writeRecord } from '../../src/host/data-home.js';
import { makeDirectory } from '../../src/host/disk.js';
import { nodeLabels } from '../../src/plan/labels.js';
import { Built, type Ended, type Running } from '../helpers/built.js';
import { emptyEngine, FakeEngine, frozenEngine } from '../helpers/fake-engine.js';
import { aRecord, nodeNamed } from '../helpers/topology.js';

// Dozens of processes on however few processors there are.
jest.setTimeout(180_000);

/** Those that ask the engine, as they are called for a topology `lab` that is kept. */
const CALLS: Readonly<Record<string, readonly string[]>> = {
  up: ['lab'],
  status: ['lab'],
  exec: ['lab', '--', 'true'],
  doctor: ['lab'],
  failover: ['lab'],
  drill: ['lab'],
  cli: ['lab'],
  logs: ['lab', '-f'],
  scale: ['lab', '--replicas', '3'],
  stop: ['lab'],
  start: ['lab'],
  backup: ['lab', '--to', 'lab.tar.gz'],
  restore: ['other', '--from', 'none.tar.gz'],
  down: ['lab', '--volumes', '--yes'],
  reset: ['lab', '--yes'],
  kill: ['master', 'lab'],
  pause: ['redis-2', 'lab'],
  resume: ['redis-2', 'lab'],
  cut: ['redis-2', 'lab'],
  heal: ['redis-2', 'lab'],
  set: ['lab', '--down-after', '3s'],
  'rotate-password': ['lab'],
  'rotate-certs': ['lab'],
  upgrade: ['lab', '--image', 'redis:8.2'],
  ls: [],
  prune: ['--yes'],
  image: ['pull', '--image', 'redis:8.2'],
};
/** They ask nobody: what they print is in the record, or made up. */
const ASK_NOBODY = ['connect', 'init', 'export'];
/** They look at what they were given before they ask anybody. */
const REFUSED_BEFORE = ['restore', 'rotate-password', 'rotate-certs'];
const names = Object.keys(CALLS).filter((verb) => !REFUSED_BEFORE.includes(verb));

let built: Built;
let root: string;
const engines: FakeEngine[] = [];

beforeAll(async () => {
  [built, root] = await Promise.all([Built.build(), mkdtemp(join(tmpdir(), 'rsent-waits-'))]);
});
afterAll(async () => {
  await Promise.all(engines.map((engine) => engine.stop()));
  await Promise.all([built?.remove(), rm(root, { recursive: true, force: true })]);
});

/** A verb on an engine of its own. */
async function call(
  verb: string,
  answer: (asked: IncomingMessage, reply: ServerResponse, home: string) => void = frozenEngine,
  args: readonly string[] = CALLS[verb] ?? [],
) {
  const home = await mkdtemp(join(root, 'h-'));
  const engine = await FakeEngine.start(join(home, 'docker.sock'), (asked, reply) =>
    answer(asked, reply, home),
  );
  engines.push(engine);
  await makeDirectory(join(home, 'data', 'lab'), 0o700);
  await writeRecord(join(home, 'data'), aRecord());
  const env = { HOME: home, RSENT_DATA_DIR: join(home, 'data'), DOCKER_HOST: engine.endpoint };
  const { child, ended } = built.run([verb, ...args], env, 60_000);
  return { engine, child, ended, lock: join(home, 'data', '.lab.lock') };
}

/** As the engine lists a node's, with the marks by which rsent knows its own. */
function listed(home: string) {
  const record = aRecord();
  const directory = join(home, 'data', 'lab');
  return {
    ...{ Id: 'c1', Names: ['/lab-redis-1'], Image: 'redis:8.0', State: 'exited', Created: 1 },
    ...{ Labels: nodeLabels(record, nodeNamed(record, 'redis-1'), directory) },
    ...{ Mounts: [{ Type: 'bind', Source: join(directory, 'redis-1', 'conf') }] },
    ...{ Ports: [], NetworkSettings: { Networks: {} } },
  };
}

/** An engine that shows a container and does not remove it. */
function keeping(asked: IncomingMessage, reply: ServerResponse, home: string): void {
  if (asked.url?.includes('/containers/json')) reply.end(JSON.stringify([listed(home)]));
  else if (asked.method === 'GET') emptyEngine(asked, reply);
}

it('the table has every verb', () => {
  const all = VERBS.flatMap(({ command }) => [command].flat()[0]?.split(' ')[0] ?? '');
  expect([...Object.keys(CALLS), ...ASK_NOBODY].sort()).toEqual(all.sort());
});

describe('an engine that is frozen', () => {
  it('ends every verb with exit 2, and its address, whoever listens', async () => {
    const ends = await Promise.all(
      names.map(async (verb, nth) => {
        const { engine, child, ended } = await call(verb);
        // Every second one has nobody who reads along; none has anybody who says anything.
        if (nth % 2 === 0) child.stdout?.destroy();
        const { code, stderr } = await ended;
        const isNamed = stderr.includes(`${engine.endpoint} accepts connections`);
        return { verb, code, isNamed, ...(isNamed ? {} : { stderr }) };
      }),
    );
    expect(ends).toEqual(names.map((verb) => ({ verb, code: 2, isNamed: true })));
  });

  it('is told when it froze after its first answer, too', async () => {
    let answered = 0;
    const { engine, ended } = await call('status', (asked, reply) => {
      if (answered++ === 0) emptyEngine(asked, reply);
    });
    const { code, stderr } = await ended;
    expect([code, stderr]).toEqual([2, expect.stringContaining(`${engine.endpoint} accepts`)]);
  });

  it('is told in JSON, too', async () => {
    const { engine, ended } = await call('status', frozenEngine, ['lab', '--json']);
    const { code, stdout } = await ended;
    expect(code).toBe(2);
    const { error } = JSON.parse(stdout);
    expect(error).toMatchObject({
      kind: 'engine',
      message: expect.stringContaining(engine.endpoint),
    });
  });
});

describe('a signal', () => {
  const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;

  it('ends every verb with exit 130, though the engine is frozen', async () => {
    const ends = await Promise.all(
      names.map(async (verb, nth) => {
        const { engine, child, ended } = await call(verb);
        await Promise.race([engine.heard(), ended]);
        const { code, stderr } = await interrupted({ child, ended }, SIGNALS[nth % SIGNALS.length]);
        return { verb, code, ...(code === 130 ? {} : { stderr }) };
      }),
    );
    expect(ends).toEqual(names.map((verb) => ({ verb, code: 130 })));
  });

  // Sends it when the code of rsent is about to be read.
  const AT_ONCE = `const fs = require('node:fs');
    const { readFileSync } = fs;
    fs.readFileSync = (path, ...more) => {
      if (String(path).endsWith('main.cjs')) process.kill(process.pid, process.env.FIRST_SIGNAL);
      return readFileSync(path, ...more);
    };
    require('node:module').syncBuiltinESMExports();`;

  it.each(SIGNALS)(
    '%s that comes before the program is loaded is one like any other',
    async (signal) => {
      const preload = join(root, 'at-once.cjs');
      await writeFile(preload, AT_ONCE);
      const env = { FIRST_SIGNAL: signal, NODE_OPTIONS: `--require ${preload}` };
      const lines = [
        ['ls'],
        ['connect'],
        ['up', '--json'],
        ['--version', '--json'],
        ['logs', '--json'],
      ];
      const ends = await Promise.all(
        lines.map(async (args) => {
          const { code, stdout, stderr } = await built.run(args, { HOME: root, ...env }, 60_000)
            .ended;
          const kind = args.includes('--json') && JSON.parse(stdout).error?.kind;
          return { args, code, stderr, kind };
        }),
      );
      expect(ends).toEqual(
        lines.map((args) => ({
          args,
          code: 130,
          stderr: 'Interrupted.\n',
          kind: args.includes('--json') && 'interrupted',
        })),
      );
    },
  );

  it('that comes again ends it at once', async () => {
    const { engine, child, ended } = await call('up');
    await Promise.race([engine.heard(), ended]);
    child.stderr?.once('data', () => child.kill('SIGTERM'));
    expect((await interrupted({ child, ended })).code).toBe(130);
  });

  it.each(['', '--json'])('says what is left, and what puts it right %s', async (flag) => {
    const { engine, child, ended } = await call('down', keeping, [
      'lab',
      ...(flag === '' ? [] : [flag]),
    ]);
    await Promise.race([engine.heard('DELETE'), ended]);
    const { code, stdout, stderr } = await interrupted({ child, ended });
    expect(code).toBe(130);
    expect(stderr).toMatch(/Interrupted\. .*lab may be half done\.\nrsent up lab completes it/);
    if (flag !== '') expect(JSON.parse(stdout).error).toMatchObject({ kind: 'interrupted' });
  });
});

describe('a lock that another rsent takes away', () => {
  it('ends a verb, which undoes nothing and says so', async () => {
    const { engine, ended, lock } = await call('down', keeping);
    await Promise.race([engine.heard('DELETE'), ended]);
    await unlink(lock);
    await symlink('another one', lock);
    const { code, stderr } = await ended;
    expect([code, stderr]).toEqual([2, expect.stringContaining('has taken over lab meanwhile')]);
    expect(stderr).toContain('rsent status lab shows how it stands');
    expect(await readlink(lock)).toBe('another one');
  });
});

/** A generous bound: on a quiet machine it is 5 s at most. */
const LIMIT_MS = 20_000;

/** How it ends after a signal; by SIGKILL when that takes too long. */
async function interrupted(
  { child, ended }: Running,
  signal: NodeJS.Signals = 'SIGTERM',
): Promise<Ended> {
  child.kill(signal);
  const timer = setTimeout(() => child.kill('SIGKILL'), LIMIT_MS);
  return ended.finally(() => clearTimeout(timer));
}
