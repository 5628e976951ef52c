import fc from 'fast-check';
import { instantAt, instantOf, redisInstant, unixTime } from '../../src/logs/instant.js';

/** Any time in years of four digits. */
const anyTime = fc.date({
  min: new Date('1970-01-01'),
  max: new Date('9999-12-31'),
  noInvalidDate: true,
});

describe('instantOf', () => {
  it.each([
    ['2026-01-02T03:04:05.123456789Z', '2026-01-02T03:04:05.123456789Z'],
    ['2026-01-02T03:04:05Z', '2026-01-02T03:04:05.000000000Z'],
    ['2026-01-02T03:04:05.5Z', '2026-01-02T03:04:05.500000000Z'],
    ['2026-01-02T03:04:05.000000001+02:00', '2026-01-02T01:04:05.000000001Z'],
    ['2025-12-31T23:30:00.1-01:00', '2026-01-01T00:30:00.100000000Z'],
    ['2026-13-02T03:04:05Z', undefined],
    ['2026-01-02', undefined],
    ['', undefined],
    ['Ready', undefined],
  ])('of %j is %j', (text, instant) => {
    expect(instantOf(text)).toBe(instant);
  });

  it('has the order of time, as a text', () => {
    fc.assert(
      fc.property(anyTime, anyTime, (a, b) => {
        const [one = '', other = ''] = [a, b].map((date) => instantOf(date.toISOString()));
        expect(Math.sign(a.getTime() - b.getTime())).toBe(one < other ? -1 : one > other ? 1 : 0);
        expect(instantAt(a.getTime())).toBe(one);
      }),
    );
  });

  it('can be told to the engine without losing a nanosecond', () => {
    expect(unixTime('1970-01-01T00:01:00.000000001Z')).toBe('60.000000001');
    expect(unixTime('2026-01-02T03:04:05.987654321Z')).toBe('1767323045.987654321');
  });
});

describe('redisInstant', () => {
  const before = '2026-01-02T03:04:05.000000000Z';

  it.each([
    ['1:M 22 Nov 2026 17:14:15.323 * Ready', '2026-11-22T17:14:15.323000000Z'],
    ['23:C 01 Feb 2026 00:00:00.001 # x', '2026-02-01T00:00:00.001000000Z'],
    ['1:signal-handler (1795368725) Received SIGTERM', '2026-11-22T17:32:05.000000000Z'],
    ['1:signal-handler (1) Received SIGTERM', before],
    ['           _._', before],
    ['', before],
    ['1:M 22 Xxx 2026 17:14:15.323 * no month', before],
    ['1:M 99 Nov 2026 17:14:15.323 * no day', before],
  ])('of %j is %j', (line, at) => {
    expect(redisInstant(line, before)).toBe(at);
  });

  it('survives any line', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (line) => {
        expect(redisInstant(line, before)).toHaveLength(30);
      }),
    );
  });
});
