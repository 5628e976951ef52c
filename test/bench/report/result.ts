import type { Spread } from './spread.js';

export type Unit = 's' | 'MB';

/** What a row of the table is about. */
export interface RowKind {
  readonly id: string;
  readonly section: Section;
  readonly what: string;
  readonly unit: Unit;
}

export const SECTIONS = ['up', 'failover', 'status', 'growth', 'ten'] as const;
export type Section = (typeof SECTIONS)[number];

/** What was asked of a row, and what came of it. Without a figure it was not judged. */
export interface Judged {
  readonly goal: string;
  readonly most?: number;
  readonly value?: number;
  readonly verdict: 'holds' | 'missed' | 'not judged';
}

/** One row, measured or with the reason why it was not. */
export interface Row extends RowKind {
  readonly spread?: Spread;
  readonly samples: readonly number[];
  /** Why a peer could not be measured. */
  readonly missing?: string;
  /** Rounds that ended in an error. */
  readonly failed: number;
  readonly goals: readonly Judged[];
}

/** Where it was measured; nothing that names the machine. */
export interface Machine {
  readonly cores: number;
  readonly memoryMb: number;
  readonly kernel: string;
  readonly node: string;
  readonly engine: string;
  /** What the server in the image says of itself. */
  readonly server: string;
  /** Absent: there is none. */
  readonly compose?: string;
}

/** The document that a run writes. */
export interface BenchResult {
  readonly schemaVersion: 1;
  readonly date: string;
  readonly commit?: string;
  readonly rounds: number;
  readonly sections: readonly Section[];
  readonly image: string;
  readonly machine: Machine;
  /** Load average of the last minute. */
  readonly load: { readonly start: number; readonly end: number };
  readonly rows: readonly Row[];
  readonly failures: readonly string[];
}
