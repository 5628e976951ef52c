import type { ClientReport } from './client.js';
import type { FailoverStep, TimedEvent, Timings } from './timeline.js';
import type { Verdict } from './verdict.js';

/** Ways to take a node away. */
export type FaultKind = 'crash' | 'shutdown' | 'hang' | 'partition';

/** `manual` is the planned hand-over, `plain` what SENTINEL FAILOVER does by itself. */
export type How = FaultKind | 'manual' | 'plain';

/** What should come of a fault; `either`: it lasts about as long as Sentinel takes to act. */
export type Expected = 'failover' | 'no failover' | 'either';

/** What a node was for a while, as it said itself or as the fault made it. Times since the fault. */
export interface RoleSpan {
  readonly node: string;
  readonly role: NodeRole;
  readonly fromMs: number;
  readonly toMs: number;
}

/**
 * `isolated`: a master that nobody but its own clients can reach, and that still believes to be
 * master; `cut`: any other node that is cut off.
 */
export type NodeRole =
  | 'master'
  | 'isolated'
  | 'replica'
  | 'syncing'
  | 'sentinel'
  | 'down'
  | 'frozen'
  | 'cut'
  | 'silent';

/** One part of the time that a failover takes. Times since the fault. */
export interface Phase {
  readonly name: PhaseName;
  readonly fromMs: number;
  readonly toMs: number;
}

export type PhaseName =
  | 'detect'
  | 'agree'
  | 'elect'
  | 'promote'
  | 'client back'
  | 'old master in sync';

/** A time in which a Sentinel's events could not be heard. Times since the fault. */
export interface Silence {
  readonly sentinel: string;
  readonly fromMs: number;
  readonly toMs: number;
}

/** What came of one drill. All times are ms since the fault, by this host's clock. */
export interface DrillReport {
  readonly schemaVersion: 1;
  readonly topology: string;
  readonly how: How;
  /** Nodes that the fault was made on. */
  readonly targets: readonly string[];
  /** Node that was master before. */
  readonly oldMaster: string;
  /** Node that is master now, when it is another one. */
  readonly promoted?: string;
  readonly expected: Expected;
  /** How many times a replica was promoted. */
  readonly promotions: number;
  /** When the fault was made (Date.now(), ms). */
  readonly faultAt: number;
  /** What the zero of all times is. */
  readonly zero: 'connection closed' | 'engine answered' | 'asked';
  /** When the fault was over; absent for a hand-over. */
  readonly faultEndedMs?: number;
  readonly steps: readonly FailoverStep[];
  readonly timingsMs: Timings;
  readonly phases: readonly Phase[];
  readonly roles: readonly RoleSpan[];
  readonly events: readonly TimedEvent[];
  readonly silences: readonly Silence[];
  /** Absent when no probe ran. */
  readonly client?: ClientReport;
  /** Why there was no failover, and when Sentinel tries again; the end of a sentence, without its full stop. */
  readonly failure?: string;
  readonly verdict: Verdict;
  /** Why the drill did not pass; empty when it did. */
  readonly complaints: readonly string[];
  readonly passed: boolean;
}

/** Limits that turn a drill into a test. */
export interface Budget {
  readonly maxDowntimeMs?: number;
  readonly maxLost?: number;
}

/** How a figure was spread over several runs. */
export interface Spread {
  readonly min: number;
  readonly median: number;
  readonly p95: number;
  readonly max: number;
}

/** One line of a campaign: the drill as it was ordered, and what came of it. */
export interface CampaignRun {
  readonly title: string;
  /** How long it took, from before the first look to the last (ms). */
  readonly tookMs: number;
  readonly report?: DrillReport;
  /** Why it could not be carried out. */
  readonly error?: string;
}

/** Several drills on one topology, one after the other. */
export interface CampaignReport {
  readonly schemaVersion: 1;
  readonly topology: string;
  readonly runs: readonly CampaignRun[];
  /** For the same drill repeated: how its figures (ms, or writes lost) were spread. */
  readonly spreads: readonly { readonly figure: string; readonly spread: Spread }[];
  readonly passed: boolean;
}
