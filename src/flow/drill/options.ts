import type { Budget, How } from '../../model/drill.js';
import type { FailoverStep } from '../../model/timeline.js';

/** What is set for the time of one drill only. */
export interface Preparation {
  /** Name of the replica that Sentinel should promote. */
  readonly to?: string;
  readonly downAfterMs?: number;
}

/** A drill as it was ordered. */
export interface DrillOptions extends Preparation {
  readonly how: How;
  /** Node, role or role with a count; several with commas between. */
  readonly target: string;
  /** How long a fault lasts (ms); until something came of it when not said. */
  readonly forMs?: number;
  /** Writes a second of the probe; 0: no probe. */
  readonly ratePerS: number;
  /** Replicas that must have a write before it counts; 0: none. */
  readonly wait: number;
  /** How long the probe writes on after the fault (ms). */
  readonly keepWritingMs?: number;
  /** How long the topology may take to be healthy again afterwards (ms). */
  readonly timeoutMs: number;
  readonly budget: Budget;
  /** Called with each step of the failover as soon as its first sign is there. */
  readonly onStep: (step: FailoverStep) => void;
}
