import { mkdir, mkdtemp, readFile, readlink, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { apply, type Journal } from '../../src/flow/apply.js';
import type { Context } from '../../src/flow/context.js';
import { Files } from '../../src/flow/files.js';
import { Patience } from '../../src/flow/patience.js';
import { actor } from '../../src/flow/steps.js';
import { OPEN_ACCESS } from '../../src/model/access.js';
import { LABEL } from '../../src/model/constants.js';
import type { Plan, Step } from '../../src/model/plan.js';
import type { TopologyRecord } from '../../src/model/topology.js';
import { placeLabels } from '../../src/plan/labels.js';
import { NOTHING_THERE } from '../../src/plan/up-facts.js';
import { upPlan } from '../../src/plan/up-plan.js';
import { NodeClient } from '../../src/redis/client.js';
import { MemoryEngine } from './memory-engine.js';
import type { Labelled, Things } from './somebodys.js';
import { aRecord, aRecordInVolumes } from './topology.js';
import { facts } from './up-facts.js';

const ME = 'e'.repeat(32);
const _YOU = 'd'.repeat(32);
/** Nobody listens where its nodes are published: whatever else runs on this machine is not asked. */
const unheard = (of: TopologyRecord): TopologyRecord => {
  const at = (i: number) => ({ ip: '127.0.0.1', port: 1 + i });
  const nodes = of.placement.nodes.map((node, i) => ({ ...node, published: at(i) }));
  return { ...of, origin: ME, placement: { ...of.placement, nodes } };
};
const SMALL = { replicas: 1, sentinels: 1, quorum: 1 };
/** In directories. */
export const record = unheard(aRecord(SMALL));
const inVolumes = unheard(aRecordInVolumes(SMALL));
const restoring = { from: 'a.rsent', sha256: '0'.repeat(64) };
const restored = (of: TopologyRecord) => ({ ...of, unfinished: { restoring } });
/** Where nodes have their files, and whether they begin with the data of a backup. */
export const PLACES = [
  ['directories', record],
  ['volumes', inVolumes],
  ['directories, with the data of a backup', restored(record)],
  ['volumes, with the data of a backup', restored(inVolumes)],
] as const;
const DUMP = Buffer.from('REDIS');
/** The same with a node that is to join. */
export const grown: TopologyRecord = {
  ...aRecord({ replicas: 2, sentinels: 1, quorum: 1 }),
  ...{ origin: ME, unfinished: { joining: ['redis-3'] } },
};
/** The same with a node that is to leave. */
export const shrinking: TopologyRecord = {
  ...record,
  spec: { ...record.spec, replicas: 0 },
  placement: {
    ...record.placement,
    nodes: record.placement.nodes.filter(({ name }) => name !== 'redis-2'),
  },
  unfinished: { leaving: record.placement.nodes.filter(({ name }) => name === 'redis-2') },
};

/** A data home and an engine, with what somebody has there. */
export interface World {
  readonly home: string;
  readonly memory: MemoryEngine;
  readonly context: Context;
  /** What somebody else has there, as it is now. */
  seen(): Promise<unknown>;
}

/** Do something in a world that is removed after it. */
export async function inWorld(
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
export function withoutOwnName({ containers, networks, volumes }: Things): Things {
  const isOther = (own: Labelled) => own[LABEL.topology] !== 'lab';
  return {
    containers: containers.filter(isOther),
    networks: networks.filter(isOther),
    volumes: volumes.filter(isOther),
  };
}

/** The plan of `up` as far as it changes something; what waits for servers has none here. */
export function planOf(
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
  const { steps } = withoutServers(plan);
  // No kernel has a route to it.
  const unseen = steps.map((step) =>
    'seenFromHost' in step ? { ...step, seenFromHost: false } : step,
  );
  return { ...plan, steps: unseen };
}

/** What does the steps of a plan there. */
export function actorIn({ context, home }: World, of: TopologyRecord) {
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
export async function bringUp(world: World): Promise<void> {
  const plan = planOf(world.home, record);
  await apply(plan, actorIn(world, record), [], world.context);
  for (const { folder, kind } of record.placement.nodes)
    if (kind === 'redis')
      await writeFile(join(world.home, 'lab', folder, 'data', 'dump.rdb'), 'REDIS');
}

/** Carry a plan out. @returns whether it failed, and what it has done */
export async function attempt(
  world: World,
  of: TopologyRecord,
  plan: Plan,
): Promise<{ readonly failed: boolean; readonly journal: Journal }> {
  const journal: Journal = [];
  try {
    await apply(plan, actorIn(world, of), journal, world.context);
    return { failed: false, journal };
  } catch {
    return { failed: true, journal };
  }
}

/** Without what waits for servers, or asks them: there are none. */
export function withoutServers({ steps, ...plan }: Plan): Plan {
  const isWait = ({ kind }: Step) => /^(await|check|hasten)-|^tell$|^hand-over$/.test(kind);
  return { ...plan, steps: steps.filter((step) => !isWait(step)) };
}

/** Names of what is on the engine of this topology. */
export async function onEngine({ memory, home }: World, of: TopologyRecord): Promise<string[]> {
  const own = placeLabels(of, join(home, 'lab'));
  const all = [
    ...(await memory.engine.containers(own)),
    ...(await memory.engine.volumes(own)),
    ...(await memory.engine.networks()).filter(({ name }) => name === 'lab-net'),
  ];
  return all.map(({ name }) => name);
}
