import { join } from 'node:path';
import { loadTemplates } from '../host/templates.js';
import { RsentError } from '../model/errors.js';
import { named } from '../model/named.js';
import type { Observation } from '../model/observation.js';
import {
  type Address,
  addressText,
  isOn,
  type NodePlacement,
  ofKind,
  sameAddress,
  type TopologyRecord,
} from '../model/topology.js';
import { confPath } from '../plan/conf-path.js';
import { type KeptRedis, readRedisConf } from '../plan/kept.js';
import { type Lead, leadOf, type Standing } from '../plan/lead.js';
import type { Context } from './context.js';
import type { Known } from './find.js';
import type { HoldingsQuestion } from './holdings.js';
import { readHoldingsOf } from './tails.js';

/** A topology that this data home has a record of. */
export type Recorded = Known & { readonly record: TopologyRecord };

/** How a node gets back to its master: from rest, or with what it has in its memory. */
export type Return = 'start' | 'resume' | 'heal';

const DONE: Readonly<Record<Return, string>> = {
  start: 'started',
  resume: 'resumed',
  heal: 'healed',
};

/**
 * Make sure that no data node is emptied by bringing this one back: neither it by its master, nor the
 * others by it. One that was only frozen or cut off goes on following whom it followed before, and
 * nothing can empty it while that one does not run.
 * @param master who is master now, or is to be; undefined when nobody is
 * @param standingsAt what all have, read once for several that come back together
 * @throws RsentError `refused` when one could be; nothing was done then
 */
export async function requireSafeStart(
  context: Context,
  known: Recorded,
  observation: Observation,
  node: { readonly name: string; readonly address: Address },
  master: { readonly address: Address } | undefined,
  how: Return,
  standingsAt = standingsReader(context, known, observation),
): Promise<void> {
  const { record } = known;
  const own = master === undefined ? await ownLead(context, record, node, how) : undefined;
  const leader = master?.address ?? own;
  if (leader === undefined) return;
  const leads = how === 'start' && sameAddress(leader, node.address);
  if (!leads && !runsAt(leader, record, observation)) return;
  const standings = await standingsAt(leader);
  const lead = leadOf(standings, leader, false);
  if (lead.is === 'last') return;
  const why = lead.is === 'nobody' ? lead.why : `it would empty the others: ${lackText(lead)}`;
  const way =
    lead.is === 'nobody'
      ? named(lead.fix, record.spec.name)
      : wayOut(record, lead.node.name, how, leader);
  throw new RsentError('refused', `${node.name} was not ${DONE[how]}: ${why}.`, {
    hint: `Nothing was done. ${way}`,
  });
}

function lackText({ node, bytes, missing, wasMaster }: Extract<Lead, { is: 'other' }>): string {
  if (wasMaster) return `${node.name} was the master when all was stopped`;
  return missing === undefined
    ? `the master has no data left, and ${node.name} has ${bytes} bytes`
    : `the master's append-only file ends ${missing} command${missing === 1 ? '' : 's'} before that of ${node.name}`;
}

/** `up` decides only while the emptied master is at rest: one that runs keeps its place. */
function wayOut(record: TopologyRecord, full: string, how: Return, leader: Address): string {
  const { name } = record.spec;
  const up = `rsent up ${name} starts all, with ${full} as the master.`;
  const empty = nodeAt(leader, record);
  return how === 'start' || empty === undefined
    ? up
    : `rsent stop ${name} ${empty.name}; then ${up}`;
}

function nodeAt(address: Address, { placement }: TopologyRecord) {
  return placement.nodes.find((each) => sameAddress(each.address, address));
}

function runsAt(address: Address, record: TopologyRecord, observation: Observation): boolean {
  // An address that is no node's own is somebody's of whom nothing is known here.
  const there = nodeAt(address, record);
  return there !== undefined && runningIn(observation).has(there.name);
}

/** Names of the nodes in whose container something runs, be it frozen or cut off. */
export function runningIn({ nodes }: Observation): ReadonlySet<string> {
  return new Set(nodes.filter(({ container }) => isOn(container)).map(({ name }) => name));
}

/**
 * Where to look for what the data nodes of a topology have.
 * @throws RsentError `spec` when a template of the topology's own cannot be read
 */
export async function holdingsQuestion(
  context: Context,
  { record, access }: Recorded,
  observation: Observation,
): Promise<HoldingsQuestion> {
  const templates = await loadTemplates(record.spec.templates);
  return {
    ...{ record, access, running: runningIn(observation), template: templates.redis.source },
    directory: join(context.home, record.spec.name),
    files: context.files.of(record),
  };
}

/**
 * Its own address when its conf makes it a master, or when it has none. A replica that starts is
 * given its master; one that comes back follows whom its conf names.
 */
async function ownLead(
  context: Context,
  record: TopologyRecord,
  { name, address }: { readonly name: string; readonly address: Address },
  how: Return,
): Promise<Address | undefined> {
  const placed = record.placement.nodes.find((each) => each.name === name);
  if (placed === undefined) return undefined;
  const followed = (await followedBy(context, record, placed)).replicaOf;
  if (followed === undefined) return address;
  return how === 'start' ? undefined : followed;
}

/** Whom a node follows by its conf. */
export async function followedBy(
  context: Context,
  record: TopologyRecord,
  node: NodePlacement,
): Promise<KeptRedis> {
  const path = confPath(join(context.home, record.spec.name), node);
  const conf = await context.files.of(record).readText(path);
  return conf === undefined ? {} : readRedisConf(conf);
}

/** What all data nodes have, seen by who leads them: read when it is first asked for. */
export function standingsReader(
  context: Context,
  known: Recorded,
  observation: Observation,
): (leader: Address) => Promise<readonly Standing[]> {
  const read = new Map<string, Promise<readonly Standing[]>>();
  return (leader) => {
    const at = addressText(leader);
    const standings = read.get(at) ?? standingsOf(context, known, observation, leader);
    read.set(at, standings);
    return standings;
  };
}

async function standingsOf(
  context: Context,
  known: Recorded,
  observation: Observation,
  leader: Address,
): Promise<Standing[]> {
  const question = await holdingsQuestion(context, known, observation);
  const { record, running } = question;
  const placed = ofKind(record.placement.nodes, 'redis');
  const confs = new Map<string, KeptRedis>();
  for (const node of placed) confs.set(node.name, await followedBy(context, record, node));
  const { disks, memories, appendOnly, tails, rest } = await readHoldingsOf(
    question,
    leader,
    ({ name }) => confs.get(name)?.replicaOf,
  );
  return placed.map((node) => ({
    node,
    disk: disks.get(node.name) ?? { is: 'nothing' },
    memory: running.has(node.name) ? (memories.get(node.name) ?? 'unknown') : undefined,
    stays: running.has(node.name),
    appendOnly: appendOnly.has(node.name),
    tail: tails?.get(node.name),
    rest: rest?.get(node.name),
  }));
}
