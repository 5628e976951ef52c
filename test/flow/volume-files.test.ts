import { readFile, stat, writeFile } from 'node:fs/promises';
import { Files } from '../../src/flow/files.js';
import { removeHelpers } from '../../src/flow/helper.js';
import { VolumeFiles } from '../../src/flow/volume-files.js';
import { LOCAL_FILES } from '../../src/host/file-store.js';
import { nodeContainer } from '../../src/plan/containers.js';
import { EMPTY_DUMP, isEmptyDump } from '../../src/plan/data-files.js';
import { volumeName } from '../../src/plan/ownership.js';
import { volumeLabels } from '../../src/plan/volumes.js';
import { useTempDir } from '../helpers/temp.js';
import { aRecord, aRecordInVolumes, nodeNamed } from '../helpers/topology.js';
import { facts } from '../helpers/up-facts.js';
import { VolumeEngine } from '../helpers/volume-engine.js';

const path = useTempDir();
const record = aRecordInVolumes();
const OWNER = { uid: 999, gid: 999 };
const NODE = nodeNamed(record, 'redis-1');

/** An engine that has the volumes of these nodes. */
function withVolumes(nodes = record.placement.nodes) {
  const fake = new VolumeEngine();
  for (const node of nodes) {
    fake.addVolume(volumeName(node), volumeLabels(record, node, path()));
  }
  const files = new VolumeFiles(fake.engine, record, path());
  return { fake, files };
}

/** The same with a file of redis-1 in its place. */
async function withConf(content = 'port 6379\n') {
  const made = withVolumes();
  await made.files.makeDirectory(path('redis-1', 'conf'), 0o700, OWNER);
  await made.files.writeOnce(path('redis-1', 'conf', 'redis.conf'), content, 0o600, OWNER);
  const held = () => made.fake.volumes.get('lab-redis-1-files')?.files.get('conf/redis.conf');
  return { ...made, conf: path('redis-1', 'conf', 'redis.conf'), held };
}

