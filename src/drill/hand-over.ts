import type { MonitoredReplica, RedisFacts, SentinelFacts } from '../model/observation.js';
import { type Address, addressText, sameAddress } from '../model/topology.js';

/** More replicas than any master has: with this `min-replicas-to-write` it takes no write. */
export const MORE_THAN_ANY = 1_000_000;

/** A replica beside what it says of itself; no facts while it does not answer. */
export interface ReplicaSeen {
  readonly name: string;
  readonly address: Address;
  readonly facts?: RedisFacts;
}

/** With any of these Sentinel passes a replica over (sentinel.c, sentinelSelectSlave). */
const PASSED_OVER = ['s_down', 'o_down', 'disconnected'];

/**
 * Why a Sentinel would not carry out a planned failover; undefined when it would.
 * CKQUORUM does not look at TILT, and SENTINEL FAILOVER is accepted in it: the failover then starts
 * only when TILT ends, 30 s after the last stall (sentinel.c, sentinelHandleRedisInstance).
 * @param master the address of the present master
 */
export function whyNotAble(
  { tilt, master, handsOut, ckquorum }: SentinelFacts,
  present: Address,
): string | undefined {
  if (tilt) return 'is in TILT mode: it would begin only when that ends, up to 30 s later';
  if (!master.reached) return `knows no such master (${master.why})`;
  if (master.facts.failoverState !== undefined) return 'is carrying out a failover already';
  if (handsOut === undefined || !sameAddress(handsOut, present)) {
    return `names another master${handsOut === undefined ? '' : ` (${addressText(handsOut)})`}`;
  }
  return ckquorum.ok ? undefined : `says: ${ckquorum.text}`;
}

/**
 * Why a promotion at this moment could lose a write; undefined when every replica that the leader
 * may select has the master's last byte. Which one it selects is its own affair, so that a replica
 * that is behind counts unless its priority is 0.
 * @param master the master's facts, with its writes held back
 * @param known the replicas as the leader describes them
 */
export function whyNotLevel(
  master: RedisFacts | undefined,
  replicas: readonly ReplicaSeen[],
  known: readonly MonitoredReplica[],
): string | undefined {
  if (master === undefined) return 'the master does not answer';
  const stranger = known.find(
    (each) =>
      isSelectable(each) && !replicas.some(({ address }) => sameAddress(address, each.address)),
  );
  if (stranger !== undefined) {
    return `${addressText(stranger.address)}, which is not of this topology, could be promoted`;
  }
  const behind = replicas.map((replica) => whyBehind(master, replica));
  const reason = whyAway(replicas, known) ?? behind.find((each) => each !== undefined);
  if (reason !== undefined) return reason;
  const isAnyLeft = replicas.some(({ facts }) => facts?.upstream && facts.upstream.priority > 0);
  return isAnyLeft ? undefined : 'there is no replica that could be promoted';
}

/**
 * Why a replica that the leader may select cannot follow the master now; undefined when all can. A
 * node that has just gone is selectable until its Sentinel misses it: connecting to it again counts
 * as connected (sentinel.c, sentinelReconnectInstance).
 */
export function whyAway(
  replicas: readonly ReplicaSeen[],
  known: readonly MonitoredReplica[],
): string | undefined {
  return replicas.map((each) => whyOneAway(each, known)).find((each) => each !== undefined);
}

function whyOneAway(
  { name, address, facts }: ReplicaSeen,
  known: readonly MonitoredReplica[],
): string | undefined {
  if (facts === undefined) {
    const entry = known.find((each) => sameAddress(each.address, address));
    return entry !== undefined && isSelectable(entry)
      ? `${name} does not answer, and could be promoted all the same`
      : undefined;
  }
  const { upstream } = facts;
  if (upstream === undefined) return `${name} is not a replica`;
  return upstream.priority > 0 && !upstream.linkUp
    ? `${name} has no link to the master`
    : undefined;
}

function whyBehind(
  { offset, masterReplicationId }: RedisFacts,
  { name, facts }: ReplicaSeen,
): string | undefined {
  if (!facts?.upstream || facts.upstream.priority === 0) return undefined;
  if (facts.masterReplicationId !== masterReplicationId) return `${name} has another history`;
  return facts.offset === offset ? undefined : `${name} is ${offset - facts.offset} bytes behind`;
}

function isSelectable({ flags, priority }: MonitoredReplica): boolean {
  return priority !== 0 && !flags.some((flag) => PASSED_OVER.includes(flag));
}

/** What has come of a failover that a Sentinel was asked for. */
export type Promotion =
  | { readonly is: 'promoted'; readonly address: Address }
  | { readonly is: 'under way'; readonly why: string }
  /** The Sentinel gave it up, and no replica is master. */
  | { readonly is: 'given up' }
  /** It gave it up after a replica had been told to be master: that one is in nobody's plan. */
  | { readonly is: 'stray'; readonly name: string };

/** A replica's role by its own word; undefined while it does not answer. */
export interface RoleSeen {
  readonly name: string;
  readonly address: Address;
  readonly role?: string;
}

/**
 * Where a failover stands. A Sentinel keeps `failover-state` from the moment it accepts until the
 * end, and an abort removes it (sentinel.c, sentinelStartFailover, sentinelAbortFailover). As long
 * as it is there, or the leader cannot be asked, or a replica is silent, the promotion may come.
 * @param leader name of the Sentinel that was asked
 * @param views what the reachable Sentinels say, by their names
 */
export function promotionOf(
  present: Address,
  leader: string,
  views: ReadonlyMap<string, SentinelFacts>,
  roles: readonly RoleSeen[],
): Promotion {
  const named = views.get(leader)?.handsOut;
  if (named !== undefined && !sameAddress(named, present)) {
    return { is: 'promoted', address: named };
  }
  const master = roles.find(({ role }) => role === 'master');
  const why = whyOpen(leader, views);
  if (why !== undefined) {
    return master ? { is: 'promoted', address: master.address } : { is: 'under way', why };
  }
  const silent = roles.find(({ role }) => role === undefined);
  if (silent !== undefined) return { is: 'under way', why: `${silent.name} does not answer` };
  return master ? { is: 'stray', name: master.name } : { is: 'given up' };
}

/** Why some Sentinel may still promote somebody. */
function whyOpen(leader: string, views: ReadonlyMap<string, SentinelFacts>): string | undefined {
  if (!views.has(leader)) return `${leader} does not answer`;
  for (const [name, { master, tilt }] of views) {
    const state = master.reached ? master.facts.failoverState : undefined;
    if (state !== undefined) return `${name}: ${state}${tilt ? ', in TILT mode' : ''}`;
  }
  return undefined;
}
