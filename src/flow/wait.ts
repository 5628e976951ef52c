import { setTimeout as sleep } from 'node:timers/promises';
import { RsentError } from '../model/errors.js';

/** For what must be seen through, whatever the user does meanwhile. */
export const NEVER: AbortSignal = new AbortController().signal;

export interface WaitOptions {
  /** Give up at this time (Date.now(), ms). */
  readonly deadline: number;
  readonly everyMs: number;
  readonly signal: AbortSignal;
}

/**
 * The one polling loop: ask until there is an answer. Undefined when the deadline passed.
 * @param question gives the answer, or undefined for "not yet"
 * @throws RsentError `interrupted` as soon as the signal is aborted
 */
export async function waitFor<T>(
  question: () => Promise<T | undefined>,
  options: WaitOptions,
): Promise<T | undefined> {
  for (;;) {
    throwIfInterrupted(options.signal);
    const answer = await question();
    if (answer !== undefined) return answer;
    if (Date.now() >= options.deadline) return undefined;
    await sleep(options.everyMs, undefined, { signal: options.signal }).catch(() => undefined);
  }
}

/** @throws RsentError `interrupted` when the user has interrupted; the reason of a run given up */
export function throwIfInterrupted(signal: AbortSignal): void {
  if (!signal.aborted) return;
  throw isGivenUp(signal) ? signal.reason : new RsentError('interrupted', 'Interrupted.');
}

/**
 * True when this run has lost its right to change anything: what it has done may be in use by
 * another rsent, so it is not undone either.
 */
export function isGivenUp(signal: AbortSignal): boolean {
  return signal.aborted && signal.reason instanceof RsentError;
}

/** The same pieces, until the user interrupts. */
export async function* untilInterrupted<T>(
  pieces: AsyncIterable<T>,
  signal: AbortSignal,
): AsyncGenerator<T> {
  for await (const piece of pieces) {
    throwIfInterrupted(signal);
    yield piece;
  }
}

/**
 * The outcome of a question that need not be ended, unless the user interrupts before it comes.
 * @throws RsentError `interrupted`; the reason of a run given up
 */
export async function orInterrupted<T>(question: Promise<T>, signal: AbortSignal): Promise<T> {
  const heard = new AbortController();
  const interruption = new Promise<void>((resolve) => {
    if (signal.aborted) resolve();
    signal.addEventListener('abort', () => resolve(), { signal: heard.signal });
  });
  try {
    return await Promise.race([question, interruption.then(() => interrupted(signal))]);
  } finally {
    heard.abort();
  }
}

function interrupted(signal: AbortSignal): never {
  throwIfInterrupted(signal);
  throw new RsentError('bug', 'An interruption without a signal.');
}
