import type { Mark } from '../../src/plan/at-rest.js';
import { bytesSince, type InSync, restSince } from '../../src/plan/in-sync.js';

const mark = (changes: Partial<Mark> = {}): Mark => ({
  ...{ form: 'parts', generation: 2, bytes: 100, writtenAt: 1000 },
  ...changes,
});
const noted: InSync = { schemaVersion: 1, master: 'redis-1', mark: mark() };

describe('files since all nodes were in sync', () => {
  it.each([
    ['nothing was added', mark(), 0],
    ['something was', mark({ bytes: 130, writtenAt: 2000 }), 30],
    ['were cut', mark({ bytes: 99 }), undefined],
    ['were rewritten', mark({ generation: 3, bytes: 130 }), undefined],
    ['are of another server', mark({ form: 'single' }), undefined],
  ] as const)('%s', (_, now, expected) => {
    expect(bytesSince(mark(), now)).toBe(expected);
  });

  it('have nothing added to a dump: another size is another one', () => {
    const [then, now] = [mark({ form: 'dump' }), mark({ form: 'dump', bytes: 130 })];
    expect([bytesSince(then, then), bytesSince(then, now)]).toEqual([0, undefined]);
  });

  it('of the master that became less speak for all others that have data', () => {
    const rest = restSince(noted, mark({ bytes: 50 }), ['redis-1', 'redis-3']);
    expect(Object.fromEntries(rest ?? [])).toEqual({
      'redis-1': { since: 'less', inSync: true, wasMaster: true },
      'redis-3': { since: 'more', inSync: true, wasMaster: false },
    });
  });

  it.each([
    ['as they were', mark()],
    ['gone on with', mark({ bytes: 300 })],
    ['rewritten', mark({ generation: 3, bytes: 1 })],
    ['of another server', mark({ form: 'dump' })],
  ])('say nothing where they are %s', (_, now) => {
    expect(restSince(noted, now, ['redis-1', 'redis-2'])).toBeUndefined();
  });
});
