import fc from 'fast-check';
import { isAtLeast } from '../../src/model/version.js';

describe('isAtLeast', () => {
  it.each([
    ['7.0.15', '7.0.15', true],
    ['7.0.15', '7.0.9', true],
    ['7.0.9', '7.0.15', false],
    ['6.10.0', '6.2.0', true],
    ['10.0.0', '9.9.9', true],
    ['255.255.255', '8.0.0', true],
    ['8.1', '8.1.0', true],
    ['8', '8.0.1', false],
    ['unknown', '0.0.1', false],
    ['', '6.0.0', false],
  ])('%s, %s: %s', (version, since, is) => {
    expect(isAtLeast(version, since)).toBe(is);
  });

  it('is so of one of two, and of both only when they are the same', () => {
    const version = fc.tuple(fc.nat(12), fc.nat(12), fc.nat(12)).map((each) => each.join('.'));
    fc.assert(
      fc.property(version, version, (a, b) => {
        expect(isAtLeast(a, b) || isAtLeast(b, a)).toBe(true);
        expect(isAtLeast(a, b) && isAtLeast(b, a)).toBe(a === b);
      }),
    );
  });
});
