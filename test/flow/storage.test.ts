import { mkdir, readdir, symlink, writeFile } from 'node:fs/promises';
import type { Engine } from '../../src/engine/engine.js';
import type { Context } from '../../src/flow/context.js';
import { down } from '../../src/flow/down.js';
import { Files } from '../../src/flow/files.js';
import { Patience } from '../../src/flow/patience.js';
import { actor } from '../../src/flow/steps.js';
import { chooseStorage, findVolumes } from '../../src/flow/storage.js';
import { writeRecord } from '../../src/host/data-home.js';
import { OPEN_ACCESS } from '../../src/model/access.js';
import type { Step } from '../../src/model/plan.js';
import type { TopologyRecord } from '../../src/model/topology.js';
import { nodeLabels, placeLabels } from '../../src/plan/labels.js';
import { volumeName } from '../../src/plan/ownership.js';
import { volumeLabels } from '../../src/plan/volumes.js';
import { NodeClient } from '../../src/redis/client.js';
import { aContainer, aContext, aNetwork, anEngine, anEngineAt } from '../helpers/engine.js';
import { useTempDir } from '../helpers/temp.js';
import { aRecord, aRecordInVolumes, aSpec, nodeNamed } from '../helpers/topology.js';
import { VolumeEngine } from '../helpers/volume-engine.js';

const path = useTempDir();
const record = aRecordInVolumes();
const HERE = anEngine();
const AWAY = anEngineAt('10.0.0.9');
const mapping = (userMapping: 'rootless' | 'userns-remap') =>
  anEngine({ describe: async () => ({ version: '28.0.0', addressPools: [], userMapping }) });
const ROOTLESS = mapping('rootless');
const REMAPPED = mapping('userns-remap');
/** It sees none of the files that this process has. */
const APART = anEngine({ hasPath: async () => false });

/** Of whoever asks, where it is known. */
const ME = 'e'.repeat(32);
const mine = { ...record, origin: ME };

function withVolumes(directory: string, of: TopologyRecord = record) {
  const fake = new VolumeEngine();
  for (const node of of.placement.nodes) {
    fake.addVolume(volumeName(node), volumeLabels(of, node, directory));
  }
  return fake;
}

describe('conf and data are', () => {
  const chosen = async (
    engine: Engine,
    asked?: 'directory' | 'volume',
    existing?: TopologyRecord,
  ) => {
    const spec = aSpec(asked === undefined ? {} : { storage: asked });
    return (await chooseStorage(aContext(engine, path()), spec, existing)).storage ?? 'directory';
  };

  it.each([
    ['directories, on the engine of this machine', HERE, undefined, undefined, 'directory'],
    ['volumes, on that of another', AWAY, undefined, undefined, 'volume'],
    ['volumes, when asked for here', HERE, 'volume', undefined, 'volume'],
    ['directories still, once they were', HERE, undefined, aRecord(), 'directory'],
    ['volumes still, once they were', HERE, undefined, record, 'volume'],
    ['volumes still, on another machine', AWAY, undefined, record, 'volume'],
    ['volumes, where the engine is rootless', ROOTLESS, undefined, undefined, 'volume'],
    ['volumes, where it sees other files', APART, undefined, undefined, 'volume'],
    ['volumes, where it maps users', REMAPPED, undefined, undefined, 'volume'],
  ] as const)('in %s', async (_, engine, asked, existing, storage) => {
    expect(await chosen(engine, asked, existing)).toBe(storage);
  });

  it.each([
    ['another machine', AWAY, 'tcp://10.0.0.9'],
    ['one that is rootless', ROOTLESS, 'is rootless: its containers run as users who'],
    ['one that sees other files', APART, 'does not see '],
    ['one that maps users', REMAPPED, 'runs with userns-remap: its containers run as users who'],
  ])('not in directories on the engine of %s', async (_, engine, words) => {
    await expect(chosen(engine, 'directory')).rejects.toMatchObject({
      kind: 'spec',
      message: expect.stringContaining(words),
      hint: expect.stringContaining('eave --storage out'),
    });
    await expect(chosen(engine, undefined, aRecord())).rejects.toThrow('lab lives in directories');
  });
});

