import { dirname, join } from 'node:path';
import {
  type Kept,
  type Orphan,
  type PruneDecision,
  type RecordState,
  THINGS,
  type ThingKind,
} from '../model/prune.js';
import type { TopologyRecord } from '../model/topology.js';
import { type Claimed, claimedThings } from './prune-claims.js';
import { judgeDirectory } from './prune-directories.js';
import { doubtOf, unproven } from './prune-doubt.js';
import {
  isMeant,
  type Judgement,
  keptTopology,
  keptUnfinished,
  type PruneFacts,
} from './prune-facts.js';

/** A throw-away container ends within seconds; one that is so old (ms) was left behind. */
const PROBE_LIFE_MS = 10 * 60_000;
const LEFT = 'an rsent that was killed has left it';

/**
 * What belongs to no living topology, and what of it may be removed.
 * @param withData true where data may be removed as well
 */
export function decidePrune(facts: PruneFacts, withData: boolean): PruneDecision {
  const things = claimedThings(facts, facts.records);
  const judged = [
    ...things.map((thing) => judge(thing, things, facts)),
    ...facts.directories.filter(isMeant(facts)).flatMap((each) => judgeDirectory(each, facts)),
  ];
  const found = judged.flatMap((each) => ('orphan' in each ? [each.orphan] : [])).sort(inOrder);
  // The network goes with the nodes, and the Sentinels watch over them.
  const alive = found.filter(({ kind, name }) => kind === 'container' && facts.inMemory?.has(name));
  const needed = new Set(alive.flatMap(({ topology }) => topology ?? []));
  const isKept = (each: Orphan) => isData(each.kind) || needed.has(each.topology ?? '');
  const remove = found.filter((each) => withData || !isKept(each));
  const data = found
    .filter((each) => !remove.includes(each))
    .map((each) => keptData(each, alive.includes(each)));
  const left = judged.flatMap((each) => ('kept' in each ? [each.kept] : []));
  return { found, remove, kept: [...data, ...distinct(left)] };
}

/** Orphans in groups: all of one group may go at once, and only after the groups before it. */
export function pruneSteps(orphans: readonly Orphan[]): Orphan[][] {
  const containers = orphans.filter(({ kind }) => kind === 'container');
  const [watching, serving, others] = [['sentinel'], ['redis'], ['pod', 'files', 'probe']].map(
    (parts) => containers.filter(({ part = 'probe' }) => parts.includes(part)),
  );
  const rest = THINGS.slice(1).map((thing) => orphans.filter(({ kind }) => kind === thing));
  // The pod after the nodes, which live in its network namespace.
  return [watching, serving, others, ...rest].flatMap((group) =>
    group === undefined || group.length === 0 ? [] : [group],
  );
}

function judge(thing: Claimed, all: readonly Claimed[], facts: PruneFacts): Judgement {
  const { topology, directory } = thing.claim;
  if (topology === undefined) return judgeProbe(thing, facts);
  if (thing.isCopy) return copied(thing);
  const own = join(facts.home, topology);
  // What does not say where it is from may be of any topology of its name.
  const owners = directory === undefined ? [own, ...ownersOf(topology, all)] : [directory];
  const record = facts.records.get(own);
  const isOwn = owners.includes(own) && record?.kind === 'record';
  if (isOwn && knows(record.record, thing)) return { living: true };
  const doubts = owners.flatMap((owner) => doubtOf(owner, topology, facts) ?? []);
  const doubt =
    doubts.find((each) => 'living' in each) ??
    doubts[0] ??
    (isOwnOrigin(thing, record) ? undefined : unproven(thing, all, facts));
  if (doubt !== undefined) return doubt;
  if (isOwn) return judgeByRecord(thing, record.record, all, facts);
  const moved = directory !== undefined && directory !== own ? judgeMoved(thing, facts) : undefined;
  if (moved !== undefined) return moved;
  return orphan(thing, `there is no record of it in ${dirname(directory ?? own)}`);
}

/**
 * Something made from a directory that has no record now. Where this data home has a record of
 * that name, the directory may have been moved here while the containers ran.
 */
