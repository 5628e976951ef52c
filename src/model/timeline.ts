import type { Verdict } from './verdict.js';

/** One message of a Sentinel's pub/sub, with the time at which it reached this process. */
export interface SentinelEvent {
  /** ms since the epoch, by this host's clock. */
  readonly at: number;
  readonly sentinel: string;
  /** The event's name with its sign: `+sdown`, `-odown`, `+switch-master`. */
  readonly channel: string;
  readonly payload: string;
}

/** Ways to take the master away. */
export type FaultKind = 'crash' | 'shutdown' | 'hang' | 'partition';

export type StepNumber = 1 | 2 | 3 | 4 | 5 | 6;

/** One of the six steps of a failover, at its first sign. */
export interface FailoverStep {
  readonly step: StepNumber;
  readonly name: string;
  /** ms since the fault. */
  readonly atMs: number;
  readonly events: readonly TimedEvent[];
}

export interface TimedEvent {
  readonly atMs: number;
  readonly sentinel: string;
  readonly event: string;
  readonly detail: string;
}

/** When each thing was accomplished, ms since the fault; absent when it never was. */
export interface Timings {
  readonly suspected?: number;
  readonly agreed?: number;
  readonly elected?: number;
  readonly promoted?: number;
  readonly switched?: number;
  readonly reconfigured?: number;
  readonly rejoined?: number;
}

export interface FailoverReport {
  readonly schemaVersion: 1;
  readonly topology: string;
  readonly how: FaultKind | 'manual';
  /** Node that was master. */
  readonly victim: string;
  /** Node that is master now, when it is another one. */
  readonly promoted?: string;
  readonly steps: readonly FailoverStep[];
  readonly timingsMs: Timings;
  /** Why there was no failover, and when Sentinel tries again. */
  readonly failure?: string;
  readonly verdict: Verdict;
  /** True when somebody was promoted and nothing is wrong that was not wrong before. */
  readonly asBefore: boolean;
}
