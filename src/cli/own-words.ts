/**
 * The words of a command line that are rsent's own: what follows `--` is for others.
 * @param words as they were typed
 */
export function ownWords(words: readonly string[]): readonly string[] {
  const end = words.indexOf('--');
  return end < 0 ? words : words.slice(0, end);
}

/** What follows `--`; nothing where there is none. */
export function afterDashes(words: readonly string[]): readonly string[] {
  const end = words.indexOf('--');
  return end < 0 ? [] : words.slice(end + 1);
}

/** True where the options ask for help. */
export function asksForHelp(words: readonly string[]): boolean {
  return ownWords(words).some((word) => word === '--help' || word === '-h');
}
