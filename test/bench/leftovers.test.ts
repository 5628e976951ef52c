import { isOf } from './leftovers.js';

describe('isOf', () => {
  const run = { id: '7', home: '/tmp/rsent-bench-7-x' };

  it.each([
    [true, { 'rsent-bench': '7' }],
    [true, { 'rsent.directory': '/tmp/rsent-bench-7-x/data/a' }],
    [false, { 'rsent-bench': '8' }],
    [false, { 'rsent.directory': '/tmp/rsent-bench-7-xy/data/a' }],
    [false, { 'rsent.directory': '/home/me/.rsent/a' }],
    [false, {}],
  ])('%s for %j', (is, labels) => {
    expect(isOf(run, labels as Record<string, string>)).toBe(is);
  });
});
