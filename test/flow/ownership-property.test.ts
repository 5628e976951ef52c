import {
  mkdir,
  mkdtemp,
  readdir,
  readFile,
  readlink,
  rm,
  symlink,
  writeFile,
} from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { jest } from '@jest/globals';
import fc from 'fast-check';
import { apply, type Journal } from '../../src/flow/apply.js';
import type { Context } from '../../src/flow/context.js';
import { down } from '../../src/flow/down.js';
import { Files } from '../../src/flow/files.js';
import { findOwn, findRunning, rejectTaken } from '../../src/flow/find.js';
import { Patience } from '../../src/flow/patience.js';
import { lookForOrphans, removeOrphans } from '../../src/flow/prune.js';
import { takeBack } from '../../src/flow/roll-back.js';
import { actor } from '../../src/flow/steps.js';
import { findVolumes } from '../../src/flow/storage.js';
import { readRecord } from '../../src/host/data-home.js';
import { OPEN_ACCESS } from '../../src/model/access.js';
import { LABEL } from '../../src/model/constants.js';
import type { Plan, Step } from '../../src/model/plan.js';
import type { TopologyRecord } from '../../src/model/topology.js';
import { placeLabels, topologyLabels } from '../../src/plan/labels.js';
import { NOTHING_THERE } from '../../src/plan/up-facts.js';
import { upPlan } from '../../src/plan/up-plan.js';
import { NodeClient } from '../../src/redis/client.js';
import { deadEngine, MemoryEngine } from '../helpers/memory-engine.js';
import { aRecord, aRecordInVolumes } from '../helpers/topology.js';
import { facts } from '../helpers/up-facts.js';

const ME = 'e'.repeat(32);
const YOU = 'd'.repeat(32);
/** Nobody listens where its nodes are published: whatever else runs on this machine is not asked. */
const unheard = (of: TopologyRecord): TopologyRecord => {
  const nodes = of.placement.nodes.map((node, i) => ({
    ...node,
    published: { ip: '127.0.0.1', port: 1 + i },
  }));
  return { ...of, origin: ME, placement: { ...of.placement, nodes } };
};
const SMALL = { replicas: 1, sentinels: 1, quorum: 1 };
const record = unheard(aRecord(SMALL));
const inVolumes = unheard(aRecordInVolumes(SMALL));
const restoring = { from: 'a.rsent', sha256: '0'.repeat(64) };
const restored = (of: TopologyRecord) => ({ ...of, unfinished: { restoring } });
const PLACES = [
  ['directories', record],
  ['volumes', inVolumes],
  ['directories, with the data of a backup', restored(record)],
  ['volumes, with the data of a backup', restored(inVolumes)],
] as const;
const DUMP = Buffer.from('REDIS');
const grown: TopologyRecord = {
  ...aRecord({ replicas: 2, sentinels: 1, quorum: 1 }),
  ...{ origin: ME, unfinished: { joining: ['redis-3'] } },
};
const NODES = record.placement.nodes.map(({ name }) => name);

/** Names that neither rsent nor a server writes. */
const word = fc
  .stringMatching(/^[a-z][a-z0-9._-]{0,9}$/)
  .filter(
    (name) =>
      !/^(conf|data|password.*|(ca|tls)\..*|topology\.json.*|(redis|sentinel).*)$/.test(name),
  );
const somebodys = fc.oneof(
  word.map((name) => [name]),
  fc.tuple(word, word).map(([a, b]) => [a, b]),
  fc.tuple(fc.constantFrom(...NODES), word).map(([a, b]) => [a, b]),
  fc.tuple(fc.constantFrom(...NODES), fc.constant('conf'), word).map((way) => [...way]),
  fc.tuple(fc.constantFrom(...NODES), fc.constant('data'), word).map((way) => [...way]),
  fc
    .tuple(fc.constant('redis-1'), fc.constantFrom('data', 'data.broken-20261130T150102'), word)
    .chain(([...way]) => word.map((name) => [...way, name])),
  word.map((name) => ['redis-1', 'data', 'appendonlydir', name]),
  fc
    .tuple(fc.constantFrom(...NODES), fc.constant('conf'), word, fc.constant('redis.conf'))
    .map((way) => [...way]),
  fc.constantFrom(
    ...[
      ['redis-1', 'conf', 'redis.conf.orig'],
      ['redis-9', 'notes'],
      ['redis-9', 'conf', 'redis.conf.old'],
    ],
    ...[
      ['cache', 'conf', 'redis.conf'],
      ['cache', 'data', 'dump.rdb'],
      ['password.d', 'x'],
      ['redis-1.bak', 'conf', 'redis.conf'],
    ],
  ),
);
const tree = fc.uniqueArray(fc.record({ way: somebodys, isLink: fc.boolean() }), {
  maxLength: 6,
  selector: ({ way }) => way.join('/'),
});

