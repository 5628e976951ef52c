import type { Answer } from './reply.js';
import type { AccessFacts, ServerFacts, Untold } from './server-facts.js';
import type { Address } from './topology.js';

/** What is known of a Sentinel by its own answers. */
export interface SentinelFacts extends AccessFacts {
  readonly server: ServerFacts;
  /** Absent when every question was answered. */
  readonly untold?: Untold;
  /** Absent before 6.2, which has no SENTINEL MYID. */
  readonly myId?: string;
  readonly tilt: boolean;
  readonly simulateFailure: boolean;
  /** The master as this Sentinel describes it, or why it has none to describe. */
  readonly master: Answer<MonitoredMaster>;
  /** What it tells clients who ask for the master. */
  readonly handsOut?: Address;
  /** What it says of itself and peers (SENTINEL CONFIG GET), without passwords; absent before 6.2. */
  readonly settings?: ReadonlyMap<string, string>;
  /** It looks names up (resolve-hostnames); absent where it does not tell, as before 6.2. */
  readonly resolvesNames?: boolean;
  /** Commands that it sends under other names; absent where its conf was not read. */
  readonly renames?: readonly string[];
  /** All that it monitors, by name; absent where it does not tell. */
  readonly masters?: readonly { readonly name: string; readonly address: Address }[];
  readonly replicas: readonly MonitoredReplica[];
  readonly peers: readonly MonitoredPeer[];
  /** What it lists and nobody can dial; absent where there is nothing of the kind. */
  readonly addressless?: readonly Addressless[];
  readonly ckquorum: Ckquorum;
  /** Other values of SENTINEL DEBUG that are not the usual ones, as name and ms; absent where all are. */
  readonly changedTimes?: readonly string[];
  /** SENTINEL DEBUG ping-period; absent before 7.0. */
  readonly pingPeriodMs?: number;
  /** Result of SENTINEL FLUSHCONFIG, absent when it was not asked. */
  readonly confSaved?: ConfSaved;
}

/** An entry without an address: '' where a name cannot be resolved, port 0 where none was announced. */
export interface Addressless extends Address {
  readonly what: 'master' | 'replica' | 'sentinel';
}

export type ConfSaved = { readonly ok: true } | { readonly ok: false; readonly why: string };

export interface Ckquorum {
  readonly ok: boolean;
  /** Sentinels counted usable, this one included; undefined when the reply names none. */
  readonly usable?: number;
  readonly text: string;
}

/** Link facts that Sentinel keeps for every instance. Times in ms. */
export interface LinkFacts {
  readonly address: Address;
  readonly flags: readonly string[];
  readonly runId: string;
  /** 0 means that no PING is outstanding: a PONG really arrived. */
  readonly lastPingSentMs: number;
  readonly lastOkPingReplyMs: number;
  /** Since any reply to a PING, an error as well; absent where it does not say. */
  readonly lastPingReplyMs?: number;
}

export interface MonitoredMaster extends LinkFacts {
  readonly infoRefreshMs: number;
  readonly roleReported: string;
  readonly configEpoch: number;
  readonly replicaCount: number;
  readonly otherSentinelCount: number;
  readonly quorum: number;
  /** For how long (ms) this Sentinel has considered it down; absent while it does not. */
  readonly sinceDownMs?: number;
  readonly downAfterMs: number;
  readonly failoverTimeoutMs: number;
  readonly parallelSyncs: number;
  /** Present only while a failover runs. */
  readonly failoverState?: string;
}

export interface MonitoredReplica extends LinkFacts {
  readonly infoRefreshMs: number;
  readonly roleReported: string;
  readonly masterLinkOk: boolean;
  readonly master?: Address;
  readonly priority: number;
}

export interface MonitoredPeer extends LinkFacts {
  readonly lastHelloMs: number;
}
