/**
 * Where a client of the probe stands: `follower` asks the Sentinels for the master, as an
 * application does; `sticky` stays with the address of the old master; `isolated` sits inside the
 * container of a master that is cut off.
 */
export type ClientSide = 'follower' | 'sticky' | 'isolated';

/** What all clients of the probe have in common, wherever they write. */
export const PROBE = {
  /** WAIT gives up after this (ms). */
  waitMs: 500,
  /** Beyond the time that the drill is meant to last, keys go away by themselves after this (s). */
  spareS: 3600,
  /** A client gives up on an answer after this (ms), and opens a new connection. */
  giveUpMs: 2000,
} as const;

/**
 * How long the keys of a probe live (s), so that they go away where it could not clean up behind
 * itself, and not while they are needed.
 * @param longestMs how long it is meant to write and to wait
 */
export function expiryOf(longestMs: number): number {
  return PROBE.spareS + Math.ceil(longestMs / 1000);
}

/** The key of a write: each has one of its own. */
export function probeKey(prefix: string, { side, n }: Pick<ProbeWrite, 'side' | 'n'>): string {
  return `${prefix}${side}:${n}`;
}

/**
 * What a client knows of its write. `fail`: an error says that it was not executed, or it was
 * never sent. `unknown`: no answer came, so that it may or may not have been executed.
 */
export type Outcome = 'ok' | 'fail' | 'unknown';

/** One write of the probe; each has its own number and its own key. Times: Date.now(), ms. */
export interface ProbeWrite {
  readonly n: number;
  readonly side: ClientSide;
  readonly issuedAt: number;
  readonly endedAt: number;
  readonly outcome: Outcome;
  /** Node that acknowledged it. */
  readonly by?: string;
  /** Why it failed, or why nothing is known of it. */
  readonly why?: string;
}

/** One read through a replica; `stale`: it did not see a write acknowledged before. */
export interface ProbeRead {
  readonly at: number;
  readonly outcome: 'ok' | 'stale' | 'fail';
}

/** What the probe's own process used of the machine while it wrote. */
export interface ProbeCost {
  /** CPU time as a share of one core, in per cent. */
  readonly cpuPercent: number;
  readonly cpuMs: number;
  readonly overMs: number;
}

/** Counts of one client's writes. */
export interface WriteCounts {
  readonly acknowledged: number;
  readonly failed: number;
  readonly unknown: number;
  /** Acknowledged, but not on the final master, with no other cause than a loss. */
  readonly lost: number;
  /** Unknown, and there after all. */
  readonly unknownKept: number;
  /** Failed, and there all the same: an error that did not tell the truth. */
  readonly failedKept: number;
}

/** Acknowledged writes that are gone, which may have another cause than a loss. */
export interface Unclear {
  /** Older than their time to live. */
  readonly expired: number;
  /** A node was full, and evicted keys. */
  readonly evicted: number;
  /** Keys of whoever that are known to have been evicted meanwhile. */
  readonly evictedKeys: number;
  /** That node's maxmemory-policy. */
  readonly policy?: string;
}

/** An acknowledged write that is gone. */
export interface LostWrite {
  readonly n: number;
  readonly side: ClientSide;
  readonly by?: string;
  /** ms since the fault. */
  readonly ackedAtMs: number;
}

/** Writes of one client in one slice of time. */
export interface Slice {
  /** Start of the slice, ms since the fault. */
  readonly atMs: number;
  readonly side: ClientSide;
  /** Acknowledged and kept, or gone for another reason than a loss. */
  readonly kept: number;
  readonly lost: number;
  /** Failed or unknown. */
  readonly refused: number;
}

/** What the clients of a drill saw, and what became of what they were told. Times since the fault. */
export interface ClientReport {
  /** Writes a second that were tried; the sticky client, which only shows who serves, tries fewer. */
  readonly ratePerS: number;
  /** Replicas that WAIT asked for before a write counted as acknowledged; 0: none. */
  readonly wait: number;
  readonly total: WriteCounts;
  readonly sides: readonly { readonly side: ClientSide; readonly counts: WriteCounts }[];
  /** The final master, which every write was looked up on. */
  readonly readBackFrom: string;
  readonly lostWrites: readonly LostWrite[];
  /** Absent where every write that is gone is known to be lost. */
  readonly unclear?: Unclear;
  /** Why writes failed or stayed unknown, the most frequent first. */
  readonly reasons: readonly {
    readonly side: ClientSide;
    readonly outcome: 'fail' | 'unknown';
    readonly why: string;
    readonly count: number;
  }[];
  /** The longest time in which the follower had no acknowledged write. */
  readonly longestGap: { readonly fromMs: number; readonly lastedMs: number };
  /** The first write of the follower that the new master acknowledged. */
  readonly firstAckMs?: number;
  readonly reads?: { readonly ok: number; readonly stale: number; readonly failed: number };
  readonly sliceMs: number;
  readonly slices: readonly Slice[];
  readonly cost: ProbeCost;
}
