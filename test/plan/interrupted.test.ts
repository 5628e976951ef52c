import type { NetworkForm } from '../../src/model/spec.js';
import { ofKind, type TopologyRecord, type Unfinished } from '../../src/model/topology.js';
import { confPath } from '../../src/plan/conf-path.js';
import { movesBetween, toSubnet } from '../../src/plan/relocate.js';
import { joiningIn, resize } from '../../src/plan/resize.js';
import { aSecurity } from '../helpers/security.js';
import { handOver } from '../helpers/simulated-nodes.js';
import {
  type Asked,
  bringUp,
  DIRECTORY,
  dataFile,
  emptyWorld,
  endless,
  Killed,
  reboot,
  takeDown,
  type World,
} from '../helpers/simulator.js';
import { anId, aRecordIn, nodeNamed } from '../helpers/topology.js';
import { dataIn, endOf } from '../helpers/world-end.js';

interface Story {
  /** What is there as the verb begins. */
  readonly before: () => Promise<World>;
  /** The record as the verb wants it. */
  readonly wanted: (existing: TopologyRecord) => TopologyRecord;
  readonly isReset?: true;
  /** The kept confs are to say other settings. */
  readonly settings?: true;
}

const TLS = aSecurity({ tls: true });
const SIZES = { replicas: 3, sentinels: 5, quorum: 3 };

/** A topology that runs, with data in each data node. */
async function running(record: TopologyRecord): Promise<World> {
  const world = emptyWorld();
  await bringUp(world, record, endless());
  for (const { folder } of ofKind(record.placement.nodes, 'redis'))
    world.files.set(`${DIRECTORY}/${folder}/data/dump.rdb`, 'what clients have written');
  return world;
}

/** The same with another master. */
async function ledBy(name: string, record: TopologyRecord): Promise<World> {
  const world = await running(record);
  promote(world, name, record);
  return world;
}

function promote(world: World, name: string, { placement, spec }: TopologyRecord): void {
  const to = nodeNamed({ schemaVersion: 1, spec, placement }, name);
  handOver(world.files, placement.nodes, to, spec.masterName, (node) => confPath(DIRECTORY, node));
}

async function asleep(made: Promise<World>): Promise<World> {
  const world = await made;
  takeDown(world);
  return world;
}

function begun(record: TopologyRecord, unfinished: Unfinished): TopologyRecord {
  return { ...record, unfinished: { ...record.unfinished, ...unfinished } };
}

/** Of another size: what scale wants. */
function scaled(existing: TopologyRecord, counts: Partial<typeof SIZES>): TopologyRecord {
  const spec = { ...existing.spec, ...counts };
  const room = {
    takenPorts: [],
    free: [],
    sentinelId: (name: string) => anId(Number(name.at(-1))),
  };
  const { placement, joining, leaving } = resize(spec, existing.placement, room);
  return begun(
    { ...existing, spec, placement },
    {
      ...(joining.length > 0 ? joiningIn(existing.placement, joining) : {}),
      ...(leaving.length > 0 ? { leaving } : {}),
    },
  );
}

/** More nodes than three and three. */
function large(form: NetworkForm): TopologyRecord {
  const { unfinished: _, ...record } = scaled(aRecordIn(form, { security: TLS }), SIZES);
  return record;
}

/** All at other ports, and known by them where that is the form: what `--recreate` wants. */
function remade(existing: TopologyRecord): TopologyRecord {
  const nodes = existing.placement.nodes.map((node) => {
    const published = { ...node.published, port: node.published.port + 1000 };
    const isBridge = existing.placement.form === 'bridge';
    return { ...node, published, address: isBridge ? node.address : published };
  });
  const placement = { ...existing.placement, nodes };
  const moves = movesBetween(existing.placement, placement, []);
  const spec = { ...existing.spec, limits: { pids: 99 } };
  const change = { remaking: true as const, ...(moves.length > 0 ? { moves } : {}) };
  return begun({ ...existing, spec, placement }, change);
}