describe('the volumes that are found', () => {
  const find = (engine: Engine, isNew: boolean, of = record) =>
    findVolumes(aContext(engine), of, '/data/lab', isNew);

  it('are asked for only where there may be some', async () => {
    expect(await find(anEngine(), true, aRecord())).toEqual(new Set());
  });

  it('are those of the record', async () => {
    const { engine } = withVolumes('/data/lab');
    expect([...(await find(engine, false))]).toEqual(record.placement.nodes.map((n) => n.name));
  });

  it('are none for a new topology', async () => {
    expect(await find(new VolumeEngine().engine, true)).toEqual(new Set());
  });

  it('stand in the way of a new topology, wherever they were made from', async () => {
    for (const directory of ['/data/lab', '/elsewhere/lab']) {
      const { engine } = withVolumes(directory);
      await expect(find(engine, true)).rejects.toMatchObject({
        kind: 'topology',
        message: expect.stringContaining('lab-redis-1-files'),
        hint: expect.stringContaining('docker volume rm lab-redis-1-files'),
      });
    }
  });

  it('are told to be removed by down where down removes them', async () => {
    const { engine } = withVolumes('/data/lab', mine);
    const hint = expect.stringContaining('rsent down lab --volumes');
    await expect(find(engine, true, mine)).rejects.toMatchObject({ hint });
    const other = { ...record, origin: 'd'.repeat(32) };
    const byHand = expect.not.stringContaining('rsent down');
    await expect(find(engine, true, other)).rejects.toMatchObject({ hint: byHand });
  });

  it('of one whose directory was moved are not somebody else’s: where it was is named', async () => {
    const { engine } = withVolumes('/elsewhere/lab', mine);
    const refusal = {
      message: expect.stringContaining('were made from /elsewhere/lab, and this record'),
      hint: expect.stringMatching(/mv .*\/lab \/elsewhere\/lab\..*--data-dir \/elsewhere\./),
    };
    await expect(find(engine, false, mine)).rejects.toMatchObject(refusal);
    await mkdir(path('lab'));
    await writeRecord(path(), mine);
    await expect(down(aContext(engine, path()), 'lab', true)).rejects.toMatchObject(refusal);
    const others = withVolumes('/elsewhere/lab', { ...mine, origin: 'd'.repeat(32) });
    await expect(find(others.engine, false, mine)).rejects.toThrow('somebody else');
  });

  it('are never somebody else’s', async () => {
    const fake = new VolumeEngine();
    fake.addVolume('lab-redis-2-files', { mine: 'yes' });
    await expect(find(fake.engine, true)).rejects.toThrow('somebody else: lab-redis-2-files');
    await expect(find(fake.engine, false)).rejects.toThrow('somebody else: lab-redis-2-files');
  });

  it('are missed when all of them are gone: the engine is another one', async () => {
    await expect(find(new VolumeEngine().engine, false)).rejects.toThrow(
      'not on the engine at tcp://10.0.0.9:2375',
    );
  });
});

describe('a volume that is made', () => {
  const node = nodeNamed(record, 'redis-1');
  const step: Step = {
    ...{ kind: 'create-volume', id: 'volume:redis-1', after: [] },
    ...{ volume: volumeName(node) },
    labels: { 'rsent.schema': '1' },
  };

  it('goes again, with the container that files passed through', async () => {
    const fake = withVolumes(path('lab'));
    const files = new Files(fake.engine, path());
    const store = files.of(record);
    const act = actor({
      ...{ context: aContext(fake.engine), record, directory: path('lab'), files: store },
      ...{ access: OPEN_ACCESS, secrets: {}, patience: new Patience(0) },
      client: ({ published }) => new NodeClient(published, {}),
    });
    const undo = await act(step);
    await store.makeDirectory(path('lab', 'redis-1', 'conf'), 0o700);
    await undo?.();
    expect(fake.volumes.has('lab-redis-1-files')).toBe(false);
    expect(fake.helpers()).toEqual([]);
  });
});

