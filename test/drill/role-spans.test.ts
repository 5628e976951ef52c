import fc from 'fast-check';
import { type FaultSpan, spansOf } from '../../src/drill/roles.js';
import type { FaultKind, RoleSpan } from '../../src/model/drill.js';
import { linesOf, type Role, said, window, ZERO } from '../helpers/role-samples.js';

describe('the window of spansOf', () => {
  const samples = [said(-90, 'replica'), said(40, 'syncing'), said(200, 'master')];
  const within = (from: number, to: number) => linesOf(spansOf(samples, [], window(from, to)));

  it('begins with what the node was first known to be', () => {
    expect(within(-500, 100)).toEqual(['replica -500..40', 'syncing 40..100']);
  });

  it('cuts off what was before and after', () => {
    expect(within(50, 90)).toEqual(['syncing 50..90']);
    expect(within(-10, 60)).toEqual(['replica -10..40', 'syncing 40..60']);
  });

  it('may lie behind all that is known', () => {
    expect(within(300, 400)).toEqual(['master 300..400']);
  });

  it('holds nothing when it is empty', () => {
    expect(within(50, 50)).toEqual([]);
  });
});

describe('the spans of spansOf, whatever was seen,', () => {
  const nodes = ['redis-1', 'redis-2', 'sentinel-1'];
  const node = fc.constantFrom(...nodes);
  const at = fc.integer({ min: -300, max: 900 }).map((ms) => ZERO + ms);
  const role = fc.constantFrom<Role>('master', 'replica', 'syncing', 'sentinel', 'silent');
  const samples = fc.array(fc.record({ at, node, role }), { maxLength: 40 });
  const faults = fc.array(
    fc
      .record({
        node,
        kind: fc.constantFrom<FaultKind>('crash', 'shutdown', 'hang', 'partition'),
        fromAt: at,
        lastedMs: fc.option(fc.nat(400), { nil: undefined }),
      })
      .map(({ lastedMs, ...rest }): FaultSpan => {
        return lastedMs === undefined ? rest : { ...rest, toAt: rest.fromAt + lastedMs };
      }),
    { maxLength: 4 },
  );
  const anyWindow = fc
    .tuple(fc.integer({ min: -400, max: 500 }), fc.integer({ min: 1, max: 600 }))
    .map(([from, long]) => window(from, from + long));

  it('fill the window for each node that was asked: without overlap, gap or repetition', () => {
    fc.assert(
      fc.property(samples, faults, anyWindow, samples, (seen, made, shown, inside) => {
        const spans = spansOf(seen, made, shown, inside);
        for (const name of nodes) {
          const own = spans.filter((span) => span.node === name);
          expect(own.length > 0).toBe(seen.some((sample) => sample.node === name));
          if (own.length === 0) continue;
          expect(own[0]?.fromMs).toBe(shown.fromAt - ZERO);
          expect(own.at(-1)?.toMs).toBe(shown.toAt - ZERO);
          own.forEach((span, i) => {
            expect(span.toMs).toBeGreaterThan(span.fromMs);
            if (i === 0) return;
            expect(span.fromMs).toBe(own[i - 1]?.toMs);
            expect(span.role).not.toBe(own[i - 1]?.role);
          });
        }
      }),
    );
  });

  it('do not depend on the order in which the answers were kept', () => {
    // Two answers of one node at one moment have no order of their own.
    const once = samples.map((seen) => [
      ...new Map(seen.map((each) => [`${each.node} ${each.at}`, each])).values(),
    ]);
    const byNode = (spans: readonly RoleSpan[]) =>
      nodes.flatMap((name) => spans.filter((span) => span.node === name));
    fc.assert(
      fc.property(once, faults, anyWindow, (seen, made, shown) => {
        const turned = spansOf([...seen].reverse(), made, shown);
        expect(byNode(turned)).toEqual(byNode(spansOf(seen, made, shown)));
      }),
    );
  });
});
