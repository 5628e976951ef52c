import type { Headway } from '../model/observation.js';
import type { WaitOptions } from './wait.js';

/**
 * How long to wait for something that gets nowhere. What takes as long as there is data (a load, a
 * copy) is waited for as long as it gets on: each step forwards begins the time anew. What begins
 * again and again, as it is broken off each time, comes no further than it was and is given up.
 */
export class Patience {
  /** How long without a step forwards (ms). */
  readonly limitMs: number;
  #deadline: number;
  readonly #furthest = new Map<string, number>();

  constructor(limitMs: number) {
    this.limitMs = limitMs;
    this.#deadline = Date.now() + limitMs;
  }

  /** When to give up (Date.now(), ms), as things are now. */
  get deadline(): number {
    return this.#deadline;
  }

  /** Somebody is seen to have come so far. */
  sees(who: string, { what, amount }: Pick<Headway, 'what' | 'amount'>): void {
    const key = `${who} ${what}`;
    const before = this.#furthest.get(key);
    if (before !== undefined && amount <= before) return;
    this.#furthest.set(key, amount);
    this.#deadline = Math.max(this.#deadline, Date.now() + this.limitMs);
  }
}

/** Options of a wait that ends when nobody has come any further for as long as the patience lasts. */
export function untilNoHeadway<T extends Omit<WaitOptions, 'deadline'>>(
  options: T,
  patience: Patience,
): T & WaitOptions {
  return {
    ...options,
    get deadline() {
      return patience.deadline;
    },
  };
}

/** What to do when the patience was too short. */
export function longer(limitMs: number): string {
  return `--timeout gives it longer (it was ${durationText(limitMs)} without any headway).`;
}

/** As `--timeout` takes it: 1500ms, 60s. */
function durationText(ms: number): string {
  return ms % 1000 === 0 ? `${ms / 1000}s` : `${ms}ms`;
}
