/**
 * Directives of a conf by their names, each with what follows the name, once for every time it is
 * given. None at all: it was given once, and is to be taken away where it still is.
 */
export type Directives = Readonly<Record<string, readonly string[]>>;

const PLAIN = /^[A-Za-z0-9_.:/@+-]+$/;

/**
 * A value as one token of redis.conf: plain where it can be, else in double quotes with escapes
 * (sds.c, sdssplitargs). A newline can never end the line: no value brings a directive of its own.
 */
export function quote(value: string): string {
  return quoteBytes(latin1Of(value));
}

/** The same of bytes, a character each. */
function quoteBytes(bytes: string): string {
  if (PLAIN.test(bytes)) return bytes;
  const escaped = [...bytes].map((char) => {
    const byte = char.charCodeAt(0);
    if (char === '"' || char === '\\') return `\\${char}`;
    return byte >= 0x20 && byte < 0x7f ? char : `\\x${byte.toString(16).padStart(2, '0')}`;
  });
  return `"${escaped.join('')}"`;
}

const LETTERS: Readonly<Record<string, string>> = { n: '\n', r: '\r', t: '\t', b: '\b', a: '\x07' };
/** What `isspace` of C takes for a blank: all of these are skipped between words. */
const BLANKS = ' \t\n\v\f\r';
/** What ends a bare word. A vertical tab or a form feed does not: it belongs to the word. */
const ENDS = ' \t\n\r';

/** One word, as bytes, and where the text goes on behind it. */
interface Scanned {
  readonly word: string;
  readonly end: number;
}

/**
 * Words of a line as Redis splits it, as bytes; undefined where it would refuse the line. Each turn
 * takes at least one byte, so this ends in as many turns as there are bytes.
 * Source: sds.c, sdssplitargs. A text ends at its first NUL, as all do in C.
 */
function splitBytes(line: string): string[] | undefined {
  const nul = line.indexOf('\0');
  const text = nul < 0 ? line : line.slice(0, nul);
  const words: string[] = [];
  for (let at = afterBlanks(text, 0); at < text.length; ) {
    const scanned = scanWord(text, at);
    if (scanned === undefined) return undefined;
    words.push(scanned.word);
    at = afterBlanks(text, scanned.end);
  }
  return words;
}

function afterBlanks(text: string, from: number): number {
  let at = from;
  while (at < text.length && BLANKS.includes(text.charAt(at))) at++;
  return at;
}

/** Bare bytes, or quotes, or both; quotes end the word, and only a blank may follow them. */
function scanWord(text: string, from: number): Scanned | undefined {
  let at = from;
  while (at < text.length && !`${ENDS}"'`.includes(text.charAt(at))) at++;
  const bare = text.slice(from, at);
  const quote = text.charAt(at);
  if (quote !== '"' && quote !== "'") return { word: bare, end: at };
  const quoted = scanQuoted(text, at + 1, quote);
  if (quoted === undefined) return undefined;
  const isClosed = quoted.end >= text.length || BLANKS.includes(text.charAt(quoted.end));
  return isClosed ? { word: bare + quoted.word, end: quoted.end } : undefined;
}

/** What is in quotes, up to the closing one; undefined where there is none. */
function scanQuoted(text: string, from: number, quote: string): Scanned | undefined {
  const pieces: string[] = [];
  for (let at = from; at < text.length; ) {
    const char = text.charAt(at);
    if (char === quote) return { word: pieces.join(''), end: at + 1 };
    const escaped = char === '\\' ? escapeAt(text, at + 1, quote) : undefined;
    pieces.push(escaped?.byte ?? char);
    at += 1 + (escaped?.length ?? 0);
  }
  return undefined;
}

