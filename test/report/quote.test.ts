import { execFileSync } from 'node:child_process';
import { runInNewContext } from 'node:vm';
import fc from 'fast-check';
import { shellWord } from '../../src/model/shell.js';
import {
  csharpString,
  goString,
  javaString,
  javascriptString,
  pythonString,
} from '../../src/report/quote.js';
import { HOSTILE_TEXTS, hostileText } from '../helpers/hostile.js';

/** A program's argument can hold neither a NUL nor half a character. */
const PASSABLE = HOSTILE_TEXTS.filter((text) => !/\0|\p{Surrogate}/u.test(text));
const EVERYONE = fc.sample(fc.string({ unit: 'grapheme' }), { numRuns: 200, seed: 1 });
const TEXTS = [
  ...PASSABLE,
  ...EVERYONE.filter((text) => !text.includes('\0')),
  "a'b'c",
  '!!',
  'a b',
];

/** What the shell makes of these words, each as one argument. */
function throughShell(words: readonly string[]): string[] {
  const script = `for word in ${words.join(' ')}; do printf '%s\\0' "$word"; done`;
  return execFileSync('/bin/sh', ['-c', script], { encoding: 'utf8' }).split('\0').slice(0, -1);
}

describe('shellWord', () => {
  it.each([
    [
      'a path',
      '/home/me/.local/share/rsent/lab/password',
      '/home/me/.local/share/rsent/lab/password',
    ],
    ['nothing', '', "''"],
    ['a space', '/my data', "'/my data'"],
    ['a single quote', "it's", "'it'\\''s'"],
    ['a command', '$(id)', "'$(id)'"],
    ['a line end', 'a\nb', "'a\nb'"],
    ['a home', '~', "'~'"],
  ])('writes %s', (_, text, word) => {
    expect(shellWord(text)).toBe(word);
  });

  it('is one word with the same text to a real shell, whatever is in it', () => {
    expect(throughShell(TEXTS.map(shellWord))).toEqual(TEXTS);
  });

  it('is so alone, too', () => {
    for (const text of PASSABLE) {
      const said = execFileSync('/bin/sh', ['-c', `printf %s ${shellWord(text)}`], {
        encoding: 'utf8',
      });
      expect(said).toBe(text);
    }
  });
});

describe('pythonString', () => {
  it.each([
    ['a path', '/data', "'/data'"],
    ['a single quote', "it's", "'it\\'s'"],
    ['a backslash', 'a\\n', "'a\\\\n'"],
    ['a line end', 'a\nb', "'a\\x0ab'"],
    ['a NUL', '\0', "'\\x00'"],
    ['DEL', '\x7f', "'\\x7f'"],
    ['a letter beyond ASCII', 'ü😀', "'ü😀'"],
  ])('writes %s', (_, text, literal) => {
    expect(pythonString(text)).toBe(literal);
  });

  const whole = [...HOSTILE_TEXTS.filter((text) => !/\p{Surrogate}/u.test(text)), ...EVERYONE];

  it('is one literal on one line', () => {
    for (const text of whole) {
      expect(pythonString(text)).toMatch(/^'(?:[^'\\\n\r\0]|\\(?:['\\]|x[0-9a-f]{2}))*'$/);
    }
  });

  it('has the same text by the grammar of Python', () => {
    // docs.python.org/3/reference/lexical_analysis.html, escape sequences.
    const read = (literal: string) =>
      literal
        .slice(1, -1)
        .replace(/\\(?:(['\\])|x([0-9a-f]{2}))/g, (_, char?: string, code = '') => {
          return char ?? String.fromCharCode(Number.parseInt(code, 16));
        });
    expect(whole.map(pythonString).map(read)).toEqual(whole);
  });
});

/** What the escapes of Java, C# and Go mean, as their grammars have it; any other is an error. */
const SIMPLE = /^\\(?:(["'\\])|u([0-9a-f]{4})|U([0-9a-f]{8})|([0-3][0-7]{2}))/;

function read(literal: string, quote: string, legal: RegExp): string {
  expect([literal[0], literal.at(-1)]).toEqual([quote, quote]);
  let rest = literal.slice(1, -1);
  let text = '';
  while (rest !== '') {
    const [whole, char, unit, point, octal] = SIMPLE.exec(rest) ?? [];
    if (whole === undefined) {
      expect(rest[0]).not.toBe(quote);
      expect(rest).toMatch(/^[ -[\]-~]/);
      text += rest[0];
      rest = rest.slice(1);
      continue;
    }
    expect(whole).toMatch(legal);
    text +=
      char ?? String.fromCodePoint(Number.parseInt(unit ?? point ?? octal ?? '', octal ? 8 : 16));
    rest = rest.slice(whole.length);
  }
  return text;
}

describe('javascriptString', () => {
  it('is one literal on one line, of the same text to a real JavaScript', () => {
    fc.assert(
      fc.property(hostileText, (text) => {
        const literal = javascriptString(text);
        expect(literal).toMatch(/^'[ -~]*'$/);
        expect(runInNewContext(literal)).toBe(text);
      }),
    );
  });
});

describe('csharpString', () => {
  it('is one literal on one line, of the same text', () => {
    fc.assert(
      fc.property(hostileText, (text) => {
        expect(read(csharpString(text), '"', /^\\(["\\]|u)/)).toBe(text);
      }),
    );
  });
});

describe('javaString', () => {
  it('is one literal on one line, of the same text', () => {
    fc.assert(
      fc.property(hostileText, (text) => {
        const literal = javaString(text);
        // Whatever \u makes is there before the literal is read: no quote, no line end.
        expect(literal.replaceAll('\\\\', '')).not.toMatch(/\\u00/);
        expect(read(literal, '"', /^\\(["\\]|u|[0-3])/)).toBe(text);
      }),
    );
  });

  it.each([
    ['a line end', '\n7', '"\\0127"'],
    ['what looks like an escape', '\\u000a', '"\\\\u000a"'],
    ['letters', 'ü\u0151😀', '"\\374\\u0151\\ud83d\\ude00"'],
  ])('writes %s', (_, text, literal) => {
    expect(javaString(text)).toBe(literal);
  });
});

describe('goString', () => {
  it('is one literal on one line, of the same text; half a character is none', () => {
    fc.assert(
      fc.property(hostileText, (text) => {
        const whole = text.replace(/\p{Surrogate}/gu, '\ufffd');
        expect(read(goString(text), '"', /^\\(["\\]|u(?!d[89a-f])|U)/)).toBe(whole);
      }),
    );
  });
});
