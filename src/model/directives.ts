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
  return quoteBytes(Buffer.from(value, 'utf8').toString('latin1'));
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
const BLANK = ' \\t\\r\\n';
/** One word of a line: bare characters, or quotes, or both; only a blank may follow closed quotes. */
const WORD = new RegExp(
  `[${BLANK}\\v\\f]*(?=[^${BLANK}])([^${BLANK}"']*)(?:"((?:\\\\[\\s\\S]|[^"\\\\])*)"|'((?:\\\\'|[^'])*)')?(?=[${BLANK}\\v\\f]|$)`,
  'y',
);

/** Words of a line as Redis splits it, as bytes; undefined where it would refuse the line. */
function splitBytes(line: string): string[] | undefined {
  const words: string[] = [];
  let end = 0;
  WORD.lastIndex = 0;
  for (let match = WORD.exec(line); match !== null; match = WORD.exec(line)) {
    end = WORD.lastIndex;
    const [, bare = '', double = '', single = ''] = match;
    words.push(bare + plain(double) + single.replaceAll("\\'", "'"));
  }
  return /^[ \t\r\n\v\f]*$/.test(line.slice(end)) ? words : undefined;
}

function plain(quoted: string): string {
  return quoted.replace(/\\(?:x([0-9a-fA-F]{2})|([\s\S]))/g, (_, hex?: string, char = '') =>
    hex === undefined ? (LETTERS[char] ?? char) : String.fromCharCode(Number.parseInt(hex, 16)),
  );
}

/** Words of a line of redis.conf; undefined where Redis would refuse the line. */
export function splitWords(line: string): string[] | undefined {
  const bytes = splitBytes(Buffer.from(line, 'utf8').toString('latin1'));
  return bytes?.map((word) => Buffer.from(word, 'latin1').toString('utf8'));
}

/** The same line in the one form in which rsent writes it; undefined where it cannot be read. */
export function tidyLine(line: string): string | undefined {
  const bytes = splitBytes(Buffer.from(line, 'utf8').toString('latin1'));
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
