import { join } from 'node:path';
import { hostAddresses } from '../host/network.js';
import { loadTemplates } from '../host/templates.js';
import { RsentError } from '../model/errors.js';
import {
  type Address,
  isOff,
  type NodePlacement,
  ofKind,
  type RunningTopology,
  sameAddress,
  type TopologyRecord,
  withLeaving,
} from '../model/topology.js';
import { asideName, mayHaveBranched } from '../plan/up-aside.js';
import { isUp, type UpFacts } from '../plan/up-facts.js';
import { type Holdings, type Led, withLead, withRemade } from '../plan/up-lead.js';
import { markOf } from './at-rest.js';
import { branchesOf } from './branches.js';
import { type Context, identityFor } from './context.js';
import { bareNodes, type HoldingsQuestion } from './holdings.js';
import { knowsSentinelDebug, type ReadyImage } from './image.js';
import { rejectLinkedData } from './links.js';
import { rejectUnusable } from './reject-unusable.js';
import { accessOf, type KeptSecrets } from './secrets.js';
import { rejectUnseeded, type Seed } from './seed.js';
import { findVolumes } from './storage.js';
import { replicasAmong } from './strayed.js';
import { type Kept, readKept } from './survey.js';
import { chooseMaster, readHoldingsOf } from './tails.js';

/** What is known before the files are read. */
export interface Known {
  /** As it is to be. */
  readonly record: TopologyRecord;
  /** As it is kept; undefined for a new one. */
  readonly existing: TopologyRecord | undefined;
  readonly running: RunningTopology;
  readonly image: ReadyImage;
  readonly secrets: KeptSecrets;
  readonly seed?: Seed | undefined;
  /** Data nodes that are to be given all their data anew. */
  readonly rebuild?: readonly string[] | undefined;
}

/**
 * Read all that a plan depends on, and decide who is to be master by what every data node has.
 * @throws RsentError `topology` when a kept file or directory is of no use; `spec` for a template
 */
export async function gather(context: Context, known: Known): Promise<Led> {
  const { record, existing, secrets, seed } = known;
  const directory = join(context.home, record.spec.name);
  const volumes = await findVolumes(context, record, directory, existing === undefined);
  const [templates, kept] = await Promise.all([
    loadTemplates(record.spec.templates),
    readKept(record, directory, context.files.of(record), secrets.passwords),
  ]);
  const [first] = record.placement.nodes;
  if (first === undefined) throw new RsentError('bug', 'A topology without nodes.');
  rejectUnseeded(record, seed !== undefined || kept.redis.has(first.name));
  const isReset = record.unfinished?.resetting === true;
  const facts: UpFacts = {
    ...identityFor(record.placement),
    ...{ record, directory, templates, volumes },
    ...{ keptPasswords: secrets.keptPasswords, hasAuthority: secrets.hasAuthority },
    ...imageFacts(known),
    ...runningFacts(known),
    ...keptFacts(kept),
    ...(seed && { dumpBytes: seed.bytes }),
    master: (isReset ? undefined : kept.masters[0]) ?? first.address,
    hostAddresses: hostAddresses(),
    recorded: existing !== undefined && JSON.stringify(existing) === JSON.stringify(record),
  };
  if (isReset) await rejectLinkedData(context, record);
  if (existing === undefined || isReset) {
    await rejectUnusable(facts, context.files.of(record), kept.lacking);
    return { is: 'ready', facts };
  }
  return gatherData(context, known, facts, kept);
}

