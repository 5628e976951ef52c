import fc from 'fast-check';
import { compareValues, quote, splitWords, tidyLine } from '../../src/model/directives.js';
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
    const oneLine = line.filter((text) => !/[\0\n\v\f\r]/.test(text) && !/^\s|\s$/.test(text));
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

  it.each(['"a', "'a", 'a"b', '"a"b', '"\\"', "'a''b'"])('refuses %s', (text) => {
    expect(splitWords(text)).toBeUndefined();
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
