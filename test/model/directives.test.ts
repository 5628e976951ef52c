import fc from 'fast-check';
import {
  compareValues,
  confWords,
  editLine,
  quote,
  splitWords,
  tidyLine,
} from '../../src/model/directives.js';
import { HOSTILE_TEXTS } from '../helpers/hostile.js';
import { directivesOf } from '../helpers/redis-conf.js';

const line = fc.oneof(
  fc.constantFrom(...HOSTILE_TEXTS),
  fc.string(),
  fc.string({ unit: 'binary' }),
  fc
    .array(fc.constantFrom(' ', '"', "'", '\\', 'x', '41', 'n', '\t', 'a'), { maxLength: 9 })
    .map((parts) => parts.join('')),
);

/** As Redis splits it; undefined where it refuses the file. */
function asRedis(text: string): string[] | undefined {
  try {
    return directivesOf(`d ${text}`)[0]?.slice(1);
  } catch {
    return undefined;
  }
}

describe('splitWords', () => {
  it('reads a line as Redis does, or not at all', () => {
    const oneLine = line.filter((text) => !/[\0\n]/.test(text) && !/^\s|\s$/.test(text));
    fc.assert(
      fc.property(oneLine, (text) => {
        const tidy = tidyLine(text);
        const expected = asRedis(text);
        if (expected === undefined) expect(tidy).toBeUndefined();
        else expect(asRedis(tidy ?? '"')).toEqual(expected);
      }),
      { numRuns: 2000 },
    );
  });

  it('gives back what was quoted', () => {
    fc.assert(
      fc.property(fc.array(fc.string({ unit: 'grapheme' })), (words) => {
        expect(splitWords(words.map(quote).join(' '))).toEqual(words);
      }),
    );
  });

  it.each(['"a', "'\\'", "'a", 'a"b', '"a"b', '"\\"', "'a''b'"])('refuses %s', (text) => {
    expect(splitWords(text)).toBeUndefined();
  });
});

describe('confWords', () => {
  it.each<[string, string, string[] | undefined]>([
    ['a vertical tab behind a blank is one', 'port 6379 \v', ['port', '6379']],
    ['a form feed before the name is a blank', '\f\vport 6379', ['port', '6379']],
    ['a form feed in a word belongs to it', 'port\f6379', ['port\f6379']],
    ['a vertical tab alone', '\v', []],
    ['a comment', ' \t# port 1', []],
    ['a comment behind a form feed is none', '\f#x 1', ['#x', '1']],
    ['an end of line of Windows', 'port 6379\r', ['port', '6379']],
    ['what C no longer sees', 'port 1\x002', ['port', '1']],
    ['a backslash before the closing quote', "a '\\'", undefined],
    ['a blank that only JavaScript knows', 'a\u00a0b', ['a\u00a0b']],
  ])('%s', (_, text, expected) => {
    expect(confWords(text)).toEqual(expected);
  });
});

describe('editLine', () => {
  it.each(['# port 1', '', ' \t', 'port "1', 'port 1 # \v'])('leaves %j as it is', (text) => {
    expect(editLine(text, (words) => words)).toBe(text);
  });

  it('writes other words so that they are read as they are', () => {
    const word = fc.string({
      unit: fc.integer({ min: 0, max: 255 }).map((n) => String.fromCharCode(n)),
    });
    fc.assert(
      fc.property(fc.array(word, { minLength: 1 }), (words) => {
        expect(directivesOf(editLine('port 1', () => ['d', ...words]))[0]).toEqual(['d', ...words]);
      }),
    );
  });
});

describe('tidyLine', () => {
  it('is one line that stays as it is when it is read again', () => {
    fc.assert(
      fc.property(line, (text) => {
        const tidy = tidyLine(text);
        if (tidy === undefined) return;
        expect(tidy).toMatch(/^[\x20-\x7e]*$/);
        expect(tidyLine(tidy)).toBe(tidy);
        expect(directivesOf(`d ${tidy}`)).toHaveLength(1);
      }),
    );
  });
});

describe('compareValues', () => {
  it.each<[string, string, string]>([
    ['yes', 'yes', 'same'],
    ['YES', 'yes', 'same'],
    ['100mb', '104857600', 'same'],
    ['1k', '1000', 'same'],
    ['1kb', '1000', 'different'],
    ['0', '1', 'different'],
    ['-2', '128', 'different'],
    ['everysec', 'always', 'different'],
    ['allkeys-lru', 'noeviction', 'unclear'],
    ['allkeys-lru', 'volatile-lru', 'different'],
    ['KEA', 'AKE', 'unclear'],
    ['relative', 'yes', 'unclear'],
    ['replica 300mb 64mb 60', 'normal 0 0 0 slave 314572800 67108864 60', 'unclear'],
  ])('takes %s and %s for %s', (given, told, expected) => {
    expect(compareValues(given, told)).toBe(expected);
  });
});