describe('down', () => {
  const take = (engine: Engine, volumes: boolean) => {
    const nothing = () => {};
    const progress = { stage: nothing, done: nothing } as unknown as Context['progress'];
    const { signal } = new AbortController();
    const state = path('.state');
    return down({ ...aContext(engine, path()), state, progress, signal }, 'lab', volumes);
  };
  const keepRecord = async (of: TopologyRecord) => {
    await mkdir(path('lab'));
    await writeRecord(path(), of);
  };

  it('keeps volumes and says so', async () => {
    const fake = withVolumes(path('lab'));
    await keepRecord(record);
    expect(await take(fake.engine, false)).toMatchObject({
      volumes: { count: 6, removed: false },
      data: { removed: false },
    });
    expect(fake.volumes.size).toBe(6);
  });

  it('--volumes removes them and the record', async () => {
    const fake = withVolumes(path('lab'));
    await keepRecord(record);
    expect(await take(fake.engine, true)).toMatchObject({ volumes: { count: 6, removed: true } });
    expect(fake.volumes.size).toBe(0);
    expect(await readdir(path())).toEqual([]);
  });

  const beMe = async () => {
    await mkdir(path('.state'));
    await writeFile(path('.state', 'origin'), `${ME}\n`);
  };

  it('--volumes removes what has lost its record, or a record that nobody understands', async () => {
    await beMe();
    const fake = withVolumes(path('lab'), mine);
    expect(await take(fake.engine, true)).toMatchObject({ volumes: { count: 6, removed: true } });
    const again = withVolumes(path('lab'), mine);
    await mkdir(path('lab'));
    await writeFile(path('lab', 'topology.json'), 'not JSON');
    await take(again.engine, true);
    expect(again.volumes.size).toBe(0);
    expect(await readdir(path())).toEqual(['.state']);
  });

  it.each([
    ['another machine with equal paths has made', { ...record, origin: 'd'.repeat(32) }],
    ['were made before it was noted who makes them', record],
  ])('--volumes leaves without a record those that %s, and names them', async (_, of) => {
    await beMe();
    const fake = withVolumes(path('lab'), of);
    const { volumes, notOurs } = await take(fake.engine, true);
    expect(volumes).toBeUndefined();
    expect(notOurs?.volumes).toEqual([...fake.volumes.keys()]);
    expect(fake.volumes.size).toBe(6);
  });

  it('leaves the containers and networks of another machine, whatever it has itself', async () => {
    await beMe();
    await keepRecord(aRecord());
    const theirs = { ...aRecord(), origin: 'd'.repeat(32) };
    const [node] = theirs.placement.nodes;
    if (node === undefined) throw new Error('no node');
    const labels = nodeLabels(theirs, node, path('lab'));
    const engine = anEngine({
      containers: async () => [aContainer({ name: node.container, labels })],
      networks: async () => [
        aNetwork({ name: 'lab-net', labels: placeLabels(theirs, path('lab')) }),
      ],
      volumes: async () => [],
    });
    expect(await take(engine, true)).toMatchObject({
      ...{ containers: 0, networks: 0, data: { removed: true } },
      notOurs: { containers: [node.container], networks: ['lab-net'], volumes: [] },
    });
  });

  it('in a copy of a data home leaves the original’s containers and network, and names its home', async () => {
    await beMe();
    const own = { ...aRecord(), origin: ME };
    await keepRecord(own);
    const node = nodeNamed(own, 'redis-1');
    const removed: string[] = [];
    const engine = anEngine({
      containers: async () => [
        aContainer({ name: node.container, labels: nodeLabels(own, node, '/original/lab') }),
      ],
      networks: async () => [
        aNetwork({ name: 'lab-net', labels: placeLabels(own, '/original/lab') }),
      ],
      volumes: async () => [],
      removeContainer: async (name) => void removed.push(name),
      removeNetwork: async (name) => void removed.push(name),
    });
    expect(await take(engine, false)).toMatchObject({
      ...{ containers: 0, networks: 0, elsewhere: '/original/lab' },
      data: { path: path('lab'), removed: false },
    });
    expect(removed).toEqual([]);
  });

  it('--volumes leaves what rsent did not make, and follows no link', async () => {
    await keepRecord(aRecord());
    await mkdir(path('lab', 'redis-1', 'data'), { recursive: true });
    await mkdir(path('elsewhere'));
    await writeFile(path('elsewhere', 'dump.rdb'), 'theirs');
    await writeFile(path('lab', 'notes.txt'), 'mine');
    await symlink(path('elsewhere'), path('lab', 'old'));
    const { data } = await take(anEngine({ volumes: async () => [] }), true);
    expect(data).toEqual({
      ...{ path: path('lab'), removed: true },
      left: [path('lab', 'notes.txt'), path('lab', 'old')],
    });
    expect((await readdir(path('lab'))).sort()).toEqual(['notes.txt', 'old']);
    expect(await readdir(path('elsewhere'))).toEqual(['dump.rdb']);
  });

  it('--volumes removes nothing behind a link that a topology’s directory is', async () => {
    await mkdir(path('elsewhere', 'redis-1', 'data'), { recursive: true });
    await symlink(path('elsewhere'), path('lab'));
    await writeRecord(path(), aRecord());
    // Before anything is removed: this engine could do nothing else.
    await expect(take(anEngine({ volumes: async () => [] }), true)).rejects.toThrow(
      `${path('lab')} is a link to ${path('elsewhere')}`,
    );
    expect((await readdir(path('elsewhere'))).sort()).toEqual(['redis-1', 'topology.json']);
  });

  it.each([['redis-2'], ['redis-2', 'data'], ['redis-2', 'conf']])(
    '--volumes begins nothing where a node has a link: %s %s',
    async (...way) => {
      await keepRecord(aRecord());
      await mkdir(path('elsewhere'));
      await writeFile(path('elsewhere', 'dump.rdb'), 'REDIS');
      await mkdir(path('lab', ...way.slice(0, -1)), { recursive: true });
      await symlink(path('elsewhere'), path('lab', ...way));
      await expect(take(anEngine({ volumes: async () => [] }), true)).rejects.toMatchObject({
        message: `${path('lab', ...way)} is a link to ${path('elsewhere')}, and rsent removes nothing behind a link.`,
        hint: expect.stringContaining('Nothing was stopped or removed. rsent down lab'),
      });
      expect(await readdir(path('elsewhere'))).toEqual(['dump.rdb']);
      expect(await readdir(path('lab'))).toContain('topology.json');
    },
  );

  it('--volumes leaves what a user has put beside the data of a node, and names it', async () => {
    await keepRecord(aRecord());
    await mkdir(path('lab', 'redis-1', 'data', 'appendonlydir'), { recursive: true });
    const parts = ['dump.rdb', 'appendonlydir/appendonly.aof.1.incr.aof', 'notes.txt'];
    for (const each of [...parts, 'appendonlydir/mine'])
      await writeFile(path('lab', 'redis-1', 'data', each), '');
    const { data } = await take(anEngine({ volumes: async () => [] }), true);
    const left = ['appendonlydir/mine', 'notes.txt'];
    expect(data).toEqual({
      ...{ path: path('lab'), removed: true },
      left: left.map((each) => path('lab', 'redis-1', 'data', each)),
    });
    expect((await readdir(path('lab', 'redis-1', 'data'))).sort()).toEqual([
      ...['appendonlydir', 'notes.txt'],
    ]);
  });

  it.each([
    ['of another data home', '/elsewhere/lab', record],
    ['that have only the name', '', record],
  ])('--volumes leaves those %s', async (_, directory, of) => {
    const fake = withVolumes(directory, of);
    expect(await take(fake.engine, true)).not.toHaveProperty('volumes');
    expect(fake.volumes.size).toBe(6);
  });

  it('--volumes keeps the record of volumes that are on another engine', async () => {
    await keepRecord(record);
    await expect(take(new VolumeEngine().engine, true)).rejects.toThrow('are not on the engine');
    expect(await readdir(path('lab'))).toEqual(['topology.json']);
  });

  it('asks for no volumes of a topology in directories to be there', async () => {
    await keepRecord(aRecord());
    expect(await take(new VolumeEngine().engine, true)).toMatchObject({ data: { removed: true } });
  });
});
