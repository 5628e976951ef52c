import { RsentError } from '../../src/model/errors.js';
import { shown } from '../../src/model/shown.js';

describe('a value in a message', () => {
  it.each<[unknown, string]>([
    ['lab', '"lab"'],
    ['a\nb\x1b[31m', '"a\\nb\\u001b[31m"'],
    [5, '5'],
    [Number.NaN, 'NaN'],
    [Number.NEGATIVE_INFINITY, '-Infinity'],
    [{ a: Number.NaN }, '{"a":"NaN"}'],
    [12n, '12'],
    [null, 'null'],
    [undefined, 'undefined'],
    [['a', 1], '["a",1]'],
  ])('is quoted: %j', (value, text) => {
    expect(shown(value)).toBe(text);
  });

  it('is cut, between characters, where it is long', () => {
    for (const value of [
      'x'.repeat(1e6),
      '😀'.repeat(1e5),
      '"'.repeat(1e5),
      Array(1e5).fill('y'),
    ]) {
      const text = shown(value);
      expect([...text].length).toBeLessThanOrEqual(60);
      expect(text.endsWith('…')).toBe(true);
      expect(() => encodeURIComponent(text)).not.toThrow();
    }
  });

  it('may refer to itself', () => {
    const value: { self?: unknown } = {};
    value.self = value;
    expect(shown(value)).toBe('a value that refers to itself');
  });
});

describe('a message', () => {
  it('has no word and no line without end, whatever was typed or said', () => {
    for (const piece of [
      'x'.repeat(1e5),
      '😀'.repeat(1e5),
      'x '.repeat(1e5),
      '\u001b['.repeat(1e5),
    ]) {
      const { message, hint } = new RsentError('usage', `--file: ${piece} is missing.\nNext.`, {
        hint: `rsent up -f ${piece}`,
      });
      for (const text of [message, hint ?? '']) {
        expect(text.length).toBeLessThan(5000);
        expect(() => encodeURIComponent(text)).not.toThrow();
      }
      expect(message).toMatch(/^--file: [\s\S]* is missing\.\nNext\.$/);
    }
  });

  it('is as it was where it is as long as a path may be', () => {
    const text = `Cannot write ${'/abc'.repeat(200)}: the disk is full.`;
    expect(new RsentError('topology', text).message).toBe(text);
  });
});
