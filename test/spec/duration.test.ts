import { durationText, parseDuration } from '../../src/spec/duration.js';

describe('parseDuration', () => {
  it.each<[string | number, number]>([
    ['500ms', 500],
    ['5s', 5000],
    ['3m', 180_000],
    ['1h', 3_600_000],
    ['1.5s', 1500],
    ['0.5ms', 1],
    ['  5s ', 5000],
    ['2000', 2000],
    [2000, 2000],
    ['2147483647', 2 ** 31 - 1],
  ])('reads %j as %d ms', (text, ms) => {
    expect(parseDuration(text)).toBe(ms);
  });

  it.each<[string, string | number]>([
    ['no number', 's'],
    ['nothing', ''],
    ['zero', 0],
    ['what rounds to zero', '0.4ms'],
    ['a negative number', '-5s'],
    ['an unknown unit', '5d'],
    ['a unit in capitals', '5S'],
    ['an exponent', '1e3'],
    ['two durations', '1m 30s'],
    ['more than a signed 32-bit integer holds', '2147483648'],
    ['not a number', Number.NaN],
  ])('refuses %s', (_, text) => {
    expect(parseDuration(text)).toBeUndefined();
  });
});

describe('durationText', () => {
  it.each<[number, string]>([
    [1, '1ms'],
    [1500, '1500ms'],
    [5000, '5s'],
    [90_000, '90s'],
    [60_000, '1m'],
    [180_000, '3m'],
  ])('writes %d ms as %s', (ms, text) => {
    expect(durationText(ms)).toBe(text);
  });

  it('is read back as the same time', () => {
    for (const ms of [1, 999, 1000, 1001, 59_999, 60_000, 61_000, 3_600_000]) {
      expect(parseDuration(durationText(ms))).toBe(ms);
    }
  });
});