function elsewhere(existing: TopologyRecord): TopologyRecord {
  const { placement, moves } = toSubnet(existing.placement, '172.31.9.0/24');
  return begun({ ...existing, placement }, { moves });
}

/** What nodes of these names left in an earlier life: an old certificate, and a later epoch. */
async function withLeftovers(made: Promise<World>): Promise<World> {
  const world = await made;
  const conf = [
    'sentinel monitor mymaster 172.30.5.13 6379 2',
    'sentinel config-epoch mymaster 9',
    'sentinel current-epoch 9',
  ];
  world.files.set(`${DIRECTORY}/sentinel-4/conf/sentinel.conf`, conf.join('\n'));
  world.files.set(`${DIRECTORY}/sentinel-4/conf/tls.crt`, 'of another authority');
  world.files.set(`${DIRECTORY}/redis-4/conf/redis.conf`, 'replicaof 1.2.3.4 1');
  world.files.set(`${DIRECTORY}/redis-4/data/dump.rdb`, 'what redis-4 had');
  return world;
}

/** Everything that this node had is gone: conf, data, certificate. */
async function without(name: string, made: Promise<World>): Promise<World> {
  const world = await made;
  const { folder } = nodeNamed(world.record ?? aRecordIn('bridge'), name);
  for (const path of world.files.keys())
    if (path.startsWith(`${DIRECTORY}/${folder}/`)) world.files.delete(path);
  return world;
}

/** Nothing but its data is gone. */
async function withoutData(name: string, made: Promise<World>): Promise<World> {
  const world = await made;
  world.files.delete(dataFile(nodeNamed(world.record ?? aRecordIn('bridge'), name)));
  return world;
}

/** The container of a node is stopped, while all others go on. */
async function ended(name: string, made: Promise<World>): Promise<World> {
  const world = await made;
  const it = world.containers.get(`lab-${name}`);
  if (it !== undefined) it.state = 'exited';
  return world;
}

/** With other settings: what `set` writes down of one that sleeps. */
function set({ spec, ...record }: TopologyRecord): TopologyRecord {
  const timing = { downAfterMs: 7000, failoverTimeoutMs: 70_000, parallelSyncs: 2 };
  const guard = { minReplicas: 0, maxLagS: 9 };
  return { ...record, spec: { ...spec, timing, guard } };
}

const keep = (record: TopologyRecord) => record;
const reset = (record: TopologyRecord) => begun(record, { resetting: true });

function storiesOf(form: NetworkForm): [string, Story][] {
  const small = () => aRecordIn(form, { security: TLS });
  const fewer = (record: TopologyRecord) =>
    scaled(record, { replicas: 2, sentinels: 3, quorum: 2 });
  return [
    ['up of one that is new', { before: async () => emptyWorld(), wanted: small }],
    ['up of one that sleeps', { before: () => asleep(ledBy('redis-3', small())), wanted: keep }],
    [
      'up of one whose master has lost its files',
      { before: () => without('redis-2', asleep(ledBy('redis-2', small()))), wanted: keep },
    ],
    [
      'up of one whose master has lost its data',
      { before: () => withoutData('redis-1', asleep(running(small()))), wanted: keep },
    ],
    [
      'up while all run but the master, which has lost its data',
      {
        before: () => withoutData('redis-2', ended('redis-2', ledBy('redis-2', small()))),
        wanted: keep,
      },
    ],
    [
      'recreate of one whose master has lost its data',
      { before: () => withoutData('redis-1', asleep(running(small()))), wanted: remade },
    ],
    [
      'nodes that join one whose master has lost its data',
      {
        before: () => withoutData('redis-1', asleep(running(small()))),
        wanted: (each) => scaled(each, SIZES),
      },
    ],
    ['recreate', { before: () => ledBy('redis-2', small()), wanted: remade }],
    ['recreate while it sleeps', { before: () => asleep(running(small())), wanted: remade }],
    ['reset', { before: () => ledBy('redis-2', small()), wanted: reset, isReset: true }],
    [
      'reset while it sleeps',
      { before: () => asleep(ledBy('redis-2', small())), wanted: reset, isReset: true },
    ],
    [
      'up of one that has got other settings while it slept',
      {
        ...{ before: () => asleep(ledBy('redis-2', small())), settings: true },
        wanted: (record) => set(record),
      },
    ],
    [
      'up of one that has got other settings and whose master has lost its data',
      {
        before: () => withoutData('redis-1', asleep(running(small()))),
        ...{ wanted: (record) => set(record), settings: true },
      },
    ],
    [
      'nodes that join',
      { before: () => withLeftovers(running(small())), wanted: (each) => scaled(each, SIZES) },
    ],
    ['nodes that leave', { before: () => running(large(form)), wanted: fewer }],
    [
      'nodes that leave, the master among them',
      { before: () => ledBy('redis-4', large(form)), wanted: fewer },
    ],
  ];
}

