import fc from 'fast-check';
import { mergeByTime, Reorder } from '../../src/logs/order.js';

interface Line {
  readonly at: string;
  readonly log: number;
  readonly n: number;
}

const time = (ms: number) => String(ms).padStart(6, '0');

/** Logs with lines at any times; `steady`: clocks that never go back. */
function logsOf(steady: boolean): fc.Arbitrary<Line[][]> {
  const times = fc.array(fc.integer({ min: 0, max: 500 }), { maxLength: 15 });
  return fc.array(times, { maxLength: 5 }).map((logs) =>
    logs.map((log, i) => {
      const sorted = steady ? log.sort((a, b) => a - b) : log;
      return sorted.map((ms, n) => ({ at: time(ms), log: i, n }));
    }),
  );
}

async function* reading(lines: readonly Line[]): AsyncGenerator<Line> {
  yield* lines;
}

async function merged(logs: readonly (readonly Line[])[]): Promise<Line[]> {
  const lines: Line[] = [];
  for await (const line of mergeByTime(logs.map(reading))) lines.push(line);
  return lines;
}

function expectEachOnceInOrder(lines: readonly Line[], logs: readonly (readonly Line[])[]): void {
  logs.forEach((log, i) => {
    expect(lines.filter((line) => line.log === i)).toEqual(log);
  });
  expect(lines).toHaveLength(logs.flat().length);
}

const isSorted = (lines: readonly Line[]) =>
  lines.every(({ at }, i) => at >= (lines[i - 1]?.at ?? ''));

describe('mergeByTime', () => {
  it('gives every line once, in the order of time', async () => {
    await fc.assert(
      fc.asyncProperty(logsOf(true), async (logs) => {
        const lines = await merged(logs);
        expectEachOnceInOrder(lines, logs);
        expect(isSorted(lines)).toBe(true);
      }),
    );
  });

  it('keeps the order of each log even when its clock goes back', async () => {
    await fc.assert(
      fc.asyncProperty(logsOf(false), async (logs) => {
        expectEachOnceInOrder(await merged(logs), logs);
      }),
    );
  });

  it('reads ahead by no more than one line of each', async () => {
    let read = 0;
    async function* endless() {
      for (let n = 0; ; n++) {
        read++;
        yield { at: time(n), log: 0, n };
      }
    }
    for await (const { n } of mergeByTime([endless(), endless()])) if (n === 10) break;
    expect(read).toBeLessThan(25);
  });
});

describe('Reorder', () => {
  const WINDOW = 100;
  /** Each line with how late it arrives, by no more than this (ms). */
  const arriving = (steady: boolean, mostMs: number) =>
    logsOf(steady).chain((logs) =>
      fc
        .array(fc.integer({ min: 0, max: mostMs }), { minLength: 75, maxLength: 75 })
        .map((delays) => ({ logs, delays })),
    );

  /** Play it: time passes by milliseconds, and whatever may be printed is. */
  function play(logs: readonly (readonly Line[])[], delays: readonly number[]): Line[] {
    const reorder = new Reorder<Line>(WINDOW);
    const arrivals = logs.flatMap((log, i) => {
      let last = 0;
      return log.map((line) => {
        // A log is read in its own order.
        last = Math.max(last, Number(line.at) + (delays[i * 15 + line.n] ?? 0));
        return { line, arrival: last };
      });
    });
    const printed: Line[] = [];
    for (let now = 0; now <= 1000; now++) {
      for (const { line, arrival } of arrivals) {
        if (arrival === now) reorder.add(String(line.log), line, now);
      }
      printed.push(...reorder.take(now));
    }
    expect(reorder.rest()).toEqual([]);
    return printed;
  }

  it('prints in the order of time what is late by less than the window', () => {
    fc.assert(
      fc.property(arriving(true, WINDOW - 1), ({ logs, delays }) => {
        const printed = play(logs, delays);
        expectEachOnceInOrder(printed, logs);
        expect(isSorted(printed)).toBe(true);
      }),
    );
  });

  it('loses nothing and keeps the order of each log, however late, whatever the clocks', () => {
    fc.assert(
      fc.property(arriving(false, WINDOW * 4), ({ logs, delays }) => {
        expectEachOnceInOrder(play(logs, delays), logs);
      }),
    );
  });

  it('gives at the end what it still holds', () => {
    const reorder = new Reorder<Line>(WINDOW);
    const [first, second] = [5, 9].map((ms, log) => ({ at: time(ms), log, n: 0 }));
    reorder.add('b', second!, 0);
    reorder.add('a', first!, 1);
    expect(reorder.take(99)).toEqual([]);
    expect(reorder.rest()).toEqual([first, second]);
  });
});
