import { type NodePlacement, sameAddress } from '../model/topology.js';
import type { Rest } from './at-rest.js';
import { allGone, lackingCommands, lessThanAtRest, type Nobody } from './nobody.js';
import { type Comparison, compareTails, type Tail } from './tails.js';

/** What a data node would load if it started now. */
export type Holding =
  /** Not a single file of data. */
  | { readonly is: 'nothing' }
  /** The files of a server that has begun, with no key in them. */
  | { readonly is: 'empty' }
  | {
      readonly is: 'data';
      readonly bytes: number;
      /** When one of its files was last written (ms since 1970, by the clock of the engine's machine). */
      readonly writtenAt: number;
      /** When its server began with nothing (by the same clock), where it has rewritten nothing since. */
      readonly beganEmptyAt?: number;
    }
  /** There are files, and no server would start with them, or not with all of them. */
  | { readonly is: 'broken'; readonly file: string; readonly why: string };

/** What a data node that runs has in its memory; unknown when it could not be asked. */
export type Memory = 'keys' | 'no-keys' | 'unknown';

/** A data node before anything starts. */
export interface Standing {
  readonly node: Pick<NodePlacement, 'name' | 'address'>;
  readonly disk: Holding;
  /** Undefined where nothing runs in its container. */
  readonly memory?: Memory | undefined;
  /** It is not started: its process goes on with what it has in its memory. */
  readonly stays: boolean;
  /** Its conf makes it keep an append-only file. */
  readonly appendOnly: boolean;
  /** The end of that file; only of the last master and of those that followed it last. */
  readonly tail?: Tail | undefined;
  /** What is remembered of it from when it was stopped; undefined where nothing is. */
  readonly rest?: Rest | undefined;
}

/** Who is to be master. */
export type Lead =
  /** Who was it last. */
  | { readonly is: 'last' }
  /** Another one, as the last one would start with nothing, or without so many commands. */
  | {
      readonly is: 'other';
      readonly node: Standing['node'];
      readonly bytes: number;
      readonly missing?: number;
      /** It was the master when all was stopped. */
      readonly wasMaster?: true;
    }
  | Nobody;

/**
 * Who is to be master so that no node that has data ever follows one that has none: a replica
 * empties itself before it takes over what its master has (replication.c, readSyncBulkPayload).
 * The last master stays it as long as it has anything: what was acknowledged is there, and more
 * bytes elsewhere may only mean that its append-only file was rewritten. Not so when it provably began
 * with nothing after all others that have data were last written: they have never followed it since,
 * and what it had before is gone. Which of both counts nobody can tell from files. Nor when the file of
 * a replica goes on where its own ends, as when that was cut, or is an old copy. Where nothing has been
 * written since all was stopped, the master is who was it then: confs that say otherwise are old copies.
 * @param last its address, as Sentinels and confs have it
 * @param hadData true when the topology has been proven before, so that every node had its files
 */
export function leadOf(
  standings: readonly Standing[],
  last: NodePlacement['address'],
  hadData: boolean,
): Lead {
  const master = standings.find(({ node }) => sameAddress(node.address, last));
  const stopped = masterAtRest(standings, master);
  if (stopped !== undefined) return stopped;
  if (master !== undefined && keeps(master)) {
    const older = olderThan(master, standings);
    if (older.length > 0) return beganLater(master, older);
    const lead = byTails(master, standings);
    return lead.is === 'last' ? byRest(master, standings) : lead;
  }
  const inMemory = standings.filter((each) => each.memory === 'keys' && each.disk.is !== 'data');
  if (inMemory.length > 0) return onlyInMemory(inMemory, standings, last);
  const best = mostAdvanced(inSyncOf(standings.filter((each) => each !== master)));
  if (best !== undefined) {
    if (master?.stays && master.memory === 'unknown') return unasked([master]);
    return { is: 'other', node: best.node, bytes: best.disk.bytes };
  }
  const silent = standings.filter(
    ({ disk, memory, stays }) => disk.is === 'nothing' && memory === 'unknown' && stays,
  );
  if (silent.length > 0) return unasked(silent);
  return hadData && standings.every(isBare) ? allGone() : { is: 'last' };
}

/** True when it has data, and goes on having it. */
function keeps({ disk, memory, stays }: Standing): boolean {
  return disk.is === 'data' || (stays && memory === 'keys');
}

type WithData = Standing & { readonly disk: Extract<Holding, { is: 'data' }> };

/**
 * The others with data, when all of them were last written before this one began with nothing; else
 * none. To the second: a server notes no more of its beginning.
 */
function olderThan({ node, disk }: Standing, standings: readonly Standing[]): Standing[] {
  if (disk.is !== 'data' || disk.beganEmptyAt === undefined) return [];
  const began = Math.floor(disk.beganEmptyAt / 1000);
  const others = standings.filter(
    (each) => each.node.name !== node.name && each.disk.is === 'data',
  );
  const isOlder = (each: Standing) =>
    each.disk.is === 'data' && Math.floor(each.disk.writtenAt / 1000) < began;
  return others.every(isOlder) ? others : [];
}

/** Where none of them has been written to since all was stopped: those that had all that the master had. */
function inSyncOf(others: readonly Standing[]): readonly Standing[] {
  const known = others.filter(({ disk }) => disk.is === 'data');
  const whole = known.every(isUntouched) ? known.filter(({ rest }) => rest?.inSync) : [];
  return whole.length > 0 ? whole : others;
}

