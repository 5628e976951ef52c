import fc from 'fast-check';
import { type Branch, branchOf } from '../../src/plan/branches.js';
import type { Tail } from '../../src/plan/tails.js';

const of = (commands: readonly string[], changes: Partial<Tail> = {}): Tail => ({
  ...{ commands, form: 'parts', isWhole: true, beganAt: 0, hasOwnTimes: true },
  ...{ addedAt: 9e6, writtenAt: 9e6 },
  ...changes,
});
const row = (mark: string, count: number) => Array.from({ length: count }, (_, i) => `${mark}${i}`);
const [shared, lost, later] = [row('s', 20), row('l', 5), row('n', 7)];
const repeated = (count: number) => row('', count).map(() => 'INCR n');
const PREFIX: Branch = { is: 'prefix' };
const UNKNOWN: Branch = { is: 'unknown' };
const diverged = (commands: number): Branch => ({ is: 'diverged', commands });

describe('what a node has that the master which it copies never got', () => {
  it.each([
    ['nothing: both are alike', shared, shared, PREFIX],
    ['nothing: the master has gone on', [...shared, ...later], shared, PREFIX],
    ['nothing: the node’s file was begun later', [...shared, ...later], shared.slice(3), PREFIX],
    ['nothing: the master’s was', [...shared.slice(3), ...later], shared, PREFIX],
    ['its last commands', shared, [...shared, ...lost], diverged(5)],
    ['its last ones, and the master has others', [...shared, ...later], [...shared, ...lost], 5],
    ['so, and the master’s file was begun later', [...shared.slice(9), 'x'], [...shared, 'y'], 1],
    ['so, and the node’s was', [...shared, ...later], [...shared.slice(9), ...lost], diverged(5)],
    ['nobody knows: they have nothing in common', later, lost, UNKNOWN],
    ['nobody knows: the master’s file is new', [], shared, UNKNOWN],
    ['nobody knows: its own is', shared, [], UNKNOWN],
    ['nobody knows: commands repeat themselves', repeated(3), repeated(5), UNKNOWN],
    ['nobody knows: little is alike', ['beat', ...later], [...lost, 'beat'], UNKNOWN],
  ] as const)('%s', (_, master, node, expected) => {
    const branch = branchOf(of(master), { tail: of(node), isAll: false });
    expect(branch).toEqual(typeof expected === 'number' ? diverged(expected) : expected);
  });

  it('is nothing, however short its file, where the master has all that it ever took', () => {
    const [master, node] = [of(['a', 'b', 'c']), of(['a', 'b'])];
    expect(branchOf(master, { tail: node, isAll: true })).toEqual(PREFIX);
    expect(branchOf(master, { tail: node, isAll: false })).toEqual(UNKNOWN);
    const cut = of(['a', 'b'], { isWhole: false });
    expect(branchOf(master, { tail: cut, isAll: true })).toEqual(UNKNOWN);
  });

  it('is nothing where the master has all since they were in sync, which may be no command', () => {
    const node = of([...shared, 'a', 'b']);
    expect(branchOf(of(['a', 'b', 'c']), { tail: node, isAll: false, sinceSync: 2 })).toEqual(
      PREFIX,
    );
    expect(branchOf(of(['b', 'c']), { tail: node, isAll: false, sinceSync: 2 })).toEqual(UNKNOWN);
    expect(branchOf(undefined, { tail: node, isAll: false, sinceSync: 0 })).toEqual(PREFIX);
  });

  it('is unknown where a file cannot be read, or is of another server', () => {
    const [one, single] = [of(shared), of(shared, { form: 'single' })];
    expect(branchOf(undefined, { tail: one, isAll: true })).toEqual(UNKNOWN);
    expect(branchOf(one, { tail: undefined, isAll: true })).toEqual(UNKNOWN);
    expect(branchOf(one, { tail: single, isAll: true })).toEqual(UNKNOWN);
  });

  const commands = (mark: string, minLength: number) =>
    fc.array(fc.constantFrom('0', '1', '2'), { minLength, maxLength: 40 }).map((all) =>
      // No command comes twice: then nothing is a coincidence.
      all.map((each, i) => `${mark}${i}:${each}`),
    );

  it('is told of all histories whose commands differ', () => {
    const histories = fc.record({
      common: commands('c', 16),
      own: commands('o', 0),
      other: commands('p', 0),
      begins: fc.tuple(fc.nat(60), fc.nat(60)),
    });
    fc.assert(
      fc.property(histories, ({ common, own, other, begins }) => {
        const [a, b] = begins.map((begin) => Math.min(begin, common.length)) as [number, number];
        const [master, node] = [[...common, ...own].slice(a), [...common, ...other].slice(b)];
        const branch = branchOf(of(master), { tail: of(node), isAll: false });
        const isKnown = Math.max(a, b) < common.length;
        // What is said is true, and never that nothing is lost where something may be.
        if (branch.is === 'prefix') expect(other).toEqual([]);
        if (branch.is === 'diverged') expect(branch.commands).toBe(other.length);
        if (isKnown && other.length > 0) expect(branch.is).toBe('diverged');
        if (common.length - Math.max(a, b) >= 16 && other.length === 0)
          expect(branch.is).toBe('prefix');
      }),
      { numRuns: 2000 },
    );
  });

  it('is never nothing where a command of the node is nowhere in the master’s', () => {
    const few = fc.array(fc.constantFrom('a', 'b'), { maxLength: 30 });
    fc.assert(
      fc.property(few, few, fc.boolean(), (master, node, isAll) => {
        const tail = of([...node, 'its own']);
        expect(branchOf(of(master), { tail, isAll })).not.toEqual(PREFIX);
      }),
      { numRuns: 2000 },
    );
  });
});