/** What is on the engine beside the topology, by name: labels that others have written. */
const labels = fc.oneof(
  fc.record(
    {
      [LABEL.topology]: fc.constantFrom('lab', 'other'),
      [LABEL.directory]: fc.constant('/data/lab'),
      'com.example': fc.constant('1'),
    },
    { requiredKeys: [] },
  ),
  // Whole ones, of another machine's topology of this name.
  fc.record({
    ...{ [LABEL.schema]: fc.constant('1'), [LABEL.topology]: fc.constantFrom('lab', 'other') },
    ...{ [LABEL.origin]: fc.constantFrom(YOU, 'x'), [LABEL.directory]: fc.constant('/data/lab') },
    ...{ [LABEL.node]: fc.constantFrom(...NODES), [LABEL.kind]: fc.constantFrom('redis', 'pod') },
  }),
);
const others = fc.record({
  containers: fc.array(labels, { maxLength: 3 }),
  networks: fc.array(labels, { maxLength: 2 }),
  volumes: fc.array(labels, { maxLength: 2 }),
});

interface World {
  readonly home: string;
  readonly memory: MemoryEngine;
  readonly context: Context;
  /** What somebody else has there, as it is now. */
  seen(): Promise<unknown>;
}

async function inWorld(
  { trees, things }: { trees: readonly { way: string[]; isLink: boolean }[]; things: Things },
  act: (world: World) => Promise<void>,
): Promise<void> {
  const base = await mkdtemp(join(tmpdir(), 'rsent-own-'));
  const home = join(base, 'home');
  const memory = new MemoryEngine();
  const outside = join(base, 'outside');
  await mkdir(join(base, 'state'), { recursive: true });
  await writeFile(join(base, 'state', 'origin'), ME);
  await mkdir(outside);
  await writeFile(join(outside, 'precious'), 'precious');
  await mkdir(home);
  await writeFile(join(home, 'beside'), 'beside');
  addOthers(memory, things);
  const quiet = () => {};
  const progress = {
    stage: quiet,
    done: quiet,
    failed: quiet,
    note: quiet,
    warn: quiet,
    detail: quiet,
  };
  const context = {
    ...{ engine: memory.engine, home, state: join(base, 'state'), progress },
    files: new Files(memory.engine, home),
    signal: new AbortController().signal,
  } as unknown as Context;
  const put = new Map<string, string>();
  const seen = async () => ({
    files: await Promise.all(
      [...put, [join(outside, 'precious'), 'precious'], [join(home, 'beside'), 'beside']].map(
        async ([path = '']) => [path, await contentOf(path)],
      ),
    ),
    engine: othersOf(memory),
  });
  try {
    for (const { way, isLink } of trees)
      await putOne(join(home, 'lab', ...way), isLink, outside, put);
    await act({ home, memory, context, seen });
  } finally {
    await rm(base, { recursive: true, force: true });
  }
}

type Things = { containers: Labelled[]; networks: Labelled[]; volumes: Labelled[] };
type Labelled = Partial<Record<string, string>>;

function addOthers(memory: MemoryEngine, { containers, networks, volumes }: Things): void {
  const whole = (own: Labelled) => own as Record<string, string>;
  containers.forEach((own, i) => {
    const name = `theirs-${i}`;
    memory.containers.set(name, {
      id: name,
      name,
      labels: whole(own),
      state: 'running',
      binds: [],
    });
  });
  networks.forEach((own, i) => {
    memory.networks.set(`net-${i}`, { id: `net-${i}`, name: `net-${i}`, labels: whole(own) });
  });
  volumes.forEach((own, i) => void memory.volumes.set(`vol-${i}`, whole(own)));
}

