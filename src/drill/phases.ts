import type { Phase, PhaseName } from '../model/drill.js';
import type { Timings } from '../model/timeline.js';

/**
 * Where the time went: each phase lasts from the moment before it to its own. A moment that nobody
 * told leaves its phase out, and one that was told late makes the next phase short: none is made up.
 * @param firstAckMs the first write that the new master acknowledged, as the probe saw it
 */
export function phasesOf(timings: Timings, firstAckMs: number | undefined): Phase[] {
  const ends: readonly (readonly [PhaseName, number | undefined])[] = [
    ['detect', timings.suspected],
    ['agree', timings.agreed],
    ['elect', timings.elected],
    ['promote', timings.promoted],
    ['client back', firstAckMs],
    ['old master in sync', timings.rejoined],
  ];
  const phases: Phase[] = [];
  let fromMs = 0;
  for (const [name, end] of ends) {
    if (end === undefined) continue;
    const toMs = Math.max(fromMs, end);
    phases.push({ name, fromMs, toMs });
    fromMs = toMs;
  }
  return phases;
}
