import { join } from 'node:path';
import type { ContainerFacts, NetworkFacts } from '../engine/engine.js';
import { removeOwn } from '../host/own-files.js';
import { LABEL } from '../model/constants.js';
import { RsentError } from '../model/errors.js';
import { isOff, type TopologyRecord } from '../model/topology.js';
import { downPlan, type Present } from '../plan/down-plan.js';
import { readNode, topologyLabels } from '../plan/labels.js';
import { isForeign, type Labelled, ownContainers, ownNetworks } from '../plan/ownership.js';
import { carries } from '../plan/volumes.js';
import { type Actor, apply } from './apply.js';
import { marksOf, rememberRest, whereFiles } from './at-rest.js';
import type { Context } from './context.js';
import { type Data, type DataResult, dataResult, findData } from './down-data.js';
import { rejectOnlyInMemory } from './only-in-memory.js';
import { engineStep, isOfEngine, type StateOf, stateIn } from './steps-engine.js';
import { rejectWithoutRecord } from './without-record.js';

export interface DownResult {
  readonly containers: number;
  readonly networks: number;
  /** Directory whose data was removed, or is still there. */
  readonly data?: DataResult;
  /** Volumes of its nodes that were removed, or are still there. */
  readonly volumes?: { readonly count: number; readonly removed: boolean };
  /** Directory of the other data home that has containers or a network of that name; they were left. */
  readonly elsewhere?: string;
  /** Names of what carries the topology's name and was left, as nothing proves that it is one's own. */
  readonly notOurs?: {
    readonly containers: readonly string[];
    readonly networks: readonly string[];
    readonly volumes: readonly string[];
  };
  /** Names of what somebody made who has copied the topology's labels; they were left. */
  readonly copies?: readonly string[];
}

/**
 * Remove a topology's containers and network; its data only when asked to. What is not there is
 * no error. Only what is the topology's own is touched (plan/ownership.ts), and nothing that another
 * user, another machine, or another data home has made on the same engine.
 * @throws RsentError `refused` when data would be lost that was not to go
 */
export async function down(context: Context, name: string, volumes: boolean): Promise<DownResult> {
  const { progress, home } = context;
  const data = await findData(context, name, volumes);
  const { containers, networks, ...left } = await findThings(context, name, data);
  const plan = downPlan({
    topology: name,
    containers: containers.map(present),
    networks,
    ...(volumes && data.isKept ? { data: { path: join(home, name), removals: data.own } } : {}),
    volumes: volumes ? data.volumes : [],
  });
  const isOn = containers.some(({ state }) => !isOff(state));
  if (!volumes && isOn && !data.isKept) await rejectWithoutRecord(context, name, containers);
  const resting =
    !volumes && isOn && data.record !== undefined
      ? await beforeRest(context, data.record, containers)
      : undefined;
  if (containers.length > 0) progress.stage(`Removing ${containers.length} containers`);
  await apply(plan, downActor(context, name, containers), [], context);
  await resting?.remember();
  if (containers.length > 0) progress.done(`Removed ${containers.length} containers`);

  const kept = await dataResult(context, name, data, volumes);
  return { containers: containers.length, networks: networks.length, ...kept, ...left };
}

/**
 * What is to be kept of nodes that are about to end. Files in volumes are out of reach once the containers are
 * gone: how far they have come is read before.
 * @throws RsentError `refused` when data would be lost
 */
async function beforeRest(
  context: Context,
  record: TopologyRecord,
  containers: readonly ContainerFacts[],
): Promise<{ remember(): Promise<void> }> {
  const ending = await rejectOnlyInMemory(context, record, containers);
  const where = await whereFiles(context, record);
  const isInVolumes = record.placement.storage === 'volume';
  const marks = isInVolumes ? await marksOf(where).catch(() => new Map()) : undefined;
  return { remember: () => rememberRest(where, ending, marks) };
}

/** Containers and networks of a topology that are here to be removed, and what is left of its name. */
async function findThings(
  { engine, home }: Context,
  name: string,
  { record, origins, others, copies: copied }: Data,
): Promise<Things> {
  const labels = topologyLabels(name);
  const [rows, networks] = await Promise.all([engine.containers(labels), engine.networks()]);
  const all = ownContainers(rows, record);
  const nets = ownNetworks(networks.filter((each) => carries(each, labels)));
  const isOurs = (each: Labelled) => !isForeign(each, origins);
  const elsewhere = (each: Labelled) => otherHome(each, join(home, name));
  const isHere = (each: Labelled) => isOurs(each) && elsewhere(each) === undefined;
  const namesOf = (things: readonly Labelled[]) => things.map((each) => each.name);
  const notOurs = {
    containers: namesOf(all.own.filter((each) => !isOurs(each))),
    networks: namesOf(nets.own.filter((each) => !isOurs(each))),
    volumes: others,
  };
  const copies = [...namesOf([...all.copies, ...nets.copies]), ...copied];
  const [first] = [...all.own, ...nets.own].filter(isOurs).flatMap((each) => elsewhere(each) ?? []);
  return {
    containers: all.own.filter(isHere),
    networks: nets.own.filter(isHere),
    ...(Object.values(notOurs).some((names) => names.length > 0) ? { notOurs } : {}),
    ...(copies.length > 0 ? { copies } : {}),
    ...(first === undefined ? {} : { elsewhere: first }),
  };
}

interface Things extends Pick<DownResult, 'elsewhere' | 'notOurs' | 'copies'> {
  readonly containers: readonly ContainerFacts[];
  readonly networks: readonly NetworkFacts[];
}

/** The directory of another data home that it was made for; a copy of a home has the record, too. */
function otherHome({ labels }: Labelled, own: string): string | undefined {
  const directory = labels[LABEL.directory];
  return directory === undefined || directory === own ? undefined : directory;
}

/** What a container of a topology is to it, and whether it runs. */
export function present(container: ContainerFacts): Present {
  const { name, state } = container;
  return { name, is: readNode(container)?.kind ?? 'other', runs: !isOff(state) };
}

function downActor(
  { engine }: Context,
  name: string,
  containers: readonly ContainerFacts[],
): Actor {
  const before = stateIn(containers);
  // What cannot be killed may have ended meanwhile.
  const now: StateOf = async (container) =>
    stateIn(await engine.containers(topologyLabels(name)))(container);
  return async (step) => {
    if (step.kind === 'kill-container') await engineStep(step, engine, now);
    else if (isOfEngine(step)) await engineStep(step, engine, before);
    else if (step.kind === 'remove-own') await removeOwn(step.path, step.removals);
    else throw new RsentError('bug', `down has no step ${step.kind}.`);
    return undefined;
  };
}
