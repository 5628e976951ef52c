/** Bytes as Redis sees them, one character each. */
export function bytesOf(text: string): string {
  return Buffer.from(text, 'utf8').toString('latin1');
}

/**
 * The directives of a conf as Redis reads them (config.c, loadServerConfigFromString): one a line,
 * without comments and empty lines, each as its words.
 * @throws Error where Redis would refuse the file
 */
export function directivesOf(conf: string): string[][] {
  return bytesOf(conf)
    .split('\n')
    .map((line) => line.replace(/^[ \t\r]+|[ \t\r]+$/g, ''))
    .filter((line) => line !== '' && !line.startsWith('#') && !line.startsWith('\0'))
    .map(wordsOf);
}

const LETTERS: Readonly<Record<string, string>> = { n: '\n', r: '\r', t: '\t', b: '\b', a: '\x07' };

/** Words of a line (sds.c, sdssplitargs). */
function wordsOf(line: string): string[] {
  // To C a text ends at its first NUL.
  const text = line.split('\0')[0] ?? '';
  const words: string[] = [];
  for (let at = afterBlanks(text, 0); at < text.length; ) {
    const { word, end } = wordAt(text, at);
    words.push(word);
    at = afterBlanks(text, end);
  }
  return words;
}

function afterBlanks(text: string, from: number): number {
  let at = from;
  while (/^[ \t\n\v\f\r]$/.test(text[at] ?? '')) at++;
  return at;
}

function wordAt(text: string, from: number): { word: string; end: number } {
  let word = '';
  let at = from;
  for (;;) {
    const char = text[at] ?? '';
    if (char === '' || /[ \n\r\t]/.test(char)) return { word, end: at };
    if (char === '"' || char === "'") {
      const inner = char === '"' ? doubleQuoted(text, at + 1) : singleQuoted(text, at + 1);
      return { word: word + inner.word, end: inner.end };
    }
    word += char;
    at++;
  }
}

function doubleQuoted(text: string, from: number): { word: string; end: number } {
  let word = '';
  for (let at = from; ; ) {
    const [, hex] = /^\\x([0-9a-f]{2})/i.exec(text.slice(at, at + 4)) ?? [];
    const char = text[at] ?? '';
    const next = text[at + 1] ?? '';
    if (hex !== undefined) {
      word += String.fromCharCode(Number.parseInt(hex, 16));
      at += 4;
    } else if (char === '\\' && next !== '') {
      word += LETTERS[next] ?? next;
      at += 2;
    } else if (char === '"') {
      return { word, end: closed(text, at) };
    } else if (char === '') {
      throw new Error(`unbalanced quotes: ${text}`);
    } else {
      word += char;
      at++;
    }
  }
}

function singleQuoted(text: string, from: number): { word: string; end: number } {
  const [whole, word] = /^((?:\\'|[^'\\]|\\(?!'))*)'/.exec(text.slice(from)) ?? [];
  if (whole === undefined || word === undefined) throw new Error(`unbalanced quotes: ${text}`);
  return { word: word.replaceAll("\\'", "'"), end: closed(text, from + whole.length - 1) };
}

/** Behind a closing quote only a blank may stand. */
function closed(text: string, quote: number): number {
  const next = text[quote + 1] ?? '';
  if (next !== '' && !/[ \t\n\v\f\r]/.test(next)) throw new Error(`unbalanced quotes: ${text}`);
  return quote + 1;
}