function othersOf({ containers, networks, volumes }: MemoryEngine) {
  const names = (map: ReadonlyMap<string, unknown>) =>
    [...map].filter(([name]) => /^(theirs|net|vol)-/.test(name));
  return JSON.stringify([names(containers), names(networks), names(volumes)]);
}

/** A file, or a link to what is outside; nothing where something else is in its way. */
async function putOne(
  path: string,
  isLink: boolean,
  outside: string,
  put: Map<string, string>,
): Promise<void> {
  try {
    await mkdir(dirname(path), { recursive: true });
    if (isLink) await symlink(outside, path);
    else await writeFile(path, path, { flag: 'wx' });
    put.set(path, path);
  } catch {
    // In the way of another one.
  }
}

async function contentOf(path: string): Promise<string> {
  return readlink(path).catch(() => readFile(path, 'utf8').catch((error: Error) => error.message));
}

/** Nobody else has a topology of this name: `up` would refuse. */
function withoutOwnName({ containers, networks, volumes }: Things): Things {
  const isOther = (own: Labelled) => own[LABEL.topology] !== 'lab';
  return {
    containers: containers.filter(isOther),
    networks: networks.filter(isOther),
    volumes: volumes.filter(isOther),
  };
}

/** The plan of `up` as far as it changes something; what waits for servers has none here. */
function planOf(
  home: string,
  of: TopologyRecord,
  there: Partial<Parameters<typeof facts>[0]> = {},
): Plan {
  const plan = upPlan(
    facts({
      ...{ ...NOTHING_THERE, record: of, directory: join(home, 'lab') },
      ...(of.unfinished?.restoring ? { dumpBytes: DUMP.length } : {}),
      ...there,
    }),
  );
  const isWait = ({ kind }: Step) => /^(await|check|hasten)-/.test(kind);
  const steps = plan.steps.filter((step) => !isWait(step));
  // No kernel has a route to it.
  const unseen = steps.map((step) =>
    'seenFromHost' in step ? { ...step, seenFromHost: false } : step,
  );
  return { ...plan, steps: unseen };
}

function actorIn({ context, home }: World, of: TopologyRecord) {
  return actor({
    ...{
      context,
      record: of,
      files: context.files.of(of),
      directory: join(home, 'lab'),
      access: OPEN_ACCESS,
    },
    dump: async function* () {
      yield DUMP;
    },
    ...{ secrets: {}, deadline: 0, patience: new Patience(0) },
    client: ({ published }) => new NodeClient(published, {}),
  });
}

/** It is there, and its servers have written. */
async function bringUp(world: World): Promise<void> {
  const plan = planOf(world.home, record);
  await apply(plan, actorIn(world, record), [], world.context);
  for (const { folder, kind } of record.placement.nodes)
    if (kind === 'redis')
      await writeFile(join(world.home, 'lab', folder, 'data', 'dump.rdb'), 'REDIS');
}

/** Fails from its nth change on (killed), or at that one alone. */
function failAt(memory: MemoryEngine, nth: number, isKill: boolean): void {
  let count = 0;
  memory.onChange = (change) => {
    count++;
    if (count === nth || (isKill && count > nth)) throw new Error(`failed at ${change}`);
  };
}

const heal = (memory: MemoryEngine) => {
  memory.onChange = () => {};
};

/** The engine ends at its nth change, which it has made or not. */
function dieAt(memory: MemoryEngine, nth: number, isMade: boolean): void {
  let count = 0;
  const isNow = () => ++count === nth;
  const die = () => {
    memory.isDead = true;
    throw deadEngine();
  };
  if (!isMade) memory.onChange = () => void (isNow() && die());
  else memory.losesAnswerOf = () => isNow() && die();
}

const RUNS = { numRuns: 25 };
jest.setTimeout(60_000);
const CHANGES = fc.integer({ min: 1, max: 20 });

