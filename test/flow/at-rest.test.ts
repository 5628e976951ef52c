import { mkdir, readFile, truncate, utimes, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { rememberRest } from '../../src/flow/at-rest.js';
import { readHoldingsOf } from '../../src/flow/tails.js';
import { LOCAL_FILES } from '../../src/host/file-store.js';
import { writeInSync } from '../../src/host/in-sync.js';
import { OPEN_ACCESS } from '../../src/model/access.js';
import { useTempDir } from '../helpers/temp.js';
import { aRecord, nodeNamed } from '../helpers/topology.js';

const path = useTempDir();
const record = aRecord();
const where = {
  get directory() {
    return path();
  },
  ...{ record, files: LOCAL_FILES, template: 'appendonly yes\n' },
};
const NODES = ['redis-1', 'redis-2', 'redis-3'];
const ENDING = { ran: new Set(NODES), master: 'redis-1', inSync: new Set(NODES) };

async function put(name: string, content: string | Buffer): Promise<void> {
  await mkdir(dirname(path(name)), { recursive: true });
  await writeFile(path(name), content);
}

/** A dump that was made then, with something in it. */
function dump(seconds: number): Buffer {
  const time = Buffer.alloc(4);
  time.writeInt32LE(seconds);
  const aux = Buffer.concat([Buffer.from('REDIS0010\xfa\x05ctime\xc2', 'latin1'), time]);
  return Buffer.concat([aux, Buffer.from('keys and values')]);
}

/** The files of a node as a server since 7.0 has them after so many rewrites. */
async function parts(node: string, seq: number, increments: string): Promise<void> {
  const folder = `${node}/data/appendonlydir/appendonly.aof`;
  await put(`${folder}.${seq}.base.rdb`, dump(seq));
  await put(`${folder}.${seq}.incr.aof`, increments);
  await put(
    `${folder}.manifest`,
    `file appendonly.aof.${seq}.base.rdb seq ${seq} type b\nfile appendonly.aof.${seq}.incr.aof seq ${seq} type i\n`,
  );
}

async function since() {
  const question = { ...where, directory: path(), running: new Set<string>(), access: OPEN_ACCESS };
  const { address } = nodeNamed(record, 'redis-1');
  const { rest } = await readHoldingsOf(question, address, () => undefined);
  return rest && Object.fromEntries([...rest].map(([name, found]) => [name, found.since]));
}

describe('the files of nodes that were stopped', () => {
  const COMMAND = '*1\r\n$4\r\nPING\r\n';

  it('are known to be cut, older, or gone on with', async () => {
    for (const node of NODES) await parts(node, 2, COMMAND.repeat(9));
    expect(await since()).toBeUndefined();
    await rememberRest({ ...where, directory: path() }, ENDING);
    expect(await since()).toEqual({ 'redis-1': 'same', 'redis-2': 'same', 'redis-3': 'same' });
    await truncate(path('redis-1/data/appendonlydir/appendonly.aof.2.incr.aof'), 20);
    await parts('redis-2', 1, COMMAND.repeat(99));
    await parts('redis-3', 3, '');
    expect(await since()).toEqual({ 'redis-1': 'less', 'redis-2': 'less', 'redis-3': 'more' });
  });

  it('before 7.0 tell a rewrite from a cut', async () => {
    const file = (node: string) => `${node}/data/appendonly.aof`;
    for (const node of NODES) await put(file(node), COMMAND.repeat(9));
    await put(file('redis-3'), dump(7));
    await rememberRest({ ...where, directory: path() }, ENDING);
    await truncate(path(file('redis-1')), 20);
    await put(file('redis-2'), dump(8).subarray(0, 24));
    await put(file('redis-3'), dump(6));
    expect(await since()).toEqual({ 'redis-1': 'less', 'redis-2': 'more', 'redis-3': 'less' });
  });

  it('are not judged where a rewrite gives plain commands', async () => {
    for (const node of NODES) {
      await put(`${node}/conf/redis.conf`, 'appendonly yes\naof-use-rdb-preamble no\n');
      await put(`${node}/data/appendonly.aof`, COMMAND);
    }
    await rememberRest({ ...where, directory: path() }, ENDING);
    expect(await since()).toEqual({});
  });

  it('are those of a dump where no append-only file is kept', async () => {
    await put('redis-1/conf/redis.conf', 'appendonly no\n');
    await put('redis-1/data/dump.rdb', dump(9));
    await rememberRest({ ...where, directory: path() }, ENDING);
    await put('redis-1/data/dump.rdb', dump(8));
    expect(await since()).toMatchObject({ 'redis-1': 'less' });
  });

  it('are not spoken of by what cannot be understood, or was not kept', async () => {
    await parts('redis-1', 2, COMMAND);
    for (const text of ['', '{', '[]', '{"schemaVersion":2,"nodes":[]}', '{"schemaVersion":1}']) {
      await put('at-rest.json', text);
      expect(await since()).toBeUndefined();
    }
    // Something is in its place, as on a disk that takes nothing: nothing old is left standing.
    await rememberRest({ ...where, directory: path('nowhere') }, ENDING);
    await rememberRest({ ...where, directory: path() }, ENDING);
    const kept = JSON.parse(await readFile(path('at-rest.json'), 'utf8'));
    expect(kept).toMatchObject({ master: 'redis-1', nodes: [{ name: 'redis-1', inSync: true }] });
    await utimes(path('redis-1/data/appendonlydir/appendonly.aof.2.incr.aof'), 9, 9);
    expect(await since()).toEqual({ 'redis-1': 'more' });
  });

  it('are compared with what was noted when all were in sync, where all were killed', async () => {
    for (const node of NODES) await parts(node, 2, COMMAND.repeat(9));
    const mark = { form: 'parts', generation: 2, bytes: 9 * COMMAND.length, writtenAt: 1 } as const;
    await writeInSync(path(), { schemaVersion: 1, master: 'redis-1', mark });
    expect(await since()).toBeUndefined();
    await truncate(path('redis-1/data/appendonlydir/appendonly.aof.2.incr.aof'), 20);
    expect(await since()).toEqual({ 'redis-1': 'less', 'redis-2': 'more', 'redis-3': 'more' });
    await rememberRest({ ...where, directory: path() }, ENDING);
    expect(await since()).toEqual({ 'redis-1': 'same', 'redis-2': 'same', 'redis-3': 'same' });
  });
});
