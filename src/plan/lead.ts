import { type NodePlacement, sameAddress } from '../model/topology.js';

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
}

/** Who is to be master. */
export type Lead =
  /** Who was it last. */
  | { readonly is: 'last' }
  /** Another one, as the last one would start with nothing. */
  | { readonly is: 'other'; readonly node: Standing['node']; readonly bytes: number }
  /** Nobody can be: starting anybody could cost data. */
  | { readonly is: 'nobody'; readonly why: string; readonly fix: string };

/**
 * Who is to be master so that no node that has data ever follows one that has none: a replica
 * empties itself before it takes over what its master has (replication.c, readSyncBulkPayload).
 * The last master stays it as long as it has anything: what was acknowledged is there, and more
 * bytes elsewhere may only mean that its append-only file was rewritten.
 * @param last its address, as Sentinels and confs have it
 * @param hadData true when the topology has been proven before, so that every node had its files
 */
export function leadOf(
  standings: readonly Standing[],
  last: NodePlacement['address'],
  hadData: boolean,
): Lead {
  const master = standings.find(({ node }) => sameAddress(node.address, last));
  if (master !== undefined && keeps(master)) return { is: 'last' };
  const inMemory = standings.filter((each) => each.memory === 'keys' && each.disk.is !== 'data');
  if (inMemory.length > 0) return onlyInMemory(inMemory, last);
  const best = mostAdvanced(standings.filter((each) => each !== master));
  if (best !== undefined) {
    if (master?.stays && master.memory === 'unknown') return unasked(master);
    return { is: 'other', node: best.node, bytes: best.disk.bytes };
  }
  return hadData && standings.every(isBare) ? allGone() : { is: 'last' };
}

/** True when it has data, and goes on having it. */
function keeps({ disk, memory, stays }: Standing): boolean {
  return disk.is === 'data' || (stays && memory === 'keys');
}

type WithData = Standing & { readonly disk: Extract<Holding, { is: 'data' }> };

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

/** True when nothing is left of what an append-only node once had. */
function isBare({ disk, memory, appendOnly }: Standing): boolean {
  return appendOnly && disk.is === 'nothing' && memory === undefined;
}

function onlyInMemory(nodes: readonly Standing[], last: NodePlacement['address']): Lead {
  const names = nodes.map(({ node }) => node.name).join(', ');
  const [isOne, isMaster] = [
    nodes.length === 1,
    nodes.some(({ node }) => sameAddress(node.address, last)),
  ];
  const why = `${names} ${isOne ? 'has its' : 'have their'} data in memory only: ${isOne ? 'its' : 'their'} files are gone, and a restart would lose it`;
  const fix = isMaster
    ? 'Keep it running: rsent backup saves the data, rsent failover --manual makes a replica with files the master.'
    : 'Keep it running: the Sentinels make it master when the last one has been away for down-after; then run this again.';
  return { is: 'nobody', why, fix };
}

function unasked({ node }: Standing): Lead {
  return {
    is: 'nobody',
    why: `${node.name}, the master, has no data on disk, and does not answer`,
    fix: `Look at it first: rsent logs ${node.name}. A replica that starts now could be emptied by it.`,
  };
}

function allGone(): Lead {
  return {
    is: 'nobody',
    why: 'no data node has any data file left, and all of them had some',
    fix: 'Put the data directories back, or have it start with nothing: rsent reset.',
  };
}
