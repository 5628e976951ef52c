import fc from 'fast-check';
import { spreadOf } from './spread.js';

describe('spreadOf', () => {
  it.each([
    [[], undefined],
    [[3], { median: 3, min: 3, max: 3, n: 1 }],
    [[5, 1, 10], { median: 5, min: 1, max: 10, n: 3 }],
    [[4, 1, 2, 30], { median: 3, min: 1, max: 30, n: 4 }],
  ])('of %j is %j', (values, spread) => {
    expect(spreadOf(values)).toEqual(spread);
  });

  it('has as many figures below its median as above', () => {
    const figures = fc.array(fc.integer({ min: 0, max: 100 }), { minLength: 1 });
    fc.assert(
      fc.property(figures, (values) => {
        const { median = -1 } = spreadOf(values) ?? {};
        const half = values.length / 2;
        expect(values.filter((value) => value < median).length).toBeLessThanOrEqual(half);
        expect(values.filter((value) => value > median).length).toBeLessThanOrEqual(half);
      }),
    );
  });
});
