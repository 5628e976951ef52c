import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import { LABEL } from '../model/constants.js';
import { RsentError } from '../model/errors.js';
import type { TopologySpec } from '../model/spec.js';
import type { Placement, TopologyRecord } from '../model/topology.js';
import { topologyLabels } from '../plan/labels.js';
import { joiningIn, type Room, resize } from '../plan/resize.js';
import { freeAddresses } from '../plan/subnets.js';
import { bringUp } from './bring-up.js';
import type { Context } from './context.js';
import { rejectCrowd } from './crowd.js';
import { findRecorded, requireRecord } from './find.js';
import { requireHealthy } from './healthy.js';
import { getReady, type Ready } from './ready.js';
import { surroundings } from './survey.js';
import { observerOf } from './targets.js';

export interface ScaleOptions {
  /** The spec with other counts. Throws when it is illegal. */
  readonly resolve: (existing: TopologySpec) => TopologySpec;
  readonly timeoutMs: number;
  /** All containers may be made anew, where nodes cannot join otherwise. */
  readonly recreate: boolean;
}

export interface ScaleResult {
  readonly record: TopologyRecord;
  readonly joined: readonly string[];
  readonly left: readonly string[];
  readonly elapsedMs: number;
}

/**
 * Other counts of replicas and Sentinels in a topology that runs. Clients notice nothing, unless
 * the master is among those who leave: then another node is it before; or nodes join a pod: then
 * all start anew. Data of a node that leaves stays on disk.
 * @throws RsentError `refused` when it is not healthy, `spec` for counts that cannot be; nothing
 * was done then. What is interrupted is gone on with by the next `up`.
 */
export async function scale(
  context: Context,
  name: string,
  { resolve, timeoutMs, recreate }: ScaleOptions,
): Promise<ScaleResult> {
  const started = Date.now();
  const known = await findRecorded(context, name);
  const existing = known.record;
  const spec = resolve(existing.spec);
  requireEnded(existing);
  if (existing.placement.form === 'bridge') await rejectCrowd(context, spec, existing.spec);
  const { expectation, observer } = observerOf(context, known);
  try {
    await requireHealthy(context, observer, expectation);
  } finally {
    observer.close();
  }
  const ready = {
    ...(await getReady(context, spec, existing, { touching: true })),
    timeoutMs,
    recreate,
  };
  // First those that leave, so that at no time there are more than were asked for.
  const fewer = await become(context, ready, existing, shrunkSpec(existing.spec, spec));
  const more = await become(context, ready, fewer.record, spec);
  const elapsedMs = Date.now() - started;
  return { record: more.record, joined: more.joining, left: fewer.leaving, elapsedMs };
}

/** Nodes that an earlier run has come and go are not to be mixed up with those of this one. */
function requireEnded({ spec: { name }, unfinished = {} }: TopologyRecord): void {
  if (Object.keys(unfinished).length === 0) return;
  throw new RsentError('refused', `Not now: an earlier change of ${name} has not ended.`, {
    hint: `Nothing was done. rsent up ${name} goes on with it.`,
  });
}

/** What is there with no more nodes than there are to be. */
function shrunkSpec(existing: TopologySpec, asked: TopologySpec): TopologySpec {
  const fewerReplicas = asked.replicas < existing.replicas;
  const fewerSentinels = asked.sentinels < existing.sentinels;
  return {
    ...existing,
    replicas: Math.min(existing.replicas, asked.replicas),
    sentinels: Math.min(existing.sentinels, asked.sentinels),
    ...(fewerSentinels ? { quorum: asked.quorum } : {}),
    ...(fewerReplicas ? { guard: asked.guard } : {}),
  };
}

interface Step {
  readonly record: TopologyRecord;
  readonly joining: readonly string[];
  readonly leaving: readonly string[];
}

async function become(
  context: Context,
  { image, secrets, timeoutMs, recreate }: Ready & Pick<ScaleOptions, 'timeoutMs' | 'recreate'>,
  existing: TopologyRecord,
  spec: TopologySpec,
): Promise<Step> {
  const { placement, joining, leaving } = resize(
    spec,
    existing.placement,
    await roomFor(context, existing, spec),
  );
  const left = leaving.map(({ name }) => name);
  const isSame = isDeepStrictEqual(existing.spec, spec);
  if (isSame && joining.length === 0 && left.length === 0) {
    return { record: existing, joining, leaving: left };
  }
  const isNarrow = joining.length > 0 && (await lacksPorts(context, placement, joining));
  if (isNarrow && !recreate) throw podIsFull(spec.name, joining);
  const unfinished = {
    ...existing.unfinished,
    ...(isNarrow ? joiningIn(placement, joining) : {}),
    ...(joining.length > 0 ? { joining } : {}),
    ...(leaving.length > 0 ? { leaving } : {}),
  };
  const wanted = { ...existing, spec, placement, unfinished };
  // What the others must learn, `bringUp` tells them: quorum and write guard follow from the counts.
  const aim = { spec, existing, wanted, image, secrets };
  await bringUp(context, aim, { timeoutMs, rollback: false, soak: false, dryRun: false });
  return { record: await requireRecord(context, spec.name), joining, leaving: left };
}

/** What a pod publishes was fixed when its container was made. */
async function lacksPorts(
  { engine }: Context,
  { pod, nodes }: Placement,
  joining: readonly string[],
): Promise<boolean> {
  if (pod === undefined) return false;
  const container = (await engine.containers()).find(({ name }) => name === pod);
  const open = new Set(container?.published.map(({ port }) => port));
  return nodes.some(({ name, published }) => joining.includes(name) && !open.has(published.port));
}

function podIsFull(name: string, joining: readonly string[]): RsentError {
  return new RsentError(
    'refused',
    `The ports of ${joining.join(', ')} cannot be opened: those of the form pod are fixed when it is made.`,
    {
      hint: `Nothing was done. rsent scale ${name} … --recreate makes all containers anew: a few seconds without service, the data stays.`,
    },
  );
}

/** Ports and addresses for nodes that join, and the ids that Sentinels of these names once had. */
async function roomFor(
  context: Context,
  { placement }: TopologyRecord,
  spec: TopologySpec,
): Promise<Room> {
  const { engine, home } = context;
  const { takenPorts } = await surroundings(context, spec, placement.nodes[0]);
  const used = placement.joined ? await engine.usedAddresses(placement.network) : [];
  const network = (await engine.networks()).find(({ name }) => name === placement.network);
  const taken = [
    ...used,
    network?.gateway ?? '',
    ...placement.nodes.map(({ address }) => address.ip),
  ];
  const directory = join(home, spec.name);
  const volumes = await engine.volumes({
    ...topologyLabels(spec.name),
    [LABEL.directory]: directory,
  });
  return {
    takenPorts,
    free: placement.joined ? freeAddresses(placement.subnet, taken) : [],
    sentinelId: (name) =>
      volumes.find(({ labels }) => labels[LABEL.node] === name)?.labels[LABEL.sentinelId] ??
      randomBytes(20).toString('hex'),
  };
}
