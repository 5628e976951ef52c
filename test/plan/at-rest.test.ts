import { type AtRest, type Mark, remembering, restOf, sinceRest } from '../../src/plan/at-rest.js';

const mark = (generation: number, bytes: number, writtenAt = 5, form: Mark['form'] = 'parts') => ({
  ...{ form, generation, bytes, writtenAt },
});

describe('the files of a node since it was stopped', () => {
  it.each<[string, Mark, Mark, string | undefined]>([
    ['nothing was written', mark(2, 9), mark(2, 9), 'same'],
    ['something was written over', mark(2, 9), mark(2, 9, 6), 'more'],
    ['commands were added', mark(2, 9), mark(2, 10, 6), 'more'],
    ['it was rewritten, and is smaller', mark(2, 9), mark(3, 0, 6), 'more'],
    ['it was cut', mark(2, 9), mark(2, 8, 6), 'less'],
    ['it was emptied', mark(2, 9), mark(2, 0, 6), 'less'],
    ['an older one is there, which was larger', mark(2, 9), mark(1, 99, 4), 'less'],
    ['the server is a later one', mark(0, 9, 5, 'single'), mark(1, 0, 6), undefined],
    ['a dump of the same time is shorter', mark(7, 9, 5, 'dump'), mark(7, 8, 5, 'dump'), undefined],
    ['a dump is older', mark(7, 9, 5, 'dump'), mark(6, 9, 5, 'dump'), 'less'],
  ])('are known where %s', (_, then, now, expected) => {
    expect(sinceRest(then, now)).toBe(expected);
  });

  it('are compared for each node that was remembered and has files', () => {
    const atRest: AtRest = {
      ...{ schemaVersion: 1, master: 'redis-2' },
      nodes: ['redis-1', 'redis-2', 'redis-3'].map((name) => ({
        ...{ name, mark: mark(2, 9), inSync: name !== 'redis-3' },
      })),
    };
    const now = new Map([
      ['redis-1', mark(2, 8)],
      ['redis-2', mark(2, 9)],
      ['redis-4', mark(2, 9)],
    ]);
    expect([...restOf(atRest, now)]).toEqual([
      ['redis-1', { since: 'less', inSync: true, wasMaster: false }],
      ['redis-2', { since: 'same', inSync: true, wasMaster: true }],
    ]);
  });
});

describe('what is remembered', () => {
  const before: AtRest = {
    ...{ schemaVersion: 1, master: 'redis-1' },
    nodes: [
      { name: 'redis-1', mark: mark(2, 9), inSync: true },
      { name: 'redis-2', mark: mark(2, 9), inSync: true },
    ],
  };

  it('is what all are now, and of one that was cut while it slept what it was', () => {
    const marks = new Map([
      ['redis-1', mark(2, 3)],
      ['redis-2', mark(2, 20)],
      ['redis-3', mark(5, 1)],
    ]);
    const ending = { ran: new Set(['redis-3']), master: 'redis-3', inSync: new Set(['redis-3']) };
    expect(remembering(before, ending, marks)).toEqual({
      ...{ schemaVersion: 1, master: 'redis-3' },
      nodes: [
        { name: 'redis-1', mark: mark(2, 9), inSync: false },
        { name: 'redis-2', mark: mark(2, 20), inSync: false },
        { name: 'redis-3', mark: mark(5, 1), inSync: true },
      ],
    });
  });

  it('names no master that was not certain', () => {
    const ending = { ran: new Set(['redis-1']), inSync: new Set<string>() };
    expect(remembering(before, ending, new Map([['redis-1', mark(2, 3)]]))).toEqual({
      schemaVersion: 1,
      nodes: [{ name: 'redis-1', mark: mark(2, 3), inSync: false }],
    });
  });
});
