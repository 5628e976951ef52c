import { parseBoolean } from '../../src/spec/boolean.js';

describe('what is on or off', () => {
  it.each([
    [true, [true, 'true', 'TRUE', 'yes', 'Yes', 'on', 'ON', '1', 1]],
    [false, [false, 'false', 'False', 'no', 'NO', 'off', 'oFF', '0', 0]],
  ])('is %s in any case', (expected, values) => {
    expect(values.map(parseBoolean)).toEqual(values.map(() => expected));
  });

  it('is never guessed', () => {
    const others = ['', ' ', 'n', 'y', 'nope', 'yes ', 'tru', '2', '-1', '00', 'null', 'enabled'];
    const odd = [null, undefined, 2, -0.5, Number.NaN, {}, [], ['yes'], 'toString', '__proto__'];
    expect([...others, ...odd].map(parseBoolean).filter((said) => said !== undefined)).toEqual([]);
  });
});
