import type { TopologySpec } from '../model/spec.js';

/** How many nodes, beside the one master. */
export type Counts = Pick<TopologySpec, 'replicas' | 'sentinels'>;

/** The kernel's table of neighbours, one for all networks of a host. */
export interface NeighbourTable {
  /** It takes no more entries than this (net.ipv4.neigh.default.gc_thresh3; arp(7)). */
  readonly limit: number;
  readonly taken: number;
}

/**
 * Entries that the nodes of a topology need on a bridge, as each side of a connection has one for the
 * other: every Sentinel talks to every node, replicas to their master, this host to all. The kernel had 121
 * more with 1+10+3 (this gives 120), 463 with 1+30+5 (462).
 */
export function neighboursOf({ replicas, sentinels }: Counts): number {
  const redis = replicas + 1;
  const amongSentinels = (sentinels * (sentinels - 1)) / 2;
  return 2 * (amongSentinels + sentinels * redis + replicas + redis + sentinels);
}

/**
 * Why a bridge cannot hold these nodes; undefined where it can. Where the table is full, new connections
 * are given up for no reason that anybody sees but the kernel's log.
 * @param present what of it is on the bridge already
 */
export function crowding(
  counts: Counts,
  { limit, taken }: NeighbourTable,
  present?: Counts,
): string | undefined {
  const needed = neighboursOf(counts) - (present === undefined ? 0 : neighboursOf(present));
  const free = Math.max(0, limit - taken);
  if (needed <= free) return undefined;
  const nodes = counts.replicas + 1 + counts.sentinels;
  const more = present === undefined ? '' : ' more';
  return `${nodes} nodes on a bridge need ${needed}${more} entries in the kernel’s table of neighbours, and ${free} of ${limit} are free`;
}
