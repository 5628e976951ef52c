import fc from 'fast-check';
import { compareTails, isSettled, leastAhead, type Tail } from '../../src/plan/tails.js';

const tail = (changes: Partial<Tail>): Tail => ({
  ...{ commands: [], form: 'parts', isWhole: true, beganAt: 0, hasOwnTimes: true },
  ...{ addedAt: 9e6, writtenAt: 9e6 },
  ...changes,
});
const of = (text: string, changes: Partial<Tail> = {}) => tail({ commands: [...text], ...changes });

describe('two histories of which one continues the other', () => {
  it.each([
    ['are alike', 'abc', 'abc', 0],
    ['are alike, one rewritten later', 'abc', 'c', 0],
    ['differ by what the second has at its end', 'ab', 'abcd', 2],
    ['differ so, the second rewritten later', 'abc', 'cde', 2],
    ['differ so, the first rewritten later', 'cd', 'abcdef', 2],
    ['differ by what the first has at its end', 'abcd', 'ab', -2],
    ['have nothing in common', 'ab', 'cd', undefined],
    ['may belong together in two ways', 'xax', 'axaxb', 1],
    ['may be alike', 'aaa', 'aaaaa', -2],
    ['are empty', '', 'a', undefined],
  ] as const)('%s', (_, own, other, ahead) => {
    expect(leastAhead([...own], [...other])).toBe(ahead);
  });

  /** Put both side by side in every way. */
  const slowly = (own: string, other: string) => {
    let least: number | undefined;
    for (let shift = -own.length; shift <= other.length; shift++) {
      // The second's end is so far beyond the first's.
      const start = other.length - shift - own.length;
      const common = [...own].flatMap((each, i) =>
        other[start + i] === undefined || start + i < 0 ? [] : [each === other[start + i]],
      );
      if (common.length > 0 && common.every(Boolean)) least ??= shift;
    }
    return least;
  };

  it('are compared in every way', () => {
    const text = fc.string({ unit: fc.constantFrom('a', 'b', 'c'), maxLength: 12 });
    fc.assert(
      fc.property(text, text, (own, other) => {
        expect(leastAhead([...own], [...other])).toBe(slowly(own, other));
      }),
      { numRuns: 3000 },
    );
  });
});

describe("a master's file", () => {
  it.each([
    ['ends before its replica’s', of('ab'), of('abcd'), { is: 'behind', commands: 2 }],
    ['was cut before its replica’s begins', of('ab'), of('cd'), { is: 'lacks' }],
    ['is empty, and its replica took something since', of(''), of('a'), { is: 'lacks' }],
    [
      'was last written before its replica’s',
      of('ax', { writtenAt: 1e6, isWhole: false }),
      of('xyx'),
      { is: 'lacks' },
    ],
    ['has what its replica has', of('abc'), of('bc'), { is: 'fine' }],
    ['has more than its replica', of('abc'), of('ab'), { is: 'fine' }],
    ['is followed by one that has heard nothing', of('abc'), of(''), { is: 'fine' }],
    [
      'was rewritten after its replica was last heard of',
      of('k', { beganAt: 8.5e6 }),
      of('kl', { addedAt: 8e6 }),
      { is: 'fine' },
    ],
    [
      'was rewritten, and all are copies that have lost their times',
      of('k', { beganAt: 8.5e6, hasOwnTimes: false }),
      of('kl', { hasOwnTimes: false }),
      { is: 'fine' },
    ],
    ['is of another server than its replica’s', of('ab', { form: 'single' }), of('cd'), FINE()],
    ['is known in part, with little alike', of('ab', { isWhole: false }), of('bc'), FINE()],
  ] as const)('%s', (_, own, other, expected) => {
    expect(compareTails(own, other)).toEqual(expected);
  });

  it('is read further back only where the ends differ', () => {
    const part = { isWhole: false };
    expect(isSettled(of('abc', part), of('bc', part))).toBe(true);
    expect(isSettled(of('abc', part), of('', part))).toBe(true);
    expect(isSettled(of('abc', part), of('bcd', part))).toBe(false);
    expect(isSettled(of('abc'), of('d'))).toBe(true);
  });
});

