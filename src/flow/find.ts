import { join } from 'node:path';
import type { ContainerFacts, Engine } from '../engine/engine.js';
import { readRecord } from '../host/data-home.js';
import { placeAt } from '../host/own-files.js';
import { readAuthority, readPasswords } from '../host/secrets.js';
import { type Access, accessWith, believing, OPEN_ACCESS } from '../model/access.js';
import { LABEL, LABEL_SCHEMA } from '../model/constants.js';
import { RsentError } from '../model/errors.js';
import { shown } from '../model/shown.js';
import type { RunningNode, RunningTopology, TopologyRecord } from '../model/topology.js';
import { readNode, topologyLabels } from '../plan/labels.js';
import { whyNotTaken } from '../plan/ownership.js';
import { withPresentNames } from '../plan/renamed.js';
import { FIELDS } from '../spec/fields.js';
import type { Context } from './context.js';
import { rejectElsewhere, rejectForeign } from './elsewhere.js';
import { isStranded } from './joined-now.js';
import { renameBack } from './rename-back.js';

/** What runs of a topology, rediscovered from labels; its nodes may be none. */
export async function findRunning(engine: Engine, name: string): Promise<RunningTopology> {
  const [containers, networks] = await Promise.all([
    engine.containers(topologyLabels(name)),
    engine.networks(),
  ]);
  const network = networks.find(
    ({ labels }) => labels[LABEL.schema] === LABEL_SCHEMA && labels[LABEL.topology] === name,
  );
  const nodes = nodesOf(containers);
  const pod = containers.find(({ labels }) => labels[LABEL.kind] === 'pod')?.state;
  const stranded = containers.some((each) => isStranded(each, networks));
  const found = {
    ...{ name, nodes },
    ...(pod === undefined ? {} : { pod }),
    ...(stranded ? { stranded } : {}),
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
      .map((name) => ({
        name,
        nodes: nodesOf(containers.filter(({ labels }) => labels[LABEL.topology] === name)),
      }))
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
  const [running, record] = await Promise.all([
    findRunning(context.engine, name),
    readRecord(context.home, name),
  ]);
  if (record !== undefined) {
    const access = await accessTo(context.home, record);
    const anyName = record.spec.security.givenCertificate;
    return { running, record, access: anyName ? believing(access, { anyName }) : access };
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
export async function findOwn(
  context: Context,
  name: string,
): Promise<{ readonly existing: TopologyRecord | undefined; readonly running: RunningTopology }> {
  const [existing, running] = await Promise.all([
    readRecord(context.home, name),
    findRunning(context.engine, name),
  ]);
  rejectForeign(running, existing, context);
  return { existing, running };
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

/** What rsent needs to be let in; a password that is gone leaves it as much a stranger as anyone. */
async function accessTo(home: string, { spec }: TopologyRecord): Promise<Access> {
  const [passwords, ca] = await Promise.all([
    readPasswords(home, spec.name, spec.security),
    spec.security.tls ? readAuthority(home, spec.name) : undefined,
  ]);
  return accessWith(passwords, spec.security.acl, ca);
}

/** The nodes of a topology that have a container, in the order of their names. */
export async function nodesWithContainer(engine: Engine, name: string): Promise<RunningNode[]> {
  return nodesOf(await engine.containers(topologyLabels(name)));
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