describe('whatever rsent did not make', () => {
  it.each(PLACES)(
    'is as it was after an up that failed at any change, and nothing of rsent is left: %s',
    async (_, record) => {
      await fc.assert(
        fc.asyncProperty(
          others,
          CHANGES,
          fc.boolean(),
          fc.boolean(),
          (things, nth, loses, isThere) =>
            inWorld({ trees: [], things }, async (world) => {
              const { memory, context, home } = world;
              if (isThere) await mkdir(join(home, 'lab'));
              const before = await world.seen();
              const all = await readdir(home, { recursive: true });
              let count = 0;
              if (loses) memory.losesAnswerOf = () => ++count === nth;
              else failAt(memory, nth, false);
              const plan = planOf(home, record);
              const journal: Journal = [];
              const running = await findRunning(memory.engine, 'nobody', undefined);
              const failed = await apply(plan, actorIn(world, record), journal, context).then(
                () => false,
                () => true,
              );
              heal(memory);
              memory.losesAnswerOf = () => false;
              if (!failed) return;
              await takeBack(context, record, plan, journal, running);
              expect(await world.seen()).toEqual(before);
              expect(await readdir(home, { recursive: true })).toEqual(all);
              const own = { ...topologyLabels('lab'), ...placeLabels(record, join(home, 'lab')) };
              expect(await memory.engine.containers(own)).toEqual([]);
              expect(memory.networks.has('lab-net')).toBe(false);
              expect(await memory.engine.volumes(placeLabels(record, join(home, 'lab')))).toEqual(
                [],
              );
            }),
        ),
        RUNS,
      );
    },
  );

  it.each(PLACES)(
    'is as it was after an up whose engine died at any change, and the next up or down knows of all: %s',
    async (_, record) => {
      await fc.assert(
        fc.asyncProperty(
          others,
          CHANGES,
          fc.boolean(),
          fc.boolean(),
          (things, nth, isMade, isDown) =>
            inWorld({ trees: [], things: withoutOwnName(things) }, async (world) => {
              const { memory, context, home } = world;
              const own = placeLabels(record, join(home, 'lab'));
              const before = await world.seen();
              const said: string[] = [];
              const heard = { ...context.progress, failed: (line = '') => void said.push(line) };
              dieAt(memory, nth, isMade);
              const plan = planOf(home, record);
              const journal: Journal = [];
              const running = await findRunning(memory.engine, 'nobody', undefined);
              const failed = await apply(plan, actorIn(world, record), journal, context).then(
                () => false,
                () => true,
              );
              if (!failed) return;
              await takeBack({ ...context, progress: heard }, record, plan, journal, running);
              expect(said).toEqual([expect.stringContaining('Not all could be rolled back')]);
              memory.isDead = false;
              heal(memory);
              memory.losesAnswerOf = () => false;
              const again = await findOwn(context, 'lab');
              await rejectTaken(context, 'lab', again.existing);
              // Volumes come first: without a record they are known by their labels.
              if (again.existing === undefined) {
                expect(record.placement.storage).toBe('volume');
                await down(context, 'lab', true);
                expect(await memory.engine.volumes(own)).toEqual([]);
                return;
              }
              expect(said[0]).toMatch(/rsent up lab goes on.*rsent down lab/);
              const containers = new Map(
                again.running.nodes.map(({ name, state }) => [name, state]),
              );
              const networkExists = again.running.network !== undefined;
              const volumes = await findVolumes(context, record, join(home, 'lab'), false);
              const next = planOf(home, record, {
                containers,
                networkExists,
                volumes,
                recorded: true,
              });
              if (!isDown) await apply(next, actorIn(world, record), [], context);
              await down(context, 'lab', true);
              expect(await world.seen()).toEqual(before);
              expect(await readdir(home)).toEqual(['beside']);
              expect(
                await memory.engine.containers(placeLabels(record, join(home, 'lab'))),
              ).toEqual([]);
              expect(memory.networks.has('lab-net')).toBe(false);
              expect(await memory.engine.volumes(placeLabels(record, join(home, 'lab')))).toEqual(
                [],
              );
            }),
        ),
        RUNS,
      );
    },
  );

  it('is as it was after a node that was to join failed at any change, and so is the topology', async () => {
    await fc.assert(
      fc.asyncProperty(
        tree,
        others,
        fc.integer({ min: 1, max: 4 }),
        fc.boolean(),
        (trees, things, nth, loses) =>
          inWorld({ trees, things }, async (world) => {
            const { memory, context, home } = world;
            await bringUp(world);
            const [before, all] = [await world.seen(), await readdir(home, { recursive: true })];
            const engine = () => JSON.stringify([[...memory.containers], [...memory.networks]]);
            const there = engine();
            const running = await findRunning(memory.engine, 'lab', record);
            const containers = new Map(
              NODES.map((name) => [name, memory.containers.get(`lab-${name}`)?.state ?? 'dead']),
            );
            const plan = planOf(home, grown, { containers, networkExists: true });
            const journal: Journal = [];
            let count = 0;
            if (loses) memory.losesAnswerOf = () => ++count === nth;
            else failAt(memory, nth, false);
            const failed = await apply(plan, actorIn(world, grown), journal, context).then(
              () => false,
              () => true,
            );
            heal(memory);
            memory.losesAnswerOf = () => false;
            if (!failed) return;
            await takeBack(context, grown, plan, journal, running);
            expect(await world.seen()).toEqual(before);
            expect(engine()).toBe(there);
            expect(await readRecord(home, 'lab')).toEqual(record);
            expect(await readdir(home, { recursive: true })).toEqual(all);
          }),
      ),
      RUNS,
    );
  });

  it.each([false, true])(
    'is as it was after a down that failed or was killed at any change, and its repetition (--volumes: %s)',
    async (volumes) => {
      await fc.assert(
        fc.asyncProperty(tree, others, CHANGES, fc.boolean(), (trees, things, nth, isKill) =>
          inWorld({ trees, things }, async (world) => {
            await bringUp(world);
            const before = await world.seen();
            failAt(world.memory, nth, isKill);
            await down(world.context, 'lab', volumes).catch(() => undefined);
            heal(world.memory);
            expect(await world.seen()).toEqual(before);
            await down(world.context, 'lab', volumes);
            expect(await world.seen()).toEqual(before);
            expect(
              await world.memory.engine.containers(placeLabels(record, join(world.home, 'lab'))),
            ).toEqual([]);
            const left = await readdir(join(world.home, 'lab')).catch((): string[] => []);
            expect(left.includes('topology.json')).toBe(!volumes);
          }),
        ),
        RUNS,
      );
    },
  );

  it('is as it was after a prune of what has lost its record, at any failure', async () => {
    await fc.assert(
      fc.asyncProperty(tree, others, CHANGES, fc.boolean(), (trees, things, nth, isKill) =>
        inWorld({ trees, things }, async (world) => {
          await bringUp(world);
          await rm(join(world.home, 'lab', 'topology.json'));
          const before = await world.seen();
          const options = { volumes: true };
          for (const at of [nth, Number.POSITIVE_INFINITY]) {
            failAt(world.memory, at, isKill);
            const { remove } = await lookForOrphans(world.context, options);
            await removeOrphans(world.context, options, remove);
            expect(await world.seen()).toEqual(before);
          }
          expect(
            await world.memory.engine.containers(placeLabels(record, join(world.home, 'lab'))),
          ).toEqual([]);
        }),
      ),
      RUNS,
    );
  });

  it.each(['resetting', 'remaking'] as const)(
    'is as it was while containers and confs are made anew, failed at any change: %s',
    async (what) => {
      await fc.assert(
        fc.asyncProperty(tree, others, CHANGES, fc.boolean(), (trees, things, nth, isKill) =>
          inWorld({ trees, things }, async (world) => {
            const { memory, context, home } = world;
            await bringUp(world);
            const before = await world.seen();
            const again = { ...record, unfinished: { [what]: true as const } };
            const running = await findRunning(memory.engine, 'lab', record);
            const containers = new Map(running.nodes.map(({ name, state }) => [name, state]));
            const kept = {
              keptRedis: new Map([['redis-1', {}]]),
              keptSentinels: new Set(['sentinel-1']),
            };
            const plan = planOf(home, again, { containers, networkExists: true, ...kept });
            const journal: Journal = [];
            failAt(memory, nth, isKill);
            await apply(plan, actorIn(world, again), journal, context).catch(() => undefined);
            expect(await world.seen()).toEqual(before);
            if (isKill) return;
            heal(memory);
            await takeBack(context, again, plan, journal, running);
            expect(await world.seen()).toEqual(before);
          }),
        ),
        RUNS,
      );
    },
  );
});
