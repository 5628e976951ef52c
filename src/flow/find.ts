import { join } from 'node:path';
import type { ContainerFacts, Engine, NetworkFacts } from '../engine/engine.js';
import { readRecord } from '../host/data-home.js';
import { placeAt } from '../host/own-files.js';
import { readAuthority, readPasswords } from '../host/secrets.js';
import { type Access, accessWith, believing, OPEN_ACCESS } from '../model/access.js';
import { LABEL, LABEL_SCHEMA, POD_KIND } from '../model/constants.js';
import { RsentError } from '../model/errors.js';
import { shown } from '../model/shown.js';
import type { RunningNode, RunningTopology, TopologyRecord } from '../model/topology.js';
import { readNode, topologyLabels } from '../plan/labels.js';
import { whyNotTaken } from '../plan/own-files.js';
import { ownContainers, ownNetworks } from '../plan/ownership.js';
import { withPresentNames } from '../plan/renamed.js';
import { carries } from '../plan/volumes.js';
import { harmless } from '../report/text.js';
import { FIELDS } from '../spec/fields.js';
import type { Context } from './context.js';
import { rejectElsewhere, rejectForeign } from './elsewhere.js';
import { isStranded } from './joined-now.js';
import { renameBack } from './rename-back.js';

/**
 * What runs of a topology, rediscovered from labels; its nodes may be none.
 * @param record of it, where there is one that can be understood
 */
export async function findRunning(
  engine: Engine,
  name: string,
  record: TopologyRecord | undefined,
): Promise<RunningTopology> {
  return runningIn(name, await look(engine, name), record);
}

interface Seen {
  readonly containers: readonly ContainerFacts[];
  readonly networks: readonly NetworkFacts[];
}

async function look(engine: Engine, name: string): Promise<Seen> {
  const [containers, networks] = await Promise.all([
    engine.containers(topologyLabels(name)),
    engine.networks(),
  ]);
  return { containers, networks };
}

function runningIn(
  name: string,
  { containers, networks }: Seen,
  record: TopologyRecord | undefined,
): RunningTopology {
  const { own, copies } = ownContainers(containers, record);
  const labelled = networks.filter((each) => carries(each, topologyLabels(name)));
  const [network] = ownNetworks(labelled).own;
  const nodes = nodesOf(own);
  const pod = own.find(({ labels }) => labels[LABEL.kind] === POD_KIND)?.state;
  const stranded = own.some((each) => isStranded(each, networks));
  const found = {
    ...{ name, nodes },
    ...(pod === undefined ? {} : { pod }),
    ...(stranded ? { stranded } : {}),
    ...(copies.length === 0 ? {} : { copies: copies.map((each) => each.name) }),
  };
  if (network === undefined) return found;
  return { ...found, network: { name: network.name, subnet: network.subnets[0] ?? '' } };
}

/** Every topology that has a container on the engine, in the order of their names. */
export async function findAllRunning(engine: Engine): Promise<RunningTopology[]> {
  const containers = await engine.containers({ [LABEL.schema]: LABEL_SCHEMA });
  const names = [...new Set(containers.map(({ labels }) => labels[LABEL.topology] ?? ''))];
  return (
    names
      // Anyone can write a label: what could not be a name is none of ours.
      .filter((name) => FIELDS.name.safeParse(name).success)
      .sort()
      .map((name) => {
        const labelled = containers.filter(({ labels }) => labels[LABEL.topology] === name);
        return { name, nodes: nodesOf(ownContainers(labelled, undefined).own) };
      })
  );
}

/** A topology that is known, by its record, by its containers, or by both. */
export interface Known {
  readonly running: RunningTopology;
  readonly record?: TopologyRecord;
  readonly access: Access;
}

/**
 * Look a topology up.
 * @throws RsentError `topology` when nothing of that name is known
 */
export async function findKnown(context: Context, name: string): Promise<Known> {
  const { record, ...known } = await findAsRecorded(context, name);
  if (record === undefined) return known;
  return { ...known, record: withPresentNames(record, known.running) };
}

async function findAsRecorded(context: Context, name: string): Promise<Known> {
  const { running, existing: record } = await findBoth(context, name);
  if (record !== undefined) {
    return { running, record, access: await accessTo(context.home, record) };
  }
  if (running.nodes.length > 0) return { running, access: OPEN_ACCESS };
  throw new RsentError('topology', `There is no topology named ${shown(name)}.`, {
    hint: `rsent ls lists those that are; rsent up ${name} creates it.`,
  });
}

