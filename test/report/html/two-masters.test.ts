import type { RoleSpan } from '../../../src/model/drill.js';
import { totalMs, twoMasters } from '../../../src/report/html/two-masters.js';

const span = (
  node: string,
  fromMs: number,
  toMs: number,
  role: RoleSpan['role'] = 'master',
): RoleSpan => ({ node, role, fromMs, toMs });

const found = (...roles: RoleSpan[]) => twoMasters(roles).map(({ fromMs, toMs }) => [fromMs, toMs]);

describe('twoMasters', () => {
  it('finds none among none', () => {
    expect(found()).toEqual([]);
  });

  it('finds none where one master follows the other', () => {
    expect(found(span('a', 0, 5), span('b', 7, 9))).toEqual([]);
  });

  it('finds none where one ends as the other begins', () => {
    expect(found(span('a', 0, 5), span('b', 5, 9))).toEqual([]);
  });

  it('finds the time that two have in common', () => {
    expect(found(span('a', 0, 5), span('b', 3, 9))).toEqual([[3, 5]]);
  });

  it('finds one reign within another', () => {
    expect(found(span('a', 0, 10), span('b', 3, 4))).toEqual([[3, 4]]);
  });

  it('takes an isolated master for one', () => {
    expect(found(span('a', 0, 11, 'isolated'), span('b', 3, 16))).toEqual([[3, 11]]);
  });

  it.each<RoleSpan['role']>(['replica', 'syncing', 'sentinel', 'down', 'frozen', 'cut', 'silent'])(
    'takes no %s for one',
    (role) => {
      expect(found(span('a', 0, 11, role), span('b', 3, 16))).toEqual([]);
    },
  );

  it('goes on where a master becomes isolated, and back', () => {
    const roles = [span('a', 0, 4), span('a', 4, 8, 'isolated'), span('a', 8, 12)];
    expect(found(...roles, span('b', 2, 20))).toEqual([[2, 12]]);
  });

  it('goes on where the second master gives way to a third', () => {
    expect(found(span('a', 0, 20), span('b', 2, 6), span('c', 6, 9))).toEqual([[2, 9]]);
  });

  it('counts three masters as one interval', () => {
    expect(found(span('a', 0, 10), span('b', 2, 8), span('c', 4, 6))).toEqual([[2, 8]]);
  });

  it('keeps intervals apart', () => {
    expect(found(span('a', 0, 20), span('b', 2, 4), span('b', 6, 9))).toEqual([
      [2, 4],
      [6, 9],
    ]);
  });

  it('does not count a node twice whose spans overlap', () => {
    expect(found(span('a', 0, 5), span('a', 3, 9, 'isolated'))).toEqual([]);
  });

  it('finds nothing in a span without length', () => {
    expect(found(span('a', 0, 9), span('b', 4, 4))).toEqual([]);
  });

  it('does not depend on the order of the spans', () => {
    expect(found(span('b', 3, 9), span('a', 12, 15), span('a', 0, 5))).toEqual([[3, 5]]);
  });
});

describe('totalMs', () => {
  it('adds the intervals up', () => {
    expect(
      totalMs([
        { fromMs: 2, toMs: 4 },
        { fromMs: 10, toMs: 15 },
      ]),
    ).toBe(7);
  });
});
