import fc from 'fast-check';
import { phasesOf } from '../../src/drill/phases.js';
import type { Timings } from '../../src/model/timeline.js';

const ALL = { suspected: 2000, agreed: 2100, elected: 2150, promoted: 3000, rejoined: 6000 };

/** `detect 0..2000`, one line for each phase. */
const lines = (timings: Timings, firstAckMs?: number) =>
  phasesOf(timings, firstAckMs).map(({ name, fromMs, toMs }) => `${name} ${fromMs}..${toMs}`);

describe('phasesOf', () => {
  it('lets each phase begin where the one before it ended', () => {
    expect(lines(ALL, 3200)).toEqual([
      'detect 0..2000',
      'agree 2000..2100',
      'elect 2100..2150',
      'promote 2150..3000',
      'client back 3000..3200',
      'old master in sync 3200..6000',
    ]);
  });

  it.each<[string, keyof typeof ALL, string]>([
    ['agree', 'suspected', 'agree 0..2100'],
    ['elect', 'agreed', 'elect 2000..2150'],
    ['promote', 'elected', 'promote 2100..3000'],
    ['client back', 'promoted', 'client back 2150..3200'],
  ])('gives %s the time of a moment that nobody told', (_, absent, longer) => {
    const { [absent]: left, ...rest } = ALL;
    expect(lines(rest, 3200)).toHaveLength(5);
    expect(lines(rest, 3200)).toContain(longer);
  });

  it('knows no client where none wrote', () => {
    expect(lines(ALL).slice(-2)).toEqual(['promote 2150..3000', 'old master in sync 3000..6000']);
  });

  it('makes a phase short whose moment came before that of the phase before it', () => {
    expect(lines({ ...ALL, agreed: 1500 }, 2900)).toEqual([
      'detect 0..2000',
      'agree 2000..2000',
      'elect 2000..2150',
      'promote 2150..3000',
      'client back 3000..3000',
      'old master in sync 3000..6000',
    ]);
  });

  it('counts what Sentinel tells beside the failover for nothing', () => {
    expect(lines({ switched: 10, reconfigured: 20 })).toEqual([]);
  });

  it('makes nothing out of nothing', () => {
    expect(lines({})).toEqual([]);
    expect(lines({ suspected: 0 }, 0)).toEqual(['detect 0..0', 'client back 0..0']);
  });

  it('fills the time up to the last moment, in whatever order the moments came', () => {
    const moment = fc.option(fc.nat(60_000), { nil: undefined });
    const moments = fc.record({
      ...{ suspected: moment, agreed: moment, elected: moment, promoted: moment, rejoined: moment },
    });
    fc.assert(
      fc.property(moments, moment, (each, firstAckMs) => {
        const known = Object.entries(each).filter(([, ms]) => ms !== undefined);
        const phases = phasesOf(Object.fromEntries(known), firstAckMs);
        const ends = [...Object.values(each), firstAckMs].filter((ms) => ms !== undefined);
        expect(phases).toHaveLength(ends.length);
        expect(phases.at(-1)?.toMs ?? 0).toBe(Math.max(0, ...ends));
        phases.forEach(({ fromMs, toMs }, i) => {
          expect(fromMs).toBe(phases[i - 1]?.toMs ?? 0);
          expect(toMs).toBeGreaterThanOrEqual(fromMs);
        });
      }),
    );
  });
});