describe('a file of a node', () => {
  it('is in its volume, with the owner and the mode that it was given', async () => {
    const { fake, held } = await withConf();
    expect(held()).toEqual({ mode: 0o600, uid: 999, gid: 999, content: 'port 6379\n' });
    expect(fake.volumes.get('lab-redis-1-files')?.files.get('conf')).toEqual({
      mode: 0o700,
      uid: 999,
      gid: 999,
    });
    await expect(stat(path('redis-1'))).rejects.toThrow('ENOENT');
  });

  it('is read as it was written', async () => {
    const { files, conf } = await withConf('äöü\n');
    expect(await files.readText(conf)).toBe('äöü\n');
  });

  it('is not written twice', async () => {
    const { files, conf, held } = await withConf();
    expect(await files.writeOnce(conf, 'other', 0o600, OWNER)).toBe(false);
    expect(held()?.content).toBe('port 6379\n');
  });

  it('keeps owner and mode when it is changed', async () => {
    const { files, conf, held } = await withConf();
    await files.editFile(conf, (text) => `${text}# more\n`);
    expect(held()).toEqual({ mode: 0o600, uid: 999, gid: 999, content: 'port 6379\n# more\n' });
  });

  it('has another version when it is another', async () => {
    const { files, conf } = await withConf();
    const before = await files.fileVersion(conf);
    await files.replaceFile(conf, 'new', 0o600);
    expect(before).toBeDefined();
    expect(await files.fileVersion(conf)).not.toBe(before);
  });

  it('counts as none when it was taken away, and can be written anew', async () => {
    const { files, conf, held } = await withConf();
    await files.removeFile(conf);
    expect(await files.readText(conf)).toBeUndefined();
    expect(held()?.content).toBe('');
    expect(await files.writeOnce(conf, 'again', 0o600, OWNER)).toBe(true);
    expect(held()?.content).toBe('again');
  });

  it('is none where there is none', async () => {
    const { files } = await withConf();
    const other = path('redis-1', 'conf', 'tls.crt');
    expect(await files.readText(other)).toBeUndefined();
    expect(await files.fileVersion(other)).toBeUndefined();
    await files.removeFile(other);
    await expect(files.editFile(other, (text) => text)).rejects.toThrow('no such file');
  });

  it('is never the volume itself', async () => {
    const { files } = withVolumes();
    await expect(files.replaceFile(path('redis-1'), 'x', 0o600)).rejects.toThrow('whole volume');
  });

  it('is gone with all that its server has in a directory that is emptied; the rest stays', async () => {
    const { fake, files } = await withConf();
    await files.replaceFile(
      path('redis-1', 'conf', 'redis.conf'),
      'appenddirname "my-aof"\nlogfile redis.log\n',
      0o600,
      OWNER,
    );
    const data = (...names: string[]) => path('redis-1', 'data', ...names);
    for (const directory of [[], ['my-aof'], ['mine']])
      await files.makeDirectory(data(...directory), 0o700, OWNER);
    const put = (...names: string[]) => files.writeOnce(data(...names), 'x', 0o600, OWNER);
    for (const names of [['my-aof', 'a.incr.aof'], ['mine', 'a'], ['notes.txt'], ['redis.log']])
      await put(...names);
    await put('dump.rdb');
    await files.emptyDirectory(data(), 0o750, OWNER);
    const held = fake.volumes.get('lab-redis-1-files')?.files ?? new Map();
    const left = [...held].filter(
      ([key, { content }]) => key.startsWith('data/') && content !== '',
    );
    expect(left.map(([key]) => key).sort()).toEqual([
      ...['data/dump.rdb', 'data/mine', 'data/mine/a', 'data/my-aof', 'data/notes.txt'],
    ]);
    expect(held.get('data')).toMatchObject({ mode: 0o750, uid: 999, gid: 999 });
    expect(isEmptyDump(EMPTY_DUMP)).toBe(true);
    expect(held.get('data/dump.rdb')?.content).toBe(EMPTY_DUMP.toString('utf8'));
  });

  it('that is a directory is not taken away', async () => {
    const { fake, files } = await withConf();
    await files.removeFile(path('redis-1', 'conf'));
    expect(fake.volumes.get('lab-redis-1-files')?.files.has('conf')).toBe(true);
  });
});

describe('a file that is written over', () => {
  const NEW = { mode: 0o600, uid: 999, gid: 999, content: 'port 6379\n# more\n' };

  it('has an owner that containers know, whatever the engine calls it', async () => {
    const { fake, files, conf, held } = await withConf();
    fake.userShift = 100_000;
    await files.editFile(conf, (text) => `${text}# more\n`);
    expect(held()).toEqual(NEW);
  });

  it('stays as it was when the new one cannot have its owner', async () => {
    const { fake, files, conf } = await withConf();
    fake.userShift = 100_000;
    const stranger = { uid: 100_999, gid: 100_999 };
    await expect(files.replaceFile(conf, 'x', 0o600, stranger)).rejects.toThrow('mapped');
    expect(await files.readText(conf)).toBe('port 6379\n');
  });

  it('stays as it was when the disk is full, and when the dump of a backup breaks off', async () => {
    const { fake, files, conf } = await withConf();
    async function* broken() {
      yield Buffer.from('REDIS');
      throw new Error('the backup breaks off');
    }
    const large = { path: conf, mode: 0o600, chunks: broken(), owner: OWNER };
    await expect(files.replaceLarge(large, 100)).rejects.toThrow('breaks off');
    fake.room = 5;
    await expect(files.replaceFile(conf, 'x'.repeat(20), 0o600, OWNER)).rejects.toThrow('no space');
    fake.room = 0;
    await expect(files.editFile(conf, (text) => `${text}# more\n`)).rejects.toThrow('no space');
    expect(await files.readText(conf)).toBe('port 6379\n');
  });

  it('is written all the same where its file system has no links', async () => {
    const { fake, files, conf, held } = await withConf();
    fake.hasLinks = false;
    await files.editFile(conf, (text) => `${text}# more\n`);
    expect(held()).toEqual(NEW);
  });

  it('leaves nothing of itself beside it but an empty file', async () => {
    const { fake, files, conf } = await withConf();
    await files.replaceFile(conf, 'secret', 0o600, OWNER);
    const held = fake.volumes.get('lab-redis-1-files')?.files;
    expect(held?.get('conf/redis.conf.new')?.content).toBe('');
  });
});

