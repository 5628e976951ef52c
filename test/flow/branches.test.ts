import { mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { branchesOf, keepBranch } from '../../src/flow/branches.js';
import { Files } from '../../src/flow/files.js';
import type { Return } from '../../src/flow/start-alone.js';
import { LOCAL_FILES } from '../../src/host/file-store.js';
import { readInSync, writeInSync } from '../../src/host/in-sync.js';
import { OPEN_ACCESS } from '../../src/model/access.js';
import type { Holding } from '../../src/plan/lead.js';
import { command } from '../helpers/aof.js';
import { aContext, anEngine } from '../helpers/engine.js';
import { healthyObservation } from '../helpers/observation.js';
import { useTempDir } from '../helpers/temp.js';
import { aRecord, nodeNamed } from '../helpers/topology.js';

const path = useTempDir();
const record = aRecord();
const [first, second, third] = ['redis-1', 'redis-2', 'redis-3'].map((name) =>
  nodeNamed(record, name),
) as [ReturnType<typeof nodeNamed>, ReturnType<typeof nodeNamed>, ReturnType<typeof nodeNamed>];
const data: Holding = { is: 'data', bytes: 9, writtenAt: 1000 };
const sets = (from: number, to: number) =>
  Array.from({ length: to - from }, (_, i) => command('set', `key:${from + i}`, 'x')).join('');

async function put(name: string, content: string): Promise<void> {
  await mkdir(dirname(path(name)), { recursive: true });
  await writeFile(path(name), content);
}

/** The files of a node since 7.0, after a rewrite. */
async function parts(node: string, commands: string): Promise<void> {
  const folder = `lab/${node}/data/appendonlydir/appendonly.aof`;
  await put(`${folder}.2.base.rdb`, 'REDIS0011 something');
  await put(`${folder}.2.incr.aof`, commands);
  const lines = ['base.rdb seq 2 type b', 'incr.aof seq 2 type i'];
  await put(`${folder}.manifest`, lines.map((each) => `file appendonly.aof.2.${each}\n`).join(''));
}

/** What the nodes that start have beyond the second one, the master. */
async function branches(nodes = [first]) {
  const found = await branchesOf({
    ...{ record, directory: path('lab'), files: LOCAL_FILES, template: 'appendonly yes\n' },
    ...{ master: second, nodes, disks: new Map(nodes.map(({ name }) => [name, data])) },
    follows: ({ name }) => (name === 'redis-3' ? first.address : undefined),
  });
  return Object.fromEntries(found);
}

const note = (bytes: number, generation = 2) =>
  writeInSync(path('lab'), {
    ...{ schemaVersion: 1, master: 'redis-1' },
    mark: { form: 'parts', generation, bytes, writtenAt: 1000 },
  });

describe('what is read before a node copies its master', () => {
  beforeEach(async () => {
    for (const node of ['redis-1', 'redis-2', 'redis-3']) await parts(node, '');
  });

  it('are the ends of both files', async () => {
    await parts('redis-1', sets(0, 60));
    await parts('redis-2', sets(0, 40));
    expect(await branches()).toEqual({ 'redis-1': { is: 'diverged', commands: 20 } });
    await parts('redis-2', sets(0, 80));
    expect(await branches()).toEqual({});
  });

  it('is what was noted when all were in sync: commands that came since count', async () => {
    await parts('redis-1', sets(0, 20));
    expect(await branches()).toEqual({ 'redis-1': { is: 'unknown' } });
    await note(sets(0, 20).length);
    expect(await branches()).toEqual({});
    await parts('redis-1', sets(0, 23));
    expect(await branches()).toEqual({ 'redis-1': { is: 'unknown' } });
    await parts('redis-2', sets(20, 23));
    expect(await branches()).toEqual({});
    await parts('redis-2', sets(21, 23));
    expect(await branches()).toEqual({ 'redis-1': { is: 'unknown' } });
  });

  it('is not what was noted of other files', async () => {
    await parts('redis-1', sets(0, 20));
    for (const [bytes, generation] of [
      [sets(0, 20).length, 1],
      [sets(0, 21).length, 2],
    ] as const) {
      await note(bytes, generation);
      expect(await branches()).toEqual({ 'redis-1': { is: 'unknown' } });
    }
  });

  it('says nothing against the replica of a master that had nothing more', async () => {
    await parts('redis-1', sets(0, 20));
    await parts('redis-3', '');
    expect(await branches([first, third])).toMatchObject({ 'redis-3': { is: 'unknown' } });
    await note(sets(0, 20).length);
    expect(await branches([first, third])).toEqual({});
  });
});

describe('an old master that comes back', () => {
  async function back(how: Return) {
    const engine = anEngine();
    const said: string[] = [];
    const base = aContext(engine, path());
    const progress = { ...base.progress, note: (line: string) => said.push(line) };
    const context = { ...base, files: new Files(engine, path()), progress };
    const known = { record, running: { name: 'lab', nodes: [] }, access: OPEN_ACCESS };
    await keepBranch(context, known, healthyObservation(), 'redis-1', second, how);
    return { said, kept: (await readdir(path('lab/redis-1'))).toSorted() };
  }

  beforeEach(async () => {
    await put('lab/redis-1/conf/redis.conf', 'appendonly yes\n');
    await parts('redis-1', sets(0, 60));
    await parts('redis-2', sets(0, 40));
  });

  it('keeps what the new one never got, and says so', async () => {
    await note(9);
    const { said, kept } = await back('start');
    expect(said[0]).toContain('redis-1 has 20 commands that redis-2, the master, never got');
    expect(kept).toEqual(['conf', 'data', expect.stringMatching(/^data\.before-\d{8}T\d{6}$/)]);
    expect(await readdir(path('lab/redis-1/data'))).toEqual([]);
    expect(await readdir(path(`lab/redis-1/${kept[2]}`))).toEqual(['appendonlydir']);
    expect(await readInSync(path('lab'))).toBeUndefined();
  });

  it.each(['resume', 'heal'] as const)(
    'keeps it by %s, too, while its process goes on',
    async (how) => {
      const { said, kept } = await back(how);
      expect(said[0]).toContain('redis-1 has 20 commands');
      expect(kept).toEqual(['conf', 'data', expect.stringMatching(/^data\.before-/)]);
      // What the server does with its own from now on changes nothing in what is kept.
      await rm(path('lab/redis-1/data'), { recursive: true });
      const file = `lab/redis-1/${kept[2]}/appendonlydir/appendonly.aof.2.incr.aof`;
      expect(await readFile(path(file), 'utf8')).toBe(sets(0, 60));
    },
  );

  it('keeps nothing where the new one has all, or was followed already', async () => {
    await parts('redis-2', sets(0, 80));
    expect(await back('start')).toEqual({ said: [], kept: ['conf', 'data'] });
    await parts('redis-2', sets(0, 40));
    const { ip, port } = second.address;
    await put('lab/redis-1/conf/redis.conf', `appendonly yes\nreplicaof ${ip} ${port}\n`);
    expect(await back('start')).toEqual({ said: [], kept: ['conf', 'data'] });
  });
});
