import type { Collected } from './report/assemble.js';

/** A figure for a row. */
export interface Sample {
  readonly row: string;
  readonly value: number;
}

/** Something that is measured once in every round, and the rows that it has figures for. */
export interface Contestant {
  readonly name: string;
  readonly rows: readonly string[];
  readonly measure: () => Promise<readonly Sample[]>;
}

/** The same list, begun one further in each round: nobody always comes after the same one. */
export function rotated<T>(list: readonly T[], round: number): T[] {
  const at = list.length === 0 ? 0 : round % list.length;
  return [...list.slice(at), ...list.slice(0, at)];
}

/** All figures of a run. */
export class Ledger implements Collected {
  readonly samples = new Map<string, number[]>();
  readonly failed = new Map<string, number>();
  readonly missing = new Map<string, string>();
  readonly failures: string[] = [];

  add(samples: readonly Sample[]): void {
    for (const { row, value } of samples) {
      this.samples.set(row, [...(this.samples.get(row) ?? []), value]);
    }
  }

  fail({ name, rows }: Contestant, round: number, error: unknown): void {
    for (const row of rows) this.failed.set(row, (this.failed.get(row) ?? 0) + 1);
    this.failures.push(`${name}, round ${round}: ${String((error as Error).message ?? error)}`);
  }

  miss(rows: readonly string[], why: string): void {
    for (const row of rows) this.missing.set(row, why);
  }
}

/** How a run goes on. */
export interface Course {
  readonly ledger: Ledger;
  readonly rounds: number;
  readonly signal: AbortSignal;
  readonly say: (line: string) => void;
  /** Lets the kernel take away what the last one left: its networks go after the engine's answer. */
  readonly pause: () => Promise<void>;
  /** Makes the engine as empty as a contestant that fails may not have left it. */
  readonly tidy: () => Promise<void>;
}

/**
 * Measure all in turn, round after round; the first round only warms up. An error is noted and the
 * others go on. @throws what the signal was aborted with
 */
export async function race(contestants: readonly Contestant[], course: Course): Promise<void> {
  for (let round = 0; round <= course.rounds; round++) {
    for (const contestant of rotated(contestants, round)) await turn(contestant, round, course);
  }
}

async function turn(contestant: Contestant, round: number, course: Course): Promise<void> {
  const { ledger, signal, say } = course;
  const when = round === 0 ? 'warm-up' : `round ${round} of ${course.rounds}`;
  try {
    await course.pause();
    const samples = await contestant.measure();
    const figures = samples.map(({ row, value }) => `${row} ${value.toFixed(3)}`);
    say(`${when}: ${figures.join(', ')}`);
    if (round > 0) ledger.add(samples);
  } catch (error) {
    signal.throwIfAborted();
    ledger.fail(contestant, round, error);
    say(`${when}: ${contestant.name} failed: ${String((error as Error).message)}`);
    await course.tidy().catch((left: Error) => say(left.message));
  }
}