describe('a file that is new', () => {
  it('is not there at all when the disk is full', async () => {
    const { fake, files } = await withConf();
    fake.room = 5;
    const cert = path('redis-1', 'conf', 'tls.crt');
    await expect(files.writeOnce(cert, 'x'.repeat(20), 0o600, OWNER)).rejects.toThrow('no space');
    expect(await files.readText(cert)).toBeUndefined();
    fake.room = 100;
    expect(await files.writeOnce(cert, 'x', 0o600, OWNER)).toBe(true);
  });
});

describe('what is no node’s', () => {
  it('stays on this machine', async () => {
    const { fake, files } = withVolumes();
    expect(await files.writeOnce(path('password'), 'secret\n', 0o600)).toBe(true);
    expect(await readFile(path('password'), 'utf8')).toBe('secret\n');
    expect((await stat(path('password'))).uid).toBe(process.getuid?.());
    await files.editFile(path('password'), () => 'other');
    expect(await files.readText(path('password'))).toBe('other');
    expect(await files.fileVersion(path('password'))).toBeDefined();
    await files.removeFile(path('password'));
    expect(await files.makeDirectory(path('more'), 0o700)).toBe(true);
    await files.replaceFile(path('more', 'x'), 'x', 0o600);
    expect(fake.told).toEqual([]);
  });

  it('is refused outside of the topology', async () => {
    const { files } = withVolumes();
    await writeFile(path('x'), 'x');
    const outside = `${path()}/../other/redis-1/conf/redis.conf`;
    await expect(files.readText(outside)).rejects.toMatchObject({ kind: 'bug' });
    await expect(files.writeOnce(outside, '', 0o600)).rejects.toMatchObject({ kind: 'bug' });
  });
});