/** What follows a backslash; undefined where it stands for itself. */
function escapeAt(text: string, at: number, quote: string) {
  const char = text.charAt(at);
  if (quote === "'") return char === "'" ? { byte: char, length: 1 } : undefined;
  const hex = char === 'x' ? text.slice(at + 1, at + 3) : '';
  if (/^[0-9a-fA-F]{2}$/.test(hex)) {
    return { byte: String.fromCharCode(Number.parseInt(hex, 16)), length: 3 };
  }
  return char === '' ? undefined : { byte: LETTERS[char] ?? char, length: 1 };
}

/**
 * Words of a line of a conf file as Redis reads it; none for an empty line and a comment, undefined
 * where it would refuse the line. Source: config.c, loadServerConfigFromString, which trims lines of
 * blanks, tabs and carriage returns only.
 */
export function confWords(line: string): string[] | undefined {
  const trimmed = trimmedLine(line);
  return trimmed.startsWith('#') ? [] : splitWords(trimmed);
}

/** The line without what Redis trims off it; a regular expression would look back at every blank. */
function trimmedLine(line: string): string {
  let [from, to] = [0, line.length];
  while (from < to && ENDS.includes(line.charAt(from))) from++;
  while (to > from && ENDS.includes(line.charAt(to - 1))) to--;
  return line.slice(from, to);
}

/**
 * A line of a conf with other words; the line as it is where the words stay, where it is no
 * directive, and where Redis would refuse it. What is rewritten is in the one form of `tidyLine`.
 */
export function editLine(
  line: string,
  edit: (words: readonly string[]) => readonly string[],
): string {
  const trimmed = trimmedLine(line);
  const words = trimmed.startsWith('#') ? [] : splitBytes(latin1Of(trimmed));
  if (words === undefined || words.length === 0) return line;
  const edited = edit(words);
  return edited === words ? line : edited.map(quoteBytes).join(' ');
}

/** The bytes of a text, a character each. */
function latin1Of(text: string): string {
  return Buffer.from(text, 'utf8').toString('latin1');
}

/** Words of a line of redis.conf; undefined where Redis would refuse the line. */
export function splitWords(line: string): string[] | undefined {
  const bytes = splitBytes(latin1Of(line));
  return bytes?.map((word) => Buffer.from(word, 'latin1').toString('utf8'));
}

/** The same line in the one form in which rsent writes it; undefined where it cannot be read. */
export function tidyLine(line: string): string | undefined {
  const bytes = splitBytes(latin1Of(line));
  return bytes?.map(quoteBytes).join(' ');
}

/** The name by which Redis knows a directive since 5.0, whatever it was called before. */
export function presentName(name: string): string {
  return name.toLowerCase().replaceAll('slave', 'replica');
}

/**
 * Whether a value that a server tells is the one that it was given. Servers tell some in words of
 * their own: what may be such a case is unclear.
 */
export function compareValues(given: string, told: string): 'same' | 'different' | 'unclear' {
  const [one, other] = [given, told].map((text) => text.trim().toLowerCase());
  if (one === undefined || other === undefined || one === other) return 'same';
  const [left, right] = [bytesIn(one), bytesIn(other)];
  if (left !== undefined && right !== undefined) return left === right ? 'same' : 'different';
  const words = /^(yes|no|always|everysec|(no|all)[a-z]+-[a-z-]+|volatile-[a-z]+)$/;
  return words.test(one) && words.test(other) ? 'different' : 'unclear';
}

const UNIT: Readonly<Record<string, number>> = {
  ...{ '': 1, b: 1, k: 1000, kb: 1024, m: 1000 ** 2, mb: 1024 ** 2 },
  ...{ g: 1000 ** 3, gb: 1024 ** 3 },
};

/** A number, or a size in the words of redis.conf (util.c, memtoull). */
function bytesIn(text: string): number | undefined {
  const [, digits, unit = ''] = /^(-?\d{1,15})([kmg]?b?)$/.exec(text) ?? [];
  const factor = UNIT[unit];
  return digits === undefined || factor === undefined ? undefined : Number(digits) * factor;
}