function FINE() {
  return { is: 'fine' } as const;
}

const anEvent = fc.record({
  what: fc.constantFrom('write', 'write', 'write', 'rewrite', 'unlink', 'link'),
  node: fc.constantFrom<'own' | 'other'>('own', 'other'),
  value: fc.nat({ max: 2 }),
  seconds: fc.constantFrom(0, 1, 3, 60),
});
type Event = typeof anEvent extends fc.Arbitrary<infer T> ? T : never;

/** A master and a replica; what each has heard, and from where on its file has it. */
class Pair {
  now = 1000;
  readonly #history: string[] = [];
  #isLinked = true;
  readonly #files = {
    own: { from: 0, to: 0, beganAt: 1000, addedAt: 1000 },
    other: { from: 0, to: 0, beganAt: 1000, addedAt: 1000 },
  };

  constructor(events: readonly Event[], isDistinct: boolean) {
    for (const { what, node, value, seconds } of events) {
      this.now += seconds;
      if (what === 'write') this.#write(isDistinct ? `${this.#history.length}` : `${value}`);
      else if (what === 'rewrite') this.#rewrite(node);
      else if (what === 'unlink') this.#isLinked = false;
      else this.#link();
    }
  }

  #write(command: string): void {
    this.#history.push(command);
    for (const each of this.#isLinked ? (['own', 'other'] as const) : (['own'] as const)) {
      this.#files[each].to = this.#history.length;
      this.#files[each].addedAt = this.now;
    }
  }

  #rewrite(node: 'own' | 'other'): void {
    const file = this.#files[node];
    Object.assign(file, { from: file.to, beganAt: this.now });
  }

  /** It takes over all, in a file that is rewritten. */
  #link(): void {
    if (this.#isLinked) return;
    this.#isLinked = true;
    this.#files.other.to = this.#history.length;
    this.#rewrite('other');
  }

  tail(node: 'own' | 'other', lost = 0): Tail {
    const { from, to, beganAt, addedAt } = this.#files[node];
    return tail({
      commands: this.#history.slice(from, to - lost),
      beganAt: beganAt * 1000,
      addedAt: addedAt * 1000,
      writtenAt: Math.max(beganAt, addedAt, lost > 0 ? this.now : 0) * 1000,
    });
  }
}

describe('a master and its replica, whatever they have been through', () => {
  const events = fc.array(anEvent, { maxLength: 30 });

  it('are never taken for others than they are while the master has all', () => {
    fc.assert(
      fc.property(events, fc.boolean(), (given, isDistinct) => {
        const pair = new Pair(given, isDistinct);
        expect(compareTails(pair.tail('own'), pair.tail('other'))).toEqual({ is: 'fine' });
      }),
      { numRuns: 5000 },
    );
  });

  it('are never taken for others by copies that have lost their times', () => {
    fc.assert(
      fc.property(events, fc.nat({ max: 90 }), (given, after) => {
        const pair = new Pair(given, false);
        const copied = (at: number) => ({
          ...{ addedAt: at * 1000, writtenAt: at * 1000, hasOwnTimes: false },
        });
        const own = { ...pair.tail('own'), ...copied(pair.now) };
        const other = { ...pair.tail('other'), ...copied(pair.now + after) };
        expect(compareTails(own, other)).toEqual({ is: 'fine' });
      }),
      { numRuns: 5000 },
    );
  });

  it('are told apart when the file of the master was cut, and its replica heard something since', () => {
    fc.assert(
      fc.property(events, fc.integer({ min: 1, max: 40 }), (given, cut) => {
        const last: Event = { what: 'write', node: 'own', value: 0, seconds: 3 };
        const first: Event = { ...last, what: 'link' };
        const pair = new Pair([...given, first, last, last], true);
        const lost = Math.min(cut, pair.tail('own').commands.length);
        const found = compareTails(pair.tail('own', lost), pair.tail('other'));
        expect(found).not.toEqual({ is: 'fine' });
        if (found.is === 'behind') expect(found.commands).toBe(lost);
      }),
      { numRuns: 5000 },
    );
  });
});
