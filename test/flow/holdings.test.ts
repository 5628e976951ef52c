import { mkdir, rm, symlink, utimes, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { bareNodes, readHoldings } from '../../src/flow/holdings.js';
import { VolumeFiles } from '../../src/flow/volume-files.js';
import { LOCAL_FILES } from '../../src/host/file-store.js';
import { OPEN_ACCESS } from '../../src/model/access.js';
import { volumeName } from '../../src/plan/ownership.js';
import { volumeLabels } from '../../src/plan/volumes.js';
import { useTempDir } from '../helpers/temp.js';
import { aRecord, aRecordInVolumes, nodeNamed } from '../helpers/topology.js';
import { VolumeEngine } from '../helpers/volume-engine.js';

const path = useTempDir();
const record = aRecord();
const MANIFEST =
  'file appendonly.aof.1.base.rdb seq 1 type b\nfile appendonly.aof.1.incr.aof seq 1 type i\n';
const EMPTY_BASE = Buffer.from([...Buffer.from('REDIS0010'), 0xff, 1, 2, 3, 4, 5, 6, 7, 8]);
const AOF = 'redis-1/data/appendonlydir';

async function put(files: Readonly<Record<string, string | Buffer>>): Promise<void> {
  for (const [name, content] of Object.entries(files)) {
    await mkdir(dirname(path(name)), { recursive: true });
    await writeFile(path(name), content);
  }
}

async function found() {
  const { disks } = await readHoldings({
    ...{ record, directory: path(), files: LOCAL_FILES, running: new Set() },
    ...{ template: 'appendonly yes\n', access: OPEN_ACCESS },
  });
  return disks.get('redis-1');
}

describe('what a node has on disk', () => {
  it('is nothing where there is no directory, no file, or another file', async () => {
    expect(await found()).toEqual({ is: 'nothing' });
    await put({ 'redis-1/data/dump.rdb': 'REDIS0010 a copy from a sync of before' });
    expect(await found()).toEqual({ is: 'nothing' });
  });

  it('is empty after a first start, and data when anything was added', async () => {
    await put({
      [`${AOF}/appendonly.aof.manifest`]: MANIFEST,
      [`${AOF}/appendonly.aof.1.base.rdb`]: EMPTY_BASE,
      [`${AOF}/appendonly.aof.1.incr.aof`]: '',
    });
    expect(await found()).toEqual({ is: 'empty' });
    await put({ [`${AOF}/appendonly.aof.1.incr.aof`]: '*1\r\n' });
    await utimes(path(`${AOF}/appendonly.aof.1.incr.aof`), 2e9, 2e9);
    expect(await found()).toEqual({ is: 'data', bytes: 4 + EMPTY_BASE.length, writtenAt: 2e12 });
  });

  it('knows when its server began with nothing, until that rewrites its files', async () => {
    const [said, bytes] = [1_900_000_000, Buffer.alloc(4)];
    bytes.writeInt32LE(said);
    const base = Buffer.from([
      ...EMPTY_BASE.subarray(0, 9),
      ...[0xfa, 5, ...Buffer.from('ctime'), 0xc2, ...bytes],
      ...EMPTY_BASE.subarray(9),
    ]);
    const first = `${AOF}/appendonly.aof.1.base.rdb`;
    const manifest = `${AOF}/appendonly.aof.manifest`;
    await put({
      [manifest]: MANIFEST,
      [first]: base,
      [`${AOF}/appendonly.aof.1.incr.aof`]: '*1\r\n',
    });
    for (const [written, began] of [
      [said + 9, said],
      // A copy that has lost its times.
      [1, 1],
    ] as const) {
      await utimes(path(first), written, written);
      expect(await found()).toMatchObject({ is: 'data', beganEmptyAt: began * 1000 });
    }
    const second = `${AOF}/appendonly.aof.2.base.rdb`;
    await put({ [manifest]: MANIFEST.replaceAll('1.base', '2.base'), [second]: base });
    expect(await found()).not.toHaveProperty('beganEmptyAt');
    await put({ [manifest]: MANIFEST, [first]: 'x'.repeat(2000) });
    expect(await found()).not.toHaveProperty('beganEmptyAt');
  });

  it('is broken where the manifest, or a file that it names, is gone', async () => {
    await put({
      [`${AOF}/appendonly.aof.1.base.rdb`]: EMPTY_BASE,
      [`${AOF}/appendonly.aof.1.incr.aof`]: '*1\r\n',
    });
    expect(await found()).toEqual({
      ...{ is: 'broken', why: 'it is gone', file: path(`${AOF}/appendonly.aof.manifest`) },
    });
    await put({ [`${AOF}/appendonly.aof.manifest`]: MANIFEST });
    await rm(path(`${AOF}/appendonly.aof.1.base.rdb`));
    expect(await found()).toMatchObject({
      ...{ is: 'broken', file: path(`${AOF}/appendonly.aof.1.base.rdb`) },
    });
    await put({ [`${AOF}/appendonly.aof.manifest`]: '\0\0' });
    expect(await found()).toMatchObject({ is: 'broken', why: 'it is damaged' });
  });

  it('is in one file before 7.0', async () => {
    await put({ 'redis-1/data/appendonly.aof': EMPTY_BASE });
    expect(await found()).toEqual({ is: 'empty' });
    await put({ 'redis-1/data/appendonly.aof': '*1\r\n' });
    expect(await found()).toMatchObject({ is: 'data', bytes: 4 });
  });

  it('is the dump where its conf keeps no append-only file', async () => {
    await put({ 'redis-1/conf/redis.conf': 'port 6379\n', 'redis-1/data/dump.rdb': 'REDIS0010…' });
    expect(await found()).toMatchObject({ is: 'data' });
  });

  it('never is what a link leads to: that is refused', async () => {
    await put({ secret: MANIFEST, 'redis-1/data/appendonlydir/other': '' });
    await symlink(path('secret'), path(`${AOF}/appendonly.aof.manifest`));
    await expect(found()).rejects.toThrow('it is a link');
  });

  it('is found in a volume, too', async () => {
    const fake = new VolumeEngine();
    const inVolumes = aRecordInVolumes();
    for (const node of inVolumes.placement.nodes)
      fake.addVolume(volumeName(node), volumeLabels(inVolumes, node, path()));
    const files = new VolumeFiles(fake.engine, inVolumes, path());
    const asked = () =>
      readHoldings({
        ...{ record: inVolumes, directory: path(), files, running: new Set() },
        ...{ template: 'appendonly yes\n', access: OPEN_ACCESS },
      });
    expect((await asked()).disks.get('redis-1')).toEqual({ is: 'nothing' });
    for (const folder of ['data', 'data/appendonlydir'])
      await files.makeDirectory(path('redis-1', folder), 0o700);
    const write = (name: string, text: string) => files.replaceFile(path(AOF, name), text, 0o600);
    await write('appendonly.aof.manifest', MANIFEST);
    await write('appendonly.aof.1.base.rdb', 'REDIS0010');
    await write('appendonly.aof.1.incr.aof', '*1\r\n');
    expect((await asked()).disks.get('redis-1')).toMatchObject({ is: 'data', bytes: 13 });
  });
});

describe('nodes without a directory', () => {
  it('are those that lack that of their conf or that of their data', async () => {
    const all = record.placement.nodes.map(({ folder }) => folder);
    for (const folder of all) {
      await put({ [`${folder}/conf/x`]: '' });
      if (folder !== 'redis-2') await put({ [`${folder}/data/x`]: '' });
    }
    await rm(path('sentinel-1', 'conf'), { recursive: true });
    expect(await bareNodes(record, path(), LOCAL_FILES)).toEqual(
      new Set(['redis-2', 'sentinel-1']),
    );
    expect(nodeNamed(record, 'redis-2').folder).toBe('redis-2');
  });
});
