/** Where a verb is cut short: after one of its steps, or so many ms after it began. */
export type Moment = { readonly step: string } | { readonly ms: number };

/** The seed of this run: the one that was given, or one that nobody has chosen. */
export const KILL_SEED = Number(process.env['RSENT_KILL_SEED'] ?? Date.now() % 1_000_000);

/** All steps of every plan take hours; a third of them, another third in each run, half an hour. */
const SHARE = process.env['RSENT_ALL_STEPS'] === '1' ? 1 : 1 / 3;

/** A verb that has no plan is cut short at so many moments. */
const MOMENTS = Math.round(9 * SHARE);

/**
 * The moments at which a verb is to be killed: each of its steps with the same chance, in their
 * order. Where it has none, moments spread over the time that it took.
 * @param lines the steps of a whole run, as `kind id`
 * @param tookMs how long that took
 */
export function momentsOf(verb: string, lines: readonly string[], tookMs: number): Moment[] {
  const random = randomOf(`${KILL_SEED} ${verb}`);
  const steps = lines.map((line) => ({ step: line.split(' ')[1] ?? '' }));
  if (steps.length === 0)
    return Array.from({ length: MOMENTS }, () => ({ ms: Math.round(random() * tookMs) }));
  const some = steps.filter(() => random() < SHARE);
  return some.length > 0 ? some : steps.slice(0, 1);
}

/** Numbers from 0 to 1, the same ones for the same text (mulberry32 over FNV-1a). */
function randomOf(text: string): () => number {
  let state = 0x811c9dc5;
  for (const char of text) state = Math.imul(state ^ (char.codePointAt(0) ?? 0), 0x01000193);
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}
