import { editFile, makeDirectory, removeTree, writeOnce } from '../host/disk.js';
import { readRecord, writeRecord } from '../host/data-home.js';
import { BOOT_PING_PERIOD_MS } from '../model/constants.js';
import { RsentError } from '../model/errors.js';
import type { Step } from '../model/plan.js';
import type { NodePlacement, TopologyRecord } from '../model/topology.js';
import { topologyLabels } from '../plan/labels.js';
import { followMaster } from '../plan/kept.js';
import { infoFields, textOf } from '../health/raw.js';
import type { NodeClient } from '../redis/client.js';
import type { Actor } from './apply.js';
import type { Context } from './context.js';
import { waitFor } from './wait.js';

export interface StepWorld {
  readonly context: Context;
  readonly record: TopologyRecord;
  /** The directory of the topology. */
  readonly directory: string;
  readonly client: (node: NodePlacement) => NodeClient;
  readonly deadline: number;
}

type Undo = () => Promise<void>;
type Doer<K extends Step['kind']> = (
  step: Extract<Step, { kind: K }>,
  world: StepWorld,
) => Promise<Undo | undefined | void>;

const POLL_MS = 10;
/** How often a node that does not answer yet is checked for having died. */
const ALIVE_CHECK_MS = 500;

const DOERS: { readonly [K in Step['kind']]: Doer<K> } = {
  'write-record': keepRecord,
  'make-directory': async ({ path, mode, owner }) => {
    const isNew = await makeDirectory(path, mode, owner);
    return isNew ? () => removeTree(path) : undefined;
  },
  'write-file': async ({ path, content, mode, owner }) => {
    const isNew = await writeOnce(path, content, mode, owner);
    return isNew ? () => removeTree(path) : undefined;
  },
  'follow-master': ({ path, master }) => editFile(path, (text) => followMaster(text, master)),
  'create-network': createNetwork,
  'create-container': async ({ container }, { context }) => {
    await context.engine.createContainer(container);
    return () => context.engine.removeContainer(container.name);
  },
  'start-container': ({ container }, { context }) => context.engine.startContainer(container),
  'resume-container': ({ container }, { context }) => context.engine.resumeContainer(container),
  'await-ready': async ({ node }, world) => {
    await awaitInfo(node, world, 'to answer and to have loaded its data', (info) => info.get('loading') !== '1');
  },
  'await-sync': async ({ node }, world) => {
    await awaitInfo(node, world, 'to be in sync with its master', (info) => info.get('master_link_status') === 'up');
  },
  'hasten-sentinel': hasten,
};

/** Does the steps of a plan in this world. */
export function actor(world: StepWorld): Actor {
  return async (step) => {
    const doer = DOERS[step.kind] as Doer<typeof step.kind>;
    return (await doer(step as never, world)) ?? undefined;
  };
}

async function keepRecord({ record }: { record: TopologyRecord }, world: StepWorld): Promise<Undo> {
  const { home } = world.context;
  const before = await readRecord(home, record.spec.name);
  await makeDirectory(world.directory, 0o700);
  await writeRecord(home, record);
  return () => (before === undefined ? removeTree(world.directory) : writeRecord(home, before));
}

async function createNetwork(
  step: Extract<Step, { kind: 'create-network' }>,
  { context }: StepWorld,
): Promise<Undo> {
  await context.engine.createNetwork({ name: step.name, subnet: step.subnet, labels: step.labels });
  return () => context.engine.removeNetwork(step.name);
}

/** From 7.0 on; put back by `up` before it ends, and by the verifier's finding if it did not. */
async function hasten({ node }: { node: string }, world: StepWorld): Promise<void> {
  await awaitInfo(node, world, 'to answer', () => true);
  await world.client(placed(node, world)).call('SENTINEL', 'DEBUG', 'ping-period', BOOT_PING_PERIOD_MS);
}

async function awaitInfo(
  name: string,
  world: StepWorld,
  what: string,
  good: (info: ReadonlyMap<string, string>) => boolean,
): Promise<void> {
  const node = placed(name, world);
  const client = world.client(node);
  let checked = Date.now();
  const done = await waitFor(
    async () => {
      const { info } = await client.ask({ info: ['INFO'] });
      const text = textOf(info);
      if (text !== undefined && good(infoFields(text))) return true;
      if (Date.now() - checked < ALIVE_CHECK_MS) return undefined;
      checked = Date.now();
      await rejectDead(node, world);
      return undefined;
    },
    { deadline: world.deadline, everyMs: POLL_MS, signal: world.context.signal },
  );
  if (done) return;
  throw new RsentError('unhealthy', `${name} took too long ${what}.`, {
    hint: await lastWords(node.container, world),
  });
}

async function rejectDead(node: NodePlacement, world: StepWorld): Promise<void> {
  const rows = await world.context.engine.containers(topologyLabels(world.record.spec.name));
  const state = rows.find(({ name }) => name === node.container)?.state ?? 'absent';
  if (state === 'running' || state === 'created') return;
  throw new RsentError('unhealthy', `${node.name} did not stay up: its container is ${state}.`, {
    hint: await lastWords(node.container, world),
  });
}

async function lastWords(container: string, { context }: StepWorld): Promise<string> {
  const log = await context.engine.logs(container, 10).catch(() => '');
  return log.trim() === '' ? `${container} has logged nothing.` : `The last lines of ${container}:\n${log.trimEnd()}`;
}

function placed(name: string, { record }: StepWorld): NodePlacement {
  const node = record.placement.nodes.find((each) => each.name === name);
  if (node === undefined) throw new RsentError('bug', `The plan names ${name}, which has no place.`);
  return node;
}
