import fc from 'fast-check';
import { spreadOf, spreadsOf } from '../../src/drill/spread.js';
import type { DrillReport } from '../../src/model/drill.js';
import { clientReport } from '../helpers/client-report.js';
import { crashReport } from '../helpers/drill-report.js';

const upTo = (count: number) => Array.from({ length: count }, (_, i) => i + 1);

describe('spreadOf', () => {
  it.each<[string, number[], number[]]>([
    ['one figure', [7], [7, 7, 7, 7]],
    ['two figures: the median is a figure that was seen', [1, 100], [1, 1, 100, 100]],
    ['three figures', [5, 1, 3], [1, 3, 5, 5]],
    ['four figures', [4, 2, 3, 1], [1, 2, 4, 4]],
    ['figures as numbers, not as texts', [10, 9, 100], [9, 10, 100, 100]],
    ['nineteen figures', upTo(19), [1, 10, 19, 19]],
    ['twenty figures: the last one is beyond 95 of 100', upTo(20), [1, 10, 19, 20]],
    ['a hundred figures', upTo(100).reverse(), [1, 50, 95, 100]],
    ['equal figures', [0, 0, 0], [0, 0, 0, 0]],
    ['figures below zero', [-5, 0, 5], [-5, 0, 5, 5]],
  ])('of %s', (_, figures, [min, median, p95, max]) => {
    expect(spreadOf(figures)).toEqual({ min, median, p95, max });
  });

  it('of nothing is none', () => {
    expect(spreadOf([])).toBeUndefined();
  });

  it('leaves the figures as they are', () => {
    const figures = Object.freeze([3, 1, 2]);
    expect(spreadOf(figures)).toMatchObject({ min: 1, max: 3 });
    expect(figures).toEqual([3, 1, 2]);
  });

  it('is made of the figures, in order, with so many of them below as it says', () => {
    fc.assert(
      fc.property(fc.array(fc.integer(), { minLength: 1 }), (figures) => {
        const { min, median, p95, max } = spreadOf(figures)!;
        const found = [min, median, p95, max];
        expect(found).toEqual([...found].sort((a, b) => a - b));
        expect(found.filter((each) => !figures.includes(each))).toEqual([]);
        const share = (limit: number) =>
          figures.filter((each) => each <= limit).length / figures.length;
        expect(share(median)).toBeGreaterThanOrEqual(0.5);
        expect(share(p95)).toBeGreaterThanOrEqual(0.95);
        expect([min, max]).toEqual([Math.min(...figures), Math.max(...figures)]);
      }),
    );
  });
});

describe('spreadsOf', () => {
  const withClient = (firstAckMs: number, lastedMs: number, lost: number): DrillReport => {
    const client = clientReport([]);
    const total = { ...client.total, lost };
    const longestGap = { fromMs: 0, lastedMs };
    return crashReport({ client: { ...client, firstAckMs, longestGap, total }, phases: [] });
  };
  const names = (reports: readonly DrillReport[]) => spreadsOf(reports).map(({ figure }) => figure);

  it('tells what the client felt', () => {
    expect(spreadsOf([withClient(300, 400, 0), withClient(100, 500, 2)])).toEqual([
      {
        figure: 'fault to first acknowledged write (ms)',
        spread: { min: 100, median: 100, p95: 300, max: 300 },
      },
      {
        figure: 'longest time without an acknowledged write (ms)',
        spread: { min: 400, median: 400, p95: 500, max: 500 },
      },
      { figure: 'acknowledged writes lost', spread: { min: 0, median: 0, p95: 2, max: 2 } },
    ]);
  });

  it('tells how long each phase lasted, not when it ended', () => {
    const { client, ...report } = crashReport();
    const at = (fromMs: number, toMs: number) => ({
      ...report,
      phases: [{ name: 'elect', fromMs, toMs }] as const,
    });
    expect(spreadsOf([at(2000, 2100), at(5000, 5020)])).toEqual([
      { figure: 'elect (ms)', spread: { min: 20, median: 20, p95: 100, max: 100 } },
    ]);
  });

  it('tells the phases in their own order, whichever drill had them', () => {
    const phase = (name: 'promote' | 'detect' | 'old master in sync') => {
      return { name, fromMs: 0, toMs: 1 };
    };
    const [a, b] = [withClient(1, 1, 0), withClient(1, 1, 0)];
    const reports = [
      { ...a, phases: [phase('old master in sync'), phase('promote')] },
      { ...b, phases: [phase('detect')] },
    ];
    expect(names(reports).slice(3)).toEqual([
      'detect (ms)',
      'promote (ms)',
      'old master in sync (ms)',
    ]);
  });

  it('leaves out what no drill had', () => {
    const { client, ...report } = crashReport({ phases: [] });
    expect(spreadsOf([report])).toEqual([]);
    expect(spreadsOf([])).toEqual([]);
    const { firstAckMs, ...noAck } = clientReport([]);
    expect(names([{ ...report, client: noAck }])).toEqual([
      'longest time without an acknowledged write (ms)',
      'acknowledged writes lost',
    ]);
  });
});
