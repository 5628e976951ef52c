import fc from 'fast-check';
import type { Engine, LogQuery } from '../../src/engine/engine.js';
import { ContainerLog, type LogRange } from '../../src/flow/log-sources.js';
import { instantAt } from '../../src/logs/instant.js';
import type { LogLine } from '../../src/model/log.js';

/** The log of a container on an engine that keeps it as the real one does. */
function kept() {
  const lines: LogLine[] = [];
  async function* logLines(_: string, { since = '', tail }: LogQuery) {
    const young = lines.filter(({ at }) => at >= since);
    yield* tail === undefined ? young : young.slice(young.length - tail);
  }
  const write = (ms: number) =>
    lines.push({ at: instantAt(ms), stream: 'stdout', text: `line ${lines.length}` });
  return { write, engine: { logLines } as unknown as Engine };
}

const { signal } = new AbortController();
const open = (engine: Engine, range: Partial<LogRange> = {}) =>
  new ContainerLog(engine, 'redis-1', 'id', { signal, ...range });

async function textsOf(lines: AsyncIterable<LogLine>): Promise<string[]> {
  const texts: string[] = [];
  for await (const { text } of lines) texts.push(text);
  return texts;
}

describe('the log of a container', () => {
  it('is followed without a line lost or doubled, however often it stops, whatever its times', async () => {
    const times = fc.array(fc.array(fc.nat({ max: 1 }), { maxLength: 5 }), { maxLength: 6 });
    await fc.assert(
      fc.asyncProperty(times, async (runs) => {
        const { write, engine } = kept();
        const log = open(engine);
        const seen: string[] = [];
        let now = 0;
        let count = 0;
        for (const [i, steps] of runs.entries()) {
          for (const step of steps) {
            now += step;
            count = write(now);
          }
          seen.push(...(await textsOf(i === 0 ? log.history() : log.follow())));
        }
        expect(seen).toEqual(Array.from({ length: count }, (_, i) => `line ${i}`));
      }),
    );
  });

  it('begins after the past when none of that is wanted', async () => {
    const { write, engine } = kept();
    write(1);
    const log = open(engine, { tail: 0 });
    expect(await textsOf(log.history())).toEqual([]);
    write(2);
    expect(await textsOf(log.follow())).toEqual(['line 1']);
  });

  it('gives the last lines, and none that is too old', async () => {
    const { write, engine } = kept();
    for (const ms of [1, 2, 3]) write(ms);
    expect(await textsOf(open(engine, { tail: 1 }).history())).toEqual(['line 2']);
    const young = open(engine, { since: instantAt(2) });
    expect(await textsOf(young.history())).toEqual(['line 1', 'line 2']);
    // Nothing was seen before: what is too old stays so.
    expect(await textsOf(open(engine, { since: instantAt(3) }).follow())).toEqual(['line 2']);
  });
});
