import colors from 'picocolors';
import { bytes, harmless, indent, paintFor, seconds, table } from '../../src/report/text.js';
import { controlsIn } from '../helpers/terminal.js';

describe('harmless', () => {
  it.each<[string, string, string]>([
    ['a colour', 'a\x1b[31mb', 'ab'],
    ['a screen clearing', '\x1b[2Jx', 'x'],
    ['a private mode', '\x1b[?25lx', 'x'],
    ['a title', '\x1b]0;evil\x07x', ']0;evilx'],
    ['a one-byte control sequence', '\x9b31mx', '31mx'],
    ['a carriage return', 'ok\rgone', 'okgone'],
    ['a backspace', 'a\x08b', 'ab'],
    ['a lonely escape', 'a\x1b', 'a'],
    ['a NUL', 'a\0b', 'ab'],
    ['DEL', 'a\x7fb', 'ab'],
    ['letters beyond ASCII, which stay', 'é日本’✗', 'é日本’✗'],
    ['line ends and tabs, which stay', 'a\n\tb', 'a\n\tb'],
  ])('takes out %s', (_, text, expected) => {
    expect(harmless(text)).toBe(expected);
  });

  it('leaves nothing behind that a terminal obeys, when parts of it join', () => {
    expect(controlsIn(harmless('\x1b\x1b[2J[2J'))).toEqual([]);
  });
});

describe('paintFor', () => {
  it.each([
    ['a terminal', { isTTY: true }, {}, true],
    ['no terminal', { isTTY: false }, {}, false],
    ['a pipe', {}, {}, false],
    ['NO_COLOR', { isTTY: true }, { NO_COLOR: '1' }, false],
    ['an empty NO_COLOR, which says nothing', { isTTY: true }, { NO_COLOR: '' }, true],
    ['a terminal without colours', { isTTY: true }, { TERM: 'dumb' }, false],
  ])('paints or not on %s', (_, stream, env, painted) => {
    expect(paintFor(stream, env).isColorSupported).toBe(painted);
  });
});

describe('table', () => {
  const plain = colors.createColors(false);

  it('sets columns under their headings, without trailing space', () => {
    expect(
      table(
        ['A', 'LONG'],
        [
          ['x', 'y'],
          ['wide one', '-'],
        ],
        plain,
      ),
    ).toBe(['A         LONG', 'x         y', 'wide one  -'].join('\n'));
  });

  it('has headings alone without rows', () => {
    expect(table(['A', 'B'], [], plain)).toBe('A  B');
  });
});

describe('seconds', () => {
  it.each([
    [0, '0 ms'],
    [999, '999 ms'],
    [1000, '1.00 s'],
    [2255, '2.25 s'],
    [12_340, '12.3 s'],
  ])('%d ms is %s', (ms, text) => {
    expect(seconds(ms)).toBe(text);
  });
});

describe('bytes', () => {
  it.each([
    [0, '0 B'],
    [999, '999 B'],
    [1200, '1.2 kB'],
    [3_400_000, '3.4 MB'],
  ])('%d is %s', (count, text) => {
    expect(bytes(count)).toBe(text);
  });
});

describe('indent', () => {
  it('moves every line', () => {
    expect(indent('a\nb', '  ')).toBe('  a\n  b');
  });
});
