import { join } from 'node:path';
import type { ContainerFacts } from '../engine/engine.js';
import { hasRecord, readRecord } from '../host/data-home.js';
import { knownOrigin } from '../host/origin.js';
import { placeAt, removeOwn } from '../host/own-files.js';
import type { Removal } from '../model/change.js';
import { LABEL } from '../model/constants.js';
import { RsentError } from '../model/errors.js';
import { isOff, type RunningTopology, type TopologyRecord } from '../model/topology.js';
import { downPlan, type Present } from '../plan/down-plan.js';
import { topologyLabels } from '../plan/labels.js';
import { type Entry, isForeign, ownIn, type Place } from '../plan/ownership.js';
import { carries, volumesFrom } from '../plan/volumes.js';
import { type Actor, apply } from './apply.js';
import type { Context } from './context.js';
import { findRunning } from './find.js';
import { engineStep, isOfEngine, type StateOf, stateIn } from './steps-engine.js';
import { volumesElsewhere } from './storage.js';

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
}

export interface DataResult {
  readonly path: string;
  /** True when nothing of the topology's own is there any more: seen after the removal. */
  readonly removed: boolean;
  /** Paths of what rsent did not make, and has left. */
  readonly left?: readonly string[];
  /** Where the directory is a link: what it leads to. Nothing behind it is removed. */
  readonly linkTo?: string;
}

/**
 * Remove a topology's containers and network; its data only when asked to. What is not there is
 * no error. Only what carries the topology's labels is touched, and nothing that another user,
 * another machine, or another data home has made on the same engine.
 */
export async function down(context: Context, name: string, volumes: boolean): Promise<DownResult> {
  const { engine, progress, home } = context;
  const [running, all, networks, data] = await Promise.all([
    findRunning(engine, name),
    engine.containers(topologyLabels(name)),
    engine.networks(),
    findData(context, name, volumes),
  ]);
  const labelled = networks.filter((each) => carries(each, topologyLabels(name)));
  const isOurs = (each: Pick<ContainerFacts, 'labels'>) => !isForeign(each, data.origins);
  const isHere = (each: Pick<ContainerFacts, 'labels'>) =>
    isOurs(each) && otherHome(each, join(home, name)) === undefined;
  const [containers, own] = [all.filter(isHere), labelled.filter(isHere)];
  const plan = downPlan({
    topology: name,
    containers: containers.map((each) => present(each, running)),
    networks: own,
    ...(volumes && data.isKept ? { data: { path: join(home, name), removals: data.own } } : {}),
    volumes: volumes ? data.volumes : [],
  });
  if (containers.length > 0) progress.stage(`Removing ${containers.length} containers`);
  await apply(plan, downActor(context, name, containers), [], context);
  if (containers.length > 0) progress.done(`Removed ${containers.length} containers`);

  const [elsewhere] = [...all, ...labelled]
    .filter(isOurs)
    .flatMap((each) => otherHome(each, join(home, name)) ?? []);
  const kept = await dataResult(context, name, data, volumes);
  const notOurs = {
    containers: all.filter((each) => !isOurs(each)).map((each) => each.name),
    networks: labelled.filter((each) => !isOurs(each)).map((each) => each.name),
    volumes: data.others,
  };
  const isAny = Object.values(notOurs).some((names) => names.length > 0);
  return {
    ...{ containers: containers.length, networks: own.length, ...kept },
    ...(isAny ? { notOurs } : {}),
    ...(elsewhere === undefined ? {} : { elsewhere }),
  };
}

/** The directory of another data home that it was made for; a copy of a home has the record, too. */
function otherHome({ labels }: Pick<ContainerFacts, 'labels'>, own: string): string | undefined {
  const directory = labels[LABEL.directory];
  return directory === undefined || directory === own ? undefined : directory;
}

/** What a container of a topology is to it, and whether it runs. */
export function present({ name, state }: ContainerFacts, { nodes }: RunningTopology): Present {
  const is = nodes.find(({ container }) => container === name)?.kind ?? 'other';
  return { name, is, runs: !isOff(state) };
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

interface Data {
  readonly isKept: boolean;
  /** What of its directory is rsent's own. */
  readonly own: readonly Removal[];
  /** Its volumes on this engine. */
  readonly volumes: readonly string[];
  /** Volumes of its name of which nothing proves that they are its own. */
  readonly others: readonly string[];
  /** What the origin of its own things may be: the record's, and that of who is asking. */
  readonly origins: readonly (string | undefined)[];
}

/**
 * Conf and data of a topology, wherever they are.
 * @throws RsentError `topology` when they are to go, and are not where they are looked for
 */
async function findData(context: Context, name: string, toGo: boolean): Promise<Data> {
  const { engine, home } = context;
  const path = join(home, name);
  const isKept = await hasRecord(home, name);
  // One that cannot be understood keeps nobody from removing it.
  const understood = await readRecord(home, name).catch(() => undefined);
  const record = understood?.spec.name === name ? understood : undefined;
  const [origin, all] = await Promise.all([
    knownOrigin(context.state),
    engine.volumes(topologyLabels(name)),
  ]);
  const volumes = volumesFrom(name, path, all, record, origin);
  const others = all.filter((each) => !volumes.includes(each.name)).map((each) => each.name);
  const isElsewhere = record?.placement.storage === 'volume' && volumes.length === 0;
  if (toGo && isElsewhere) throw volumesElsewhere(name, engine.endpoint, path);
  const own = ownAt(await placeAt(path), record);
  return { isKept, volumes, own, others, origins: [record?.origin, origin] };
}

function ownAt(place: Place, record: TopologyRecord | undefined): Removal[] {
  return place.kind === 'directory' ? ownIn(place.entries, record) : [];
}

async function dataResult(
  { home }: Context,
  name: string,
  { isKept, volumes }: Data,
  removed: boolean,
): Promise<Pick<DownResult, 'data' | 'volumes'>> {
  const path = join(home, name);
  return {
    ...(isKept ? { data: removed ? await afterRemoval(path) : { path, removed } } : {}),
    ...(volumes.length > 0 ? { volumes: { count: volumes.length, removed } } : {}),
  };
}

/** What is really there now. */
async function afterRemoval(path: string): Promise<DataResult> {
  const place = await placeAt(path);
  if (place.kind === 'link') return { path, removed: false, linkTo: place.to };
  const left =
    place.kind === 'directory' ? place.entries.flatMap((each) => leaves(path, each)) : [];
  return { path, removed: true, ...(left.length > 0 ? { left } : {}) };
}

/** Paths of what is in it; of a directory that has been looked into, those of what is in that. */
function leaves(at: string, { name, inside = [] }: Entry): string[] {
  const path = join(at, name);
  return inside.length === 0 ? [path] : inside.flatMap((each) => leaves(path, each));
}
