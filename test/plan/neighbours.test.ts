import { crowding, neighboursOf } from '../../src/plan/neighbours.js';

describe('neighboursOf', () => {
  it.each([
    [2, 3, 40],
    [10, 3, 120],
    [30, 5, 462],
    [60, 9, 1430],
  ])('for 1+%d+%d', (replicas, sentinels, entries) => {
    expect(neighboursOf({ replicas, sentinels })).toBe(entries);
  });
});

describe('crowding', () => {
  const large = { replicas: 60, sentinels: 9 };

  it('says what is needed and what there is', () => {
    expect(crowding(large, { limit: 1024, taken: 25 })).toBe(
      '70 nodes on a bridge need 1430 entries in the kernel’s table of neighbours, and 999 of 1024 are free',
    );
  });

  it.each([
    ['what just fits', { limit: 1430, taken: 0 }, undefined],
    [
      'what is there already but for a few',
      { limit: 1455, taken: 1433 },
      { ...large, replicas: 59 },
    ],
    ['fewer nodes than there are', { limit: 1024, taken: 1024 }, { replicas: 61, sentinels: 9 }],
  ])('has nothing against %s', (_, table, present) => {
    expect(crowding(large, table, present)).toBeUndefined();
  });

  it('counts what a topology has already', () => {
    expect(crowding(large, { limit: 1455, taken: 1434 }, { ...large, replicas: 59 })).toContain(
      'need 22 more entries',
    );
  });

  it('has no less than nothing free', () => {
    expect(crowding(large, { limit: 1024, taken: 2000 })).toContain('0 of 1024 are free');
  });
});