function judgeMoved(thing: Claimed, facts: PruneFacts): Judgement | undefined {
  const { topology = '', directory = '' } = thing.claim;
  const own = join(facts.home, topology);
  const state = facts.records.get(own);
  if (state?.kind !== 'record') return doubtOf(own, topology, facts);
  if (!knows(state.record, thing)) return undefined;
  const why = `it was made from ${directory}, and its record is in ${own} now; rsent down ${topology} removes its containers`;
  return keptTopology(topology, why);
}

/** Something of a topology of this data home that is not in its record. */
function judgeByRecord(
  thing: Claimed,
  record: TopologyRecord,
  all: readonly Claimed[],
  { local }: PruneFacts,
): Judgement {
  const { node, part } = thing.claim;
  if (record.unfinished !== undefined) return keptUnfinished(record);
  const isKnown = thing.claim.origin !== undefined || local;
  if (thing.kind === 'volume' && !isKnown && !hasOwnVolume(thing, all, record)) {
    const why = 'none of the volumes beside it is known to be of this topology';
    return { kept: { kind: 'volume', name: thing.name, topology: record.spec.name, why } };
  }
  if (part === 'files') return orphan(thing, LEFT);
  return orphan(thing, `its record knows no ${node ?? part ?? 'such network'}`);
}

/** True when the record of its name in this data home is of who has made it. */
function isOwnOrigin({ claim }: Claimed, state: RecordState | undefined): boolean {
  return (
    claim.origin !== undefined && state?.kind === 'record' && state.record.origin === claim.origin
  );
}

function knows({ placement }: TopologyRecord, { kind, name, claim }: Claimed): boolean {
  if (claim.node !== undefined) return placement.nodes.some((each) => each.name === claim.node);
  return kind === 'network' ? placement.network === name : placement.pod === name;
}

/** True when a volume of the same directory has the id of a Sentinel that the record knows. */
function hasOwnVolume(
  { claim }: Claimed,
  all: readonly Claimed[],
  { placement }: TopologyRecord,
): boolean {
  const ids = placement.nodes.flatMap(({ sentinelId }) => sentinelId ?? []);
  return all
    .filter((each) => each.kind === 'volume' && each.claim.directory === claim.directory)
    .some((each) => ids.includes(each.claim.sentinelId ?? ''));
}

function copied({ kind, name, topology }: Claimed): Judgement {
  const why = 'it carries rsent’s labels but is not rsent’s own';
  return { kept: { kind, name, why, ...(topology === undefined ? {} : { topology }) } };
}

function judgeProbe(thing: Claimed, { now }: PruneFacts): Judgement {
  const isOld = thing.createdAt !== undefined && now - thing.createdAt > PROBE_LIFE_MS;
  return isOld ? orphan(thing, LEFT) : { living: true };
}

function ownersOf(topology: string, all: readonly Claimed[]): string[] {
  return all.flatMap(({ claim }) => (claim.topology === topology ? (claim.directory ?? []) : []));
}

function orphan(
  { claim: _, createdAt: __, binds: ___, isCopy: ____, ...thing }: Claimed,
  why: string,
): Judgement {
  return { orphan: { ...thing, why } };
}

function inOrder(a: Orphan, b: Orphan): number {
  const texts = ({ topology = '', name }: Orphan) => `${topology} ${name}`;
  const byKind = THINGS.indexOf(a.kind) - THINGS.indexOf(b.kind);
  return byKind || texts(a).localeCompare(texts(b), 'en', { numeric: true });
}

function isData(kind: ThingKind): boolean {
  return kind === 'volume' || kind === 'directory';
}

function keptData({ kind, name, topology }: Orphan, isAlive: boolean): Kept {
  const all = 'rsent prune --volumes removes it';
  const why = isAlive ? `its files are gone, and its data is in its memory only; ${all}` : all;
  return { kind, name, why, ...(topology === undefined ? {} : { topology }) };
}

function distinct(kept: readonly Kept[]): Kept[] {
  return [...new Map(kept.map((each) => [JSON.stringify(each), each])).values()];
}
