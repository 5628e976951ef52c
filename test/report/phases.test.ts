import fc from 'fast-check';
import colors from 'picocolors';
import type { Phase, PhaseName } from '../../src/model/drill.js';
import { phasesText } from '../../src/report/phases.js';

const plain = colors.createColors(false);
const NAMES: readonly PhaseName[] = [
  'detect',
  'agree',
  'elect',
  'promote',
  'client back',
  'old master in sync',
];

/** Phases one after the other, each so long (ms). */
function lasting(...lengths: number[]): Phase[] {
  let at = 0;
  return lengths.map((ms, i) => {
    const fromMs = at;
    at += ms;
    return { name: NAMES[i]!, fromMs, toMs: at };
  });
}

/** Each line's name, the cells before its bar, the bar, and its time. */
function rowsOf(phases: readonly Phase[]) {
  return phasesText(phases, plain)
    .split('\n')
    .map((line) => {
      const [, name = '', before = '', bar = '', time = ''] =
        /^ {2}(\S+(?: \S+)*) +?( *)([█▉▊▋▌▍▎▏]*) +(\S+ m?s)$/.exec(line) ?? [];
      const start = line.indexOf(bar === '' ? '\n' : bar);
      return { line, name, before, bar, start, time };
    });
}

/** So many cells, counted in eighths. */
const eighths = (bar: string) => [...bar].reduce((sum, cell) => sum + ' ▏▎▍▌▋▊▉█'.indexOf(cell), 0);

describe('phasesText', () => {
  it('gives each phase a line with its name and its own length', () => {
    const rows = rowsOf(lasting(2000, 100, 50, 850, 200, 3000));
    expect(rows.map(({ name, time }) => [name, time])).toEqual([
      ['detect', '2.00 s'],
      ['agree', '100 ms'],
      ['elect', '50 ms'],
      ['promote', '850 ms'],
      ['client back', '200 ms'],
      ['old master in sync', '3.00 s'],
    ]);
  });

  it('draws bars as long as the phases took', () => {
    const [first, second, third] = rowsOf(lasting(1000, 2000, 1000)).map(({ bar }) => eighths(bar));
    expect([first, second, third]).toEqual([88, 176, 88]);
  });

  it('lets each bar begin where the one before it ended', () => {
    const rows = rowsOf(lasting(1000, 2000, 1000));
    const [first, second, third] = rows.map(({ start }) => start);
    expect(second! - first!).toBe(11);
    expect(third! - second!).toBe(22);
  });

  it('draws one phase from one end to the other', () => {
    expect(rowsOf(lasting(7)).map(({ bar }) => eighths(bar))).toEqual([44 * 8]);
  });

  it('shows phases that took no time, the last one included', () => {
    for (const phases of [lasting(0, 0, 0), lasting(1000, 0), lasting(0, 60_000, 0)]) {
      expect(rowsOf(phases).filter(({ bar }) => bar === '')).toEqual([]);
    }
  });

  it('keeps to its width, with every phase visible and the times in one column', () => {
    const lengths = fc.array(fc.oneof(fc.nat(5), fc.nat(5_000_000)), {
      minLength: 1,
      maxLength: NAMES.length,
    });
    fc.assert(
      fc.property(lengths, (each) => {
        const rows = rowsOf(lasting(...each));
        const widths = new Set(rows.map(({ line }) => line.length));
        expect(widths.size).toBe(1);
        const left = Math.min(...rows.map(({ start }) => start));
        for (const { line, start, bar } of rows) {
          expect(line).not.toMatch(/NaN|undefined|Infinity/);
          expect(eighths(bar)).toBeGreaterThan(0);
          expect(start + bar.length - left).toBeLessThanOrEqual(44);
        }
      }),
    );
  });
});
