import { durationText } from './duration.js';
import type { SpecInput } from './fields.js';
import type { Layer } from './layers.js';

/** Below these nothing works, whatever the machine. The figures are those of src/sentinel.c of Redis. */
const BOUNDS = {
  downAfter: {
    // Its timer runs every 53 to 100 ms (sentinelTimer), and it pings once in each period.
    leastMs: 200,
    why: 'Sentinel looks only ten times a second',
  },
  failoverTimeout: {
    // Up to 1 s until the attempt begins (SENTINEL_MAX_DESYNC), 1 s until the others have voted
    // (sentinel_ask_period), 1 s until INFO shows the promotion.
    leastMs: 3000,
    why: 'an attempt takes Sentinel that long: it votes, and sees the promotion, once a second',
  },
} as const;

/**
 * What is wrong with a time that Sentinel is given; it completes "--down-after …".
 * @param ms as it was asked for
 */
export function tooShort(field: keyof typeof BOUNDS, ms: number): string | undefined {
  const { leastMs, why } = BOUNDS[field];
  if (ms >= leastMs) return undefined;
  return `is ${durationText(ms)}; legal is ${durationText(leastMs)} or more: ${why}`;
}

/** What a layer asks for that could not work; what exists already may stay as it is. */
export function boundProblems({ isKept, where }: Layer, input: SpecInput): string[] {
  if (isKept) return [];
  return (['downAfter', 'failoverTimeout'] as const).flatMap((field) => {
    const ms = input[field];
    const problem = ms === undefined ? undefined : tooShort(field, ms);
    return problem === undefined ? [] : [`${where(field)} ${problem}`];
  });
}