/**
 * The replica that has come furthest. At rest nothing on disk says how far it had come in its
 * master's history: an append-only file has no replication offset (aof.c, rewriteAppendOnlyFile
 * saves none). But what it receives it writes at once, so the one that was written last has heard
 * its master last. Those that were written in the same second followed it to its end alike; of
 * them the larger one.
 */
function mostAdvanced(standings: readonly Standing[]): WithData | undefined {
  const second = ({ disk }: WithData) => Math.floor(disk.writtenAt / 1000);
  return standings
    .filter((each): each is WithData => each.disk.is === 'data')
    .toSorted((a, b) => second(b) - second(a) || b.disk.bytes - a.disk.bytes)[0];
}

/**
 * By the ends of the files: the replica that goes furthest beyond the last master. One that runs is
 * not judged: what it has is what its replicas are given.
 */
function byTails(master: Standing, standings: readonly Standing[]): Lead {
  const own = master.stays ? undefined : master.tail;
  const compared = standings.flatMap(({ node, disk, tail }) =>
    own && tail && node !== master.node && disk.is === 'data'
      ? [{ node, bytes: disk.bytes, found: compareTails(own, tail) }]
      : [],
  );
  const ahead = ({ found }: { found: Comparison }) => (found.is === 'behind' ? found.commands : 0);
  const best = compared.toSorted((a, b) => ahead(b) - ahead(a))[0];
  if (best !== undefined && ahead(best) > 0)
    return { is: 'other', node: best.node, bytes: best.bytes, missing: ahead(best) };
  const others = compared.filter(({ found }) => found.is === 'lacks').map(({ node }) => node.name);
  return others.length > 0 ? lackingCommands(master.node.name, others) : { is: 'last' };
}

/** Who was master when all was stopped, where that is another one and nothing has been written since. */
function masterAtRest(
  standings: readonly Standing[],
  master: Standing | undefined,
): Lead | undefined {
  const stopped = standings.every(isUntouched) ? standings.find(wasMaster) : undefined;
  if (stopped === undefined || stopped === master || stopped.disk.is !== 'data') return undefined;
  return { is: 'other', node: stopped.node, bytes: stopped.disk.bytes, wasMaster: true };
}

/** A server never takes away what it has written: a file that has become shorter was cut, or is an older copy. */
function byRest(master: Standing, standings: readonly Standing[]): Lead {
  if (master.stays || master.rest?.since !== 'less') return { is: 'last' };
  const others = standings.filter(
    (each) => each !== master && each.disk.is === 'data' && each.rest && each.rest.since !== 'less',
  );
  return others.length === 0
    ? { is: 'last' }
    : lessThanAtRest(
        master.node.name,
        others.map(({ node }) => node.name),
      );
}

/** True when nothing was written to its files since it was stopped. */
function isUntouched({ rest, stays }: Standing): boolean {
  return !stays && rest?.since === 'same';
}

function wasMaster({ rest }: Standing): boolean {
  return rest?.wasMaster === true;
}

/** True when nothing is left of what an append-only node once had. */
function isBare({ disk, memory, appendOnly }: Standing): boolean {
  return appendOnly && disk.is === 'nothing' && memory === undefined;
}

function onlyInMemory(
  nodes: readonly Standing[],
  standings: readonly Standing[],
  last: NodePlacement['address'],
): Lead {
  const names = nodes.map(({ node }) => node.name).join(', ');
  const [has, its] = nodes.length === 1 ? ['has', 'its'] : ['have', 'their'];
  const why = `${names} ${has} ${its} data in memory only: ${its} files are gone, and a restart would lose it`;
  const master = nodes.find(({ node }) => sameAddress(node.address, last));
  const bare = standings.filter((each) => each !== master && each.disk.is !== 'data');
  const replicas = bare.map(({ node }) => node.name).join(',');
  const first = replicas === '' ? '' : `rsent up NAME --rebuild ${replicas}, then `;
  const fix =
    master === undefined
      ? 'Keep it running: the Sentinels make it master when the last one has been away for down-after; then run this again.'
      : `Keep it running, and have it put into files again: ${first}rsent failover NAME --manual, then rsent up NAME --rebuild ${master.node.name}.`;
  return { is: 'nobody', why, fix };
}

function beganLater({ node, disk }: Standing, older: readonly Standing[]): Lead {
  const at = disk.is === 'data' ? new Date(disk.beganEmptyAt ?? 0).toISOString() : '';
  const names = older.map((each) => each.node.name);
  const [all, best] = [names.join(' and '), mostAdvanced(older)?.node.name ?? ''];
  return {
    is: 'nobody',
    why: `${node.name}, the master, began with nothing at ${at.slice(0, 19)}Z, after ${all} had last been written, and would empty ${names.length === 1 ? 'it' : 'them'}`,
    fix: `Decide whose data counts. That of ${best}: rsent up NAME --rebuild ${node.name}. What ${node.name} has taken since: rsent up NAME --rebuild ${names.join(',')}. What is replaced is set aside, and kept.`,
  };
}

function unasked(silent: readonly Standing[]): Lead {
  const nodes = silent.map(({ node }) => node);
  const [first, ...others] = nodes.map(({ name }) => name);
  const [verb, answers] = others.length === 0 ? ['has', 'does'] : ['have', 'do'];
  return {
    ...{ is: 'nobody', unasked: nodes },
    why: `${[first, ...others].join(', ')} ${verb} no data on disk, may have some in memory, and ${answers} not answer`,
    fix: `Look at it first: rsent logs NAME ${first}. What starts now could empty it, or be emptied by it.`,
  };
}