/**
 * The same for verbs that restart data nodes: they need the conf files, to keep an old master
 * from coming back as a second one. Containers that somebody has renamed get their names back.
 * @throws RsentError `topology` when nothing of that name is known, its record is elsewhere, or its
 * containers are another data home's
 */
export async function findRecorded(
  context: Context,
  name: string,
): Promise<Known & { readonly record: TopologyRecord }> {
  const { running, record, access } = await findAsRecorded(context, name);
  if (record !== undefined) {
    rejectElsewhere(running, record, context);
    sayCopies(context, running);
    return { running: await renameBack(context, record, running), record, access };
  }
  throw new RsentError('topology', `The conf files of ${name} are not in ${context.home}.`, {
    hint: 'The old master could come back as a second master without them. Name its data home with --data-dir.',
  });
}

/**
 * What is kept of a topology, for verbs that make none.
 * @throws RsentError `topology` when nothing of that name is kept here
 */
export async function requireRecord({ home }: Context, name: string): Promise<TopologyRecord> {
  const record = await readRecord(home, name);
  if (record !== undefined) return record;
  throw new RsentError('topology', `There is no topology named ${shown(name)} in ${home}.`, {
    hint: `rsent ls lists those that are; rsent up ${name} creates it. --data-dir names another place.`,
  });
}

/**
 * What is kept and what runs of a topology that a verb is to make, or to go on with.
 * @throws RsentError `topology` when another data home knows its containers: two records of one
 * thing would disagree
 */
export async function findOwn(context: Context, name: string): Promise<Found> {
  const found = await findBoth(context, name);
  rejectForeign(found.running, found.existing, context);
  sayCopies(context, found.running);
  return found;
}

interface Found {
  readonly existing: TopologyRecord | undefined;
  readonly running: RunningTopology;
}

async function findBoth({ engine, home }: Context, name: string): Promise<Found> {
  const [seen, existing] = await Promise.all([look(engine, name), readRecord(home, name)]);
  return { existing, running: runningIn(name, seen, existing) };
}

/** Name what is left alone though its labels say that it is of the topology. */
export function sayCopies(
  { progress }: Pick<Context, 'progress'>,
  { copies = [] }: Pick<RunningTopology, 'copies'>,
): void {
  for (const name of copies)
    progress.warn(`${harmless(name)} carries rsent's labels but is not rsent's own: left alone`);
}

/**
 * A directory that rsent did not make, and that no record names, is not taken for its own. One with
 * nothing in it may be used; it is not removed when that is undone.
 * @throws RsentError `topology` when something is in the place of the directory of a new topology
 */
export async function rejectTaken(
  { home }: Pick<Context, 'home'>,
  name: string,
  existing: TopologyRecord | undefined,
): Promise<void> {
  if (existing !== undefined) return;
  const path = join(home, name);
  const why = whyNotTaken(await placeAt(path));
  if (why === undefined) return;
  throw new RsentError(
    'topology',
    `${path} is in the way of a topology named ${name}: it ${why}.`,
    {
      hint: `Nothing was created or changed. Use another name, or another data home (--data-dir), or move ${path} away.`,
    },
  );
}

/**
 * What rsent needs to be let in; a password that is gone leaves it as much a stranger as anyone.
 * @throws RsentError `topology` when a file of it cannot be read
 */
export async function accessTo(home: string, { spec }: TopologyRecord): Promise<Access> {
  const [passwords, ca] = await Promise.all([
    readPasswords(home, spec.name, spec.security),
    spec.security.tls ? readAuthority(home, spec.name) : undefined,
  ]);
  const access = accessWith(passwords, spec.security.acl, ca);
  const anyName = spec.security.givenCertificate;
  return anyName ? believing(access, { anyName }) : access;
}

/** The nodes of a topology that have a container, in the order of their names. */
export async function nodesWithContainer(
  engine: Engine,
  name: string,
  record: TopologyRecord | undefined,
): Promise<RunningNode[]> {
  return nodesOf(ownContainers(await engine.containers(topologyLabels(name)), record).own);
}

function nodesOf(containers: readonly ContainerFacts[]): RunningNode[] {
  return containers
    .map(readNode)
    .filter((node) => node !== undefined)
    .sort(byNumber);
}

/** redis-2 before redis-10, and the Sentinels last. A collator would take 10 ms to load. */
function byNumber(a: RunningNode, b: RunningNode): number {
  const [kindA = '', numberA] = a.name.split('-');
  const [kindB = '', numberB] = b.name.split('-');
  if (kindA !== kindB) return kindA < kindB ? -1 : 1;
  return Number(numberA) - Number(numberB);
}