describe('the container that files pass through', () => {
  it('is one, however many files go through it at once', async () => {
    const { fake, files } = withVolumes();
    await Promise.all(
      record.placement.nodes.map(({ folder }) => files.makeDirectory(path(folder, 'conf'), 0o700)),
    );
    expect(fake.helpers()).toHaveLength(1);
    expect(fake.told.filter((each) => each.startsWith('create'))).toHaveLength(1);
  });

  it('is not made for a node without a volume, nor for files of this machine', async () => {
    const { fake, files } = withVolumes([]);
    expect(await files.readText(path('redis-1', 'conf', 'redis.conf'))).toBeUndefined();
    expect(await files.readText(path('password'))).toBeUndefined();
    expect(fake.helpers()).toEqual([]);
    expect(fake.volumes.size).toBe(0);
  });

  it('has a companion when a volume comes later', async () => {
    const { fake, files } = withVolumes([NODE]);
    await files.makeDirectory(path('redis-1', 'conf'), 0o700);
    const late = nodeNamed(record, 'redis-2');
    await expect(files.makeDirectory(path('redis-2', 'conf'), 0o700)).rejects.toThrow('no volume');
    fake.addVolume(volumeName(late), volumeLabels(record, late, path()));
    await files.makeDirectory(path('redis-2', 'conf'), 0o700);
    expect(fake.helpers()).toHaveLength(2);
    await files.close();
    expect(fake.helpers()).toEqual([]);
  });

  it('is gone after the end, and comes again when it is needed again', async () => {
    const { fake, files, conf } = await withConf();
    await files.close();
    expect(fake.helpers()).toEqual([]);
    expect(await files.readText(conf)).toBe('port 6379\n');
    expect(fake.helpers()).toHaveLength(1);
  });

  it('is gone after the end also when its making failed half-way', async () => {
    const { fake } = withVolumes();
    const engine = {
      ...fake.engine,
      createContainer: async (spec: Parameters<typeof fake.engine.createContainer>[0]) => {
        await fake.engine.createContainer(spec);
        throw new Error('the connection broke');
      },
    };
    const files = new VolumeFiles(engine, record, path());
    await expect(files.makeDirectory(path('redis-1', 'conf'), 0o700)).rejects.toThrow('broke');
    expect(fake.helpers()).toHaveLength(1);
    await files.close();
    expect(fake.helpers()).toEqual([]);
  });

  it('is not needed to read where the node’s own container is there', async () => {
    const { fake, files, conf } = await withConf();
    await files.close();
    await fake.engine.createContainer(nodeContainer(NODE, facts({ record, directory: path() })));
    fake.told.length = 0;
    const reader = new VolumeFiles(fake.engine, record, path());
    expect(await reader.readText(conf)).toBe('port 6379\n');
    expect(await reader.fileVersion(conf)).toBeDefined();
    expect(fake.told).toEqual(['get lab-redis-1', 'look lab-redis-1']);
  });

  it('left by one that was killed is removed, and nothing else', async () => {
    const { fake, files } = await withConf();
    await fake.engine.createContainer(nodeContainer(NODE, facts({ record, directory: path() })));
    await removeHelpers(fake.engine, 'other');
    expect(fake.helpers()).toHaveLength(1);
    await removeHelpers(fake.engine, 'lab');
    expect([...fake.containers.keys()]).toEqual(['lab-redis-1']);
    await files.close();
  });
});

describe('the files of a verb', () => {
  it('are those of this machine for a topology in directories', () => {
    const { engine } = new VolumeEngine();
    expect(new Files(engine, path()).of(aRecord())).toBe(LOCAL_FILES);
  });

  it('are one store for a topology, which ends with the verb', async () => {
    const { fake } = withVolumes();
    const files = new Files(fake.engine, path('..'));
    const named = { ...record, spec: { ...record.spec, name: path().split('/').at(-1) ?? '' } };
    for (const node of named.placement.nodes) {
      fake.volumes.clear();
      fake.addVolume(volumeName(node), volumeLabels(named, node, path()));
    }
    expect(files.of(named)).toBe(files.of(named));
    await files.of(named).makeDirectory(path('sentinel-3', 'conf'), 0o700);
    expect(fake.helpers()).toHaveLength(1);
    await files.close();
    expect(fake.helpers()).toEqual([]);
  });
});

describe('a directory that is emptied', () => {
  it('is there with nothing in it, and what is beside it stays', async () => {
    const { files, fake, held } = await withConf();
    const data = path('redis-1', 'data');
    await files.makeDirectory(data, 0o700, OWNER);
    await files.makeDirectory(path('redis-1', 'data', 'appendonlydir'), 0o700, OWNER);
    await files.writeOnce(path('redis-1', 'data', 'appendonlydir', 'x'), 'x', 0o600, OWNER);
    await files.emptyDirectory(data, 0o700, OWNER);
    const inside = fake.volumes.get('lab-redis-1-files')?.files ?? new Map();
    expect([...inside.keys()].filter((key) => key.startsWith('data'))).toEqual([
      ...['data', 'data/appendonlydir'],
    ]);
    expect(inside.get('data')).toEqual({ mode: 0o700, uid: 999, gid: 999 });
    expect(held()?.content).toBe('port 6379\n');
  });

  it('goes only where that is what was asked for: no file takes its place by itself', async () => {
    const { files } = await withConf();
    const conf = path('redis-1', 'conf');
    await expect(files.replaceFile(conf, 'x', 0o600, OWNER)).rejects.toThrow('overwrite');
  });
});
