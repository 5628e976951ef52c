/** One message of a Sentinel's pub/sub, with the time at which it reached this process. */
export interface SentinelEvent {
  /** ms since the epoch, by this host's clock. */
  readonly at: number;
  readonly sentinel: string;
  /** The event's name with its sign: `+sdown`, `-odown`, `+switch-master`. */
  readonly channel: string;
  readonly payload: string;
}

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
