import type { Plan } from './plan.js';

/** One part of an upgrade: a plan of its own, with all healthy again at its end. */
export interface Stage {
  readonly what: 'replica' | 'hand-over' | 'master' | 'sentinel';
  readonly node: string;
  readonly plan: Plan;
}

/** What clients saw while it lasted. */
export interface StageWrites {
  readonly acknowledged: number;
  readonly failed: number;
  readonly unknown: number;
  /** Acknowledged, but not on the final master. */
  readonly lost: number;
  /** The longest time without an acknowledged write that began in it (ms). */
  readonly longestGapMs: number;
}

/** What came of a stage. */
export interface StageReport {
  readonly what: Stage['what'];
  readonly node: string;
  readonly tookMs: number;
  /** Absent when no probe ran. */
  readonly writes?: StageWrites;
}

/** What came of an upgrade. */
export interface UpgradeReport {
  readonly schemaVersion: 1;
  readonly topology: string;
  /** The image that the nodes ran before; the same where there was nothing to do. */
  readonly from: string;
  readonly image: string;
  /** What the server in the image says of itself. */
  readonly server: { readonly program: string; readonly version: string };
  readonly changed: boolean;
  readonly stages: readonly StageReport[];
  readonly elapsedMs: number;
  /** Node that is master in the end. */
  readonly master: string;
  /** What clients saw from the first stage to the last; absent when no probe ran. */
  readonly writes?: StageWrites & { readonly ratePerS: number; readonly wait: number };
}