const MOVED: [string, Story] = [
  'up where another has taken its subnet',
  {
    before: () => asleep(ledBy('redis-2', aRecordIn('bridge', { security: TLS }))),
    wanted: elsewhere,
  },
];

/** What happens before the next `up`. */
const MEANWHILE: readonly (readonly [string, (world: World) => void])[] = [
  ['nothing', () => undefined],
  ['the machine starts anew', reboot],
  ['down', takeDown],
];

/** Everything for one form; the others differ in what a `down` takes away. */
const CASES = [
  ...storiesOf('bridge').flatMap(([what, story]) =>
    MEANWHILE.map((each) => [what, story, each] as const),
  ),
  ...MEANWHILE.map((each) => [...MOVED, each] as const),
  ...(['pod', 'announce'] as const).flatMap((form) =>
    storiesOf(form).map(
      ([what, story]) => [`${what} (${form})`, story, ['down', takeDown]] as const,
    ),
  ),
].map(([what, story, [meanwhile, happens]]) => [what, meanwhile, { ...story, happens }] as const);

describe('a verb that is killed after any of its steps', () => {
  it.each(CASES)('%s, then %s: comes to the same end with the next up', async (_, __, story) => {
    const { before, wanted, isReset, happens, settings } = story;
    const asked = settings ? { settings } : {};
    const start = await before();
    const whole = structuredClone(start);
    const record = wanted(start.record ?? aRecordIn('bridge'));
    const fuse = endless();
    await bringUp(whole, record, fuse, asked);
    expect(whole.record?.unfinished).toBeUndefined();
    const end = endOf(whole);
    const isSet = [...whole.files.values()].some((text) => /^min-replicas-max-lag 9$/m.test(text));
    expect(isSet).toBe(settings === true);
    if (!isReset) expect(dataIn(whole)).toEqual(expect.arrayContaining(dataIn(start)));
    for (let left = 0; left < fuse.done.length; left++) {
      const world = structuredClone(start);
      const done: string[] = [];
      await expect(bringUp(world, record, { left, done }, asked)).rejects.toThrow(Killed);
      const at = done.at(-1);
      happens(world);
      await again(world, start, record, asked).catch((error: Error) => {
        throw new Error(`after ${at}: ${error.message}`);
      });
      // Comparing the texts first takes a tenth of the time.
      if (JSON.stringify(endOf(world)) !== JSON.stringify(end))
        expect([at, endOf(world)]).toEqual([at, end]);
      if (!isReset)
        expect([at, dataIn(world)]).toEqual([at, expect.arrayContaining(dataIn(start))]);
    }
  });
});

/** The next `up`. What was not recorded was not begun: it is asked for again. */
function again(world: World, start: World, record: TopologyRecord, asked: Asked): Promise<void> {
  const isBegun = JSON.stringify(world.record) !== JSON.stringify(start.record);
  return bringUp(world, isBegun ? (world.record ?? record) : record, endless(), asked);
}
