/** Enough to recognise what was typed, short enough for one line of a terminal. */
const MOST_SHOWN = 60;

/**
 * A value as a message quotes it: as JSON writes it, numbers that JSON has no word for by their
 * name, and cut where it is long.
 */
export function shown(value: unknown): string {
  const isNumber = typeof value === 'number' || typeof value === 'bigint';
  const text = isNumber ? String(value) : jsonOf(value);
  return clipped(text);
}

/** A word in a message, cut, between characters, where it is long. */
export function clipped(word: PropertyKey): string {
  const text = String(word);
  const units = [...text.slice(0, 2 * MOST_SHOWN)];
  return units.length > MOST_SHOWN ? `${units.slice(0, MOST_SHOWN - 1).join('')}…` : text;
}

/** No path is longer (PATH_MAX), and nobody reads a longer word, or line. */
const LONGEST_WORD = 1024;
const LONGEST_LINE = 4096;

/**
 * A message without words and lines that have no end: what a user has typed, or a server has said, is
 * recognised by its beginning and its end.
 */
export function bounded(message: string): string {
  if (message.length <= LONGEST_WORD) return message;
  return message
    .split('\n')
    .map((line) =>
      middleCut(
        line
          .split(' ')
          .map((word) => middleCut(word, LONGEST_WORD))
          .join(' '),
        LONGEST_LINE,
      ),
    )
    .join('\n');
}

function middleCut(text: string, most: number): string {
  if (text.length <= most) return text;
  const end = [...text.slice(-2 * MOST_SHOWN)].slice(-MOST_SHOWN).join('');
  return `${clipped(text)}${end}`;
}

/** Cut before it is quoted: a value of a megabyte is not written out twice. */
function jsonOf(value: unknown): string {
  if (typeof value === 'string') return JSON.stringify(value.slice(0, 2 * MOST_SHOWN));
  try {
    return JSON.stringify(value, namedNumbers) ?? String(value);
  } catch {
    return 'a value that refers to itself';
  }
}

/** JSON has null for them, which nobody has written. */
function namedNumbers(_key: string, value: unknown): unknown {
  return typeof value === 'number' && !Number.isFinite(value) ? String(value) : value;
}
