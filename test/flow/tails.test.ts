import { mkdir, utimes, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { readHoldingsOf } from '../../src/flow/tails.js';
import { VolumeFiles } from '../../src/flow/volume-files.js';
import { type FileStore, LOCAL_FILES } from '../../src/host/file-store.js';
import { OPEN_ACCESS } from '../../src/model/access.js';
import { volumeName } from '../../src/plan/ownership.js';
import { compareTails } from '../../src/plan/tails.js';
import { volumeLabels } from '../../src/plan/volumes.js';
import { command } from '../helpers/aof.js';
import { useTempDir } from '../helpers/temp.js';
import { aRecord, aRecordInVolumes, nodeNamed } from '../helpers/topology.js';
import { VolumeEngine } from '../helpers/volume-engine.js';

const path = useTempDir();
const record = aRecord();
const BEGAN = 1_900_000_000;

/** A dump with nothing in it that was begun then. */
function dump(seconds: number): Buffer {
  const time = Buffer.alloc(4);
  time.writeInt32LE(seconds);
  const aux = Buffer.concat([Buffer.from('\xfa\x05ctime\xc2', 'latin1'), time]);
  return Buffer.concat([Buffer.from('REDIS0010'), aux, Buffer.from('\xff12345678', 'latin1')]);
}

async function put(name: string, content: string | Buffer, at = BEGAN): Promise<void> {
  await mkdir(dirname(path(name)), { recursive: true });
  await writeFile(path(name), content);
  await utimes(path(name), at, at);
}

const sets = (from: number, to: number) =>
  Array.from({ length: to - from }, (_, i) => command('set', `key:${from + i}`, 'x'));

/** The files of a node since 7.0: the numbers of the commands in those after the dump. */
async function parts(node: string, ...given: readonly (readonly string[])[]): Promise<void> {
  const folder = `${node}/data/appendonlydir/appendonly.aof`;
  await put(`${folder}.2.base.rdb`, dump(BEGAN));
  const lines = ['file appendonly.aof.2.base.rdb seq 2 type b'];
  for (const [i, commands] of given.entries()) {
    await put(`${folder}.${i + 2}.incr.aof`, commands.join(''), BEGAN + 60);
    lines.push(`file appendonly.aof.${i + 2}.incr.aof seq ${i + 2} type i`);
  }
  await put(`${folder}.manifest`, `${lines.join('\n')}\n`);
}

async function found(files: FileStore = LOCAL_FILES, of = record, running: string[] = []) {
  const { address } = nodeNamed(of, 'redis-1');
  const question = {
    ...{ record: of, directory: path(), files, running: new Set(running) },
    ...{ template: 'appendonly yes\n', access: OPEN_ACCESS },
  };
  const { tails } = await readHoldingsOf(question, address, ({ name }) =>
    name === 'redis-2' ? address : undefined,
  );
  const [own, other] = [tails?.get('redis-1'), tails?.get('redis-2')];
  return { tails, compared: own && other && compareTails(own, other) };
}

describe('the ends of append-only files', () => {
  it('are those of a master that does not run, and of its replicas', async () => {
    await parts('redis-1', sets(0, 9));
    await parts('redis-2', sets(2, 9));
    await parts('redis-3', sets(0, 9));
    const { tails, compared } = await found();
    expect([...(tails?.keys() ?? [])]).toEqual(['redis-1', 'redis-2']);
    expect(compared).toEqual({ is: 'fine' });
    expect(tails?.get('redis-2')).toEqual({
      ...{ commands: sets(2, 9), form: 'parts', isWhole: true, hasOwnTimes: true },
      ...{ beganAt: BEGAN * 1000, addedAt: (BEGAN + 60) * 1000, writtenAt: (BEGAN + 60) * 1000 },
    });
    expect((await found(LOCAL_FILES, record, ['redis-1'])).tails).toBeUndefined();
  });

  it('show that the file of the master was cut, over a rewrite that was under way, too', async () => {
    await parts('redis-1', sets(0, 5), [sets(5, 7).join('').slice(0, -4)]);
    await parts('redis-2', sets(3, 8), sets(8, 9));
    expect((await found()).compared).toEqual({ is: 'behind', commands: 3 });
  });

  it('are read further back where they differ', async () => {
    await parts('redis-1', sets(0, 20_000));
    await parts('redis-2', sets(0, 30_000));
    expect((await found()).compared).toEqual({ is: 'behind', commands: 10_000 });
  });

  it('know of copies that have lost their times', async () => {
    await parts('redis-1', sets(0, 2));
    await parts('redis-2', sets(0, 3));
    const base = path('redis-2/data/appendonlydir/appendonly.aof.2.base.rdb');
    await utimes(base, BEGAN + 600, BEGAN + 600);
    const { tails, compared } = await found();
    expect(tails?.get('redis-2')?.hasOwnTimes).toBe(false);
    expect(compared).toEqual({ is: 'fine' });
  });

  it('are those of one file before 7.0, after the dump in it', async () => {
    const single = (commands: readonly string[]) =>
      Buffer.concat([dump(BEGAN), Buffer.from(commands.join(''))]);
    await put('redis-1/data/appendonly.aof', single(sets(0, 4)), BEGAN + 60);
    await put('redis-2/data/appendonly.aof', single(sets(2, 5)), BEGAN + 60);
    expect((await found()).compared).toEqual({ is: 'behind', commands: 1 });
  });

  it('show before 7.0, too, that the master was emptied, where its replica has taken a command', async () => {
    await put('redis-1/data/appendonly.aof', sets(7, 8).join(''), BEGAN + 600);
    const old = Buffer.concat([dump(BEGAN), Buffer.from(sets(0, 2).join(''))]);
    await put('redis-2/data/appendonly.aof', old, BEGAN + 60);
    expect((await found()).compared).toEqual({ is: 'lacks' });
  });

  it('are found in a volume, too', async () => {
    const fake = new VolumeEngine();
    const inVolumes = aRecordInVolumes();
    for (const node of inVolumes.placement.nodes)
      fake.addVolume(volumeName(node), volumeLabels(inVolumes, node, path()));
    const files = new VolumeFiles(fake.engine, inVolumes, path());
    for (const [node, commands] of [
      ['redis-1', sets(0, 4)],
      ['redis-2', sets(0, 6)],
    ] as const) {
      await files.makeDirectory(path(node, 'data'), 0o700);
      await files.replaceFile(path(node, 'data/appendonly.aof'), commands.join(''), 0o600);
    }
    const { tails } = await found(files, inVolumes);
    expect(tails?.get('redis-2')?.commands).toEqual(sets(0, 6));
  });
});
