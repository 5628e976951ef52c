import { type Contestant, Ledger, race, rotated } from './rounds.js';

describe('rotated', () => {
  it.each([
    [0, ['a', 'b', 'c']],
    [1, ['b', 'c', 'a']],
    [5, ['c', 'a', 'b']],
  ])('in round %i', (round, order) => {
    expect(rotated(['a', 'b', 'c'], round)).toEqual(order);
  });
});

describe('race', () => {
  function courseOf(rounds: number, signal = new AbortController().signal) {
    const tidied: number[] = [];
    const ledger = new Ledger();
    const tidy = async () => void tidied.push(1);
    return { tidied, ledger, rounds, signal, tidy, pause: async () => {}, say: () => {} };
  }
  const contestant = (name: string, measure: () => Promise<number>): Contestant => ({
    ...{ name, rows: [name] },
    measure: async () => [{ row: name, value: await measure() }],
  });

  it('interleaves, and does not count the warm-up', async () => {
    const course = courseOf(2);
    const seen: string[] = [];
    const counting = (name: string) =>
      contestant(name, async () => {
        seen.push(name);
        return seen.length;
      });
    await race([counting('a'), counting('b')], course);
    expect(seen).toEqual(['a', 'b', 'b', 'a', 'a', 'b']);
    expect(Object.fromEntries(course.ledger.samples)).toEqual({ a: [4, 5], b: [3, 6] });
  });

  it('notes an error, tidies up, and goes on with the others', async () => {
    const course = courseOf(1);
    const failing = contestant('a', () => Promise.reject(new Error('no quorum')));
    await race([failing, contestant('b', async () => 1)], course);
    expect(course.ledger.failures).toEqual(['a, round 0: no quorum', 'a, round 1: no quorum']);
    expect(course.ledger.failed.get('a')).toBe(2);
    expect(course.ledger.samples.get('b')).toEqual([1]);
    expect(course.tidied).toHaveLength(2);
  });

  it('ends at once when it is interrupted', async () => {
    const controller = new AbortController();
    const course = courseOf(7, controller.signal);
    const interrupting = contestant('a', () => {
      controller.abort(new Error('interrupted'));
      return Promise.reject(new Error('killed'));
    });
    await expect(race([interrupting], course)).rejects.toThrow('interrupted');
    expect(course.ledger.failures).toEqual([]);
  });
});
