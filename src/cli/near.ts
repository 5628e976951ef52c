/** More than a slip of the fingers is another word. */
const MOST_SLIPS = 2;

/**
 * The word that was probably meant, or undefined when none is near enough.
 * @param typed what was typed
 * @param known what is known
 */
export function nearest(typed: string, known: readonly string[]): string | undefined {
  // A word of a megabyte is near to nothing, and comparing it takes as long as it is.
  if (typed.length > 40) return undefined;
  const most = Math.min(MOST_SLIPS, Math.ceil(typed.length / 3));
  const ranked = known
    .map((word) => ({ word, slips: distance(typed, word) }))
    .sort((a, b) => a.slips - b.slips);
  const [best] = ranked;
  return best !== undefined && best.slips <= most ? best.word : undefined;
}

/** Letters to add, leave out, change, or swap with their neighbour. */
function distance(a: string, b: string): number {
  const rows = Array.from({ length: a.length + 1 }, (_, i) => [i]);
  const at = (i: number, j: number) => rows[i]?.[j] ?? (i === 0 ? j : 0);
  for (let i = 1; i <= a.length; i++) {
    for (let j = 1; j <= b.length; j++) {
      const changed = at(i - 1, j - 1) + (a[i - 1] === b[j - 1] ? 0 : 1);
      const least = Math.min(at(i - 1, j) + 1, at(i, j - 1) + 1, changed);
      const isSwapped = i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1];
      (rows[i] as number[])[j] = isSwapped ? Math.min(least, at(i - 2, j - 2) + 1) : least;
    }
  }
  return at(a.length, b.length);
}