/** The same of one that was made before: no node that has data may follow one that has none. */
async function gatherData(
  context: Context,
  { record, secrets, rebuild = [], seed }: Known,
  given: UpFacts,
  kept: Kept,
): Promise<Led> {
  const files = context.files.of(record);
  const { directory, templates, containers, keptRedis } = given;
  const question = {
    ...{ record, directory, files, template: templates.redis.source },
    running: new Set([...containers].flatMap(([name, state]) => (isOff(state) ? [] : [name]))),
    access: accessOf(secrets, record.spec.security.acl),
  };
  const follows = ({ name }: NodePlacement) => keptRedis.get(name)?.replicaOf;
  const bare = await bareNodes(record, directory, files);
  const known = {
    ...given,
    ...(seed === undefined ? await mastersFacts(question, kept, follows) : {}),
  };
  const facts = {
    ...known,
    ...{ bare, rebuilding: new Set(rebuild) },
    strayed: new Set(await strayed(known, bare, question)),
    ...{ asideAs: asideName('broken'), branchAs: asideName('before') },
  };
  // Nothing starts that could be emptied, or could empty others.
  const { nodes } = withLeaving(record).placement;
  if (ofKind(nodes, 'redis').every((node) => isUp(node, facts))) {
    await rejectUnusable(facts, files, kept.lacking);
    return { is: 'ready', facts: withRemade(facts) };
  }
  const holdings = await readHoldingsOf(question, facts.master, follows);
  await rejectUnusable(facts, files, kept.lacking, holdings.disks);
  // The first node of one that is being restored is given its data before it starts.
  if (seed !== undefined) return { is: 'ready', facts };
  return withBranches(question, withLead(facts, holdings), holdings);
}

/** Who copies a master that may not have had all its commands is known before it does. */
async function withBranches(question: HoldingsQuestion, led: Led, { disks }: Holdings) {
  if (led.is === 'nobody' || led.is === 'wake-first') return led;
  const { facts } = led;
  const nodes = mayHaveBranched(facts, disks);
  const isMaster = ({ address }: NodePlacement) => sameAddress(address, facts.master);
  const master = withLeaving(facts.record).placement.nodes.find(isMaster);
  const follows = ({ name }: NodePlacement) => facts.keptRedis.get(name)?.replicaOf;
  const branched = await branchesOf({ ...question, master, nodes, disks, follows });
  const mark = master && (await markOf(question, master).catch(() => undefined));
  const begins = master && mark && { master: master.name, mark };
  return { ...led, facts: { ...facts, branched, ...(begins && { begins }) } };
}

/** Replicas that run without a directory, by what they say themselves. */
async function strayed(
  facts: UpFacts,
  bare: ReadonlySet<string>,
  { access }: HoldingsQuestion,
): Promise<string[]> {
  const nodes = ofKind(facts.record.placement.nodes, 'redis').filter(
    (node) => bare.has(node.name) && isUp(node, facts) && !facts.cut.has(node.name),
  );
  return replicasAmong(nodes, facts.master, access);
}

/** A topology whose Sentinels left nothing: the master is known by its data. */
async function mastersFacts(
  question: HoldingsQuestion,
  { masters }: Kept,
  follows: (node: NodePlacement) => Address | undefined,
): Promise<Pick<UpFacts, 'master'> | undefined> {
  const master = await chooseMaster(question, masters, follows);
  return master && { master };
}

function imageFacts({ image: { server, version }, record }: Known) {
  // In the middle of an upgrade some Sentinels may be older than the image.
  const isMixed = record.unfinished?.upgradingFrom !== undefined;
  return { server, version, canHasten: knowsSentinelDebug(version) && !isMixed };
}

function runningFacts({ running, record }: Known) {
  const { nodes, network, pod, stranded = false } = running;
  return {
    networkExists: network !== undefined,
    ...{ pod, stranded },
    containers: new Map(nodes.map(({ name, state }) => [name, state])),
    misplaced: misplaced(record, running),
    cut: new Set(nodes.filter(({ cut }) => cut).map(({ name }) => name)),
  };
}

function keptFacts({ redis, sentinels, watched, certified, epochs, confEdits }: Kept) {
  return { certified, epochs, confEdits, watched, keptRedis: redis, keptSentinels: sentinels };
}

/** Nodes whose stopped container has another port or address than the one that they are to have. */
function misplaced({ placement }: TopologyRecord, { nodes }: RunningTopology): Set<string> {
  const off = nodes.filter(({ state }) => isOff(state));
  const isElsewhere = ({ name, published, address }: (typeof off)[number]) =>
    placement.nodes.some(
      (each) =>
        each.name === name &&
        !(sameAddress(each.published, published) && sameAddress(each.address, address)),
    );
  return new Set(off.filter(isElsewhere).map(({ name }) => name));
}
