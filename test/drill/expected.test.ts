import fc from 'fast-check';
import { expectedOf, type Ordered, proofMs } from '../../src/drill/expected.js';
import type { Candidate } from '../../src/drill/target.js';
import type { Expected, FaultKind } from '../../src/model/drill.js';

const DOWN_AFTER_MS = 2000;
const KINDS: readonly FaultKind[] = ['crash', 'shutdown', 'hang', 'partition'];

/** So many masters, replicas and Sentinels at once. */
function hit(masters: number, replicas: number, sentinels: number): Candidate[] {
  const some = (count: number, kind: Candidate['kind'], role: Candidate['role']) =>
    Array.from({ length: count }, (_, i): Candidate => ({ name: `${role}-${i}`, kind, role }));
  return [
    ...some(masters, 'redis', 'master'),
    ...some(replicas, 'redis', 'replica'),
    ...some(sentinels, 'sentinel', 'sentinel'),
  ];
}

/** `1+2+3`: master, replicas, Sentinels; the quorum is the majority when not said. */
function shape(text: string, quorum?: number) {
  const [, replicas = 0, sentinels = 0] = text.split('+').map(Number);
  return { replicas, sentinels, quorum: quorum ?? Math.floor(sentinels / 2) + 1 };
}

const order = (targets: readonly Candidate[], more: Partial<Ordered> = {}): Ordered => ({
  kind: 'crash',
  targets,
  downAfterMs: DOWN_AFTER_MS,
  ...more,
});

describe('expectedOf', () => {
  it.each<[string, string, [number, number, number], Expected]>([
    ['1+2+3', 'the master', [1, 0, 0], 'failover'],
    ['1+2+3', 'a replica', [0, 1, 0], 'no failover'],
    ['1+2+3', 'all replicas', [0, 2, 0], 'no failover'],
    ['1+2+3', 'a Sentinel', [0, 0, 1], 'no failover'],
    ['1+2+3', 'nobody', [0, 0, 0], 'no failover'],
    ['1+2+3', 'the master and a replica', [1, 1, 0], 'failover'],
    ['1+2+3', 'the master and all replicas', [1, 2, 0], 'no failover'],
    ['1+2+3', 'the master and a Sentinel', [1, 0, 1], 'failover'],
    ['1+2+3', 'the master and two Sentinels', [1, 0, 2], 'no failover'],
    ['1+2+3', 'the master, a replica and a Sentinel', [1, 1, 1], 'failover'],
    ['1+1+3', 'the master', [1, 0, 0], 'failover'],
    ['1+1+3', 'the master and its only replica', [1, 1, 0], 'no failover'],
    ['1+4+5', 'the master and two Sentinels', [1, 0, 2], 'failover'],
    ['1+4+5', 'the master and three Sentinels', [1, 0, 3], 'no failover'],
    ['1+4+5', 'the master and three replicas', [1, 3, 0], 'failover'],
    ['1+4+5', 'the master and four replicas', [1, 4, 0], 'no failover'],
    ['1+2+4', 'the master and a Sentinel', [1, 0, 1], 'failover'],
    ['1+2+4', 'the master and two Sentinels: half is no majority', [1, 0, 2], 'no failover'],
    ['1+2+2', 'the master and one of two Sentinels', [1, 0, 1], 'no failover'],
    ['1+2+1', 'the master, with a single Sentinel', [1, 0, 0], 'failover'],
    ['1+0+3', 'a master that nobody could follow', [1, 0, 0], 'no failover'],
    ['1+2+0', 'a master that nobody watches', [1, 0, 0], 'no failover'],
  ])('in %s, of a fault on %s', (topology, _, counts, expected) => {
    for (const kind of KINDS) {
      expect(expectedOf(order(hit(...counts), { kind }), shape(topology))).toBe(expected);
    }
  });

  it.each<[number, number, Expected]>([
    [2, 1, 'failover'],
    [3, 0, 'failover'],
    [3, 1, 'no failover'],
    [1, 1, 'failover'],
    [1, 2, 'no failover'],
  ])('takes a quorum of %d and a majority, with %d Sentinels of 3 away', (quorum, away, what) => {
    expect(expectedOf(order(hit(1, 0, away)), shape('1+2+3', quorum))).toBe(what);
  });

  it.each<[Ordered['kind'], number, Expected]>([
    ['crash', 3, 'no failover'],
    ['hang', 3, 'no failover'],
    ['partition', 1, 'no failover'],
    // Healed together, they may agree that the master is gone before they hear from it again.
    ['partition', 2, 'either'],
    ['partition', 3, 'either'],
  ])('of a %s of %d Sentinels of 3', (kind, away, what) => {
    expect(expectedOf(order(hit(0, 0, away), { kind }), shape('1+2+3'))).toBe(what);
  });

  it('counts nobody whose role is unknown', () => {
    const unknown: Candidate = { name: 'redis-9', kind: 'redis', role: 'unknown' };
    expect(expectedOf(order([unknown]), shape('1+2+3'))).toBe('no failover');
  });

  it('never expects more of a fault that hits more Sentinels', () => {
    const counts = fc.record({
      replicas: fc.nat(4),
      sentinels: fc.integer({ min: 1, max: 9 }),
      quorum: fc.integer({ min: 1, max: 9 }),
      away: fc.nat(8),
    });
    fc.assert(
      fc.property(counts, ({ away, ...spec }) => {
        const [fewer, more] = [away, away + 1].map((n) => expectedOf(order(hit(1, 0, n)), spec));
        expect([fewer, more]).not.toEqual(['no failover', 'failover']);
      }),
    );
  });
});

describe('expectedOf a fault that ends by itself', () => {
  const lasting = (kind: FaultKind, forMs: number) =>
    expectedOf(order(hit(1, 0, 0), { kind, forMs }), shape('1+2+3'));

  it.each<[number, Expected]>([
    [1, 'no failover'],
    [DOWN_AFTER_MS - 1, 'no failover'],
    [DOWN_AFTER_MS, 'either'],
    [DOWN_AFTER_MS + 3000, 'either'],
    [DOWN_AFTER_MS + 3001, 'failover'],
    [600_000, 'failover'],
  ])('after %d ms', (forMs, expected) => {
    expect(lasting('hang', forMs)).toBe(expected);
    expect(lasting('partition', forMs)).toBe(expected);
  });

  it.each<[FaultKind]>([['crash'], ['shutdown']])(
    'by a %s: who died does not come back by the clock',
    (kind) => {
      expect(lasting(kind, 1)).toBe('failover');
    },
  );

  it('still expects nothing where nothing could come of it', () => {
    const ordered = order(hit(1, 2, 0), { kind: 'hang', forMs: 600_000 });
    expect(expectedOf(ordered, shape('1+2+3'))).toBe('no failover');
  });

  it('measures by the down-after of this drill', () => {
    const ordered = order(hit(1, 0, 0), { kind: 'hang', forMs: 4000, downAfterMs: 5000 });
    expect(expectedOf(ordered, shape('1+2+3'))).toBe('no failover');
  });
});

describe('proofMs', () => {
  it('is as long as it may take until a fault that would cause a failover does', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 600_000 }), (downAfterMs) => {
        const lasting = (forMs: number) =>
          expectedOf({ kind: 'hang', targets: hit(1, 0, 0), forMs, downAfterMs }, shape('1+2+3'));
        expect(lasting(proofMs(downAfterMs))).toBe('either');
        expect(lasting(proofMs(downAfterMs) + 1)).toBe('failover');
      }),
    );
  });
});
