import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { loadavg } from 'node:os';
import { dirname, join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import Docker from 'dockerode';
import { Bench } from './bench.js';
import { removeLeftovers } from './leftovers.js';
import { type Options, optionsOf } from './options.js';
import { inRepository } from './place.js';
import { rowsOf } from './report/assemble.js';
import { growthOf } from './report/growth.js';
import type { BenchResult } from './report/result.js';
import { markdownOf, textOf, withTable } from './report/table.js';
import { Ledger } from './rounds.js';
import { MEASURES } from './sections.js';
import { commitOf, machineOf } from './tools.js';

const DOCUMENT = inRepository('docs', 'performance.md');
const DRAWING = inRepository('docs', 'images', 'growth.svg');

/** Between two contestants (ms). */
const PAUSE_MS = 1000;

const PICTURE =
  '![Seconds of up, floor, down and status by the number of nodes](images/growth.svg)';

const say = (line: string) => void process.stderr.write(`${line}\n`);
const load = () => loadavg()[0] ?? 0;

/** Measure what was asked. */
async function measured(bench: Bench, { rounds, sections, image }: Options): Promise<BenchResult> {
  const [date, start] = [new Date().toISOString(), load()];
  const [machine, commit] = [await machineOf(bench), await commitOf(bench)];
  const [ledger, { signal }] = [new Ledger(), bench];
  for (const section of sections) {
    say(`Section ${section}`);
    const pause = () => setTimeout(PAUSE_MS, undefined, { signal });
    const course = { ledger, rounds, signal, say, pause, tidy: () => bench.tidy() };
    await MEASURES[section](bench, course).catch((error: Error) => {
      signal.throwIfAborted();
      say(`Section ${section} failed: ${error.message}`);
      ledger.failures.push(`section ${section}: ${error.message}`);
    });
  }
  // Messages name directories of this machine.
  const failures = [...ledger.failures, ...bench.complaints].map((each) =>
    each.replaceAll(bench.home, '.').replaceAll(inRepository(), '.'),
  );
  return {
    ...{ schemaVersion: 1, date, rounds, sections, image, machine, failures },
    ...(commit === undefined ? {} : { commit }),
    load: { start, end: load() },
    rows: rowsOf(sections, ledger),
  };
}

/** Whether nothing stays behind. Neither figures nor an error are lost where something does. */
async function isClosed(bench: Bench): Promise<boolean> {
  say('Removing what the bench made');
  return bench.close().then(
    () => true,
    ({ message }: Error) => {
      say(`bench: ${message}`);
      return false;
    },
  );
}

/** Measure in a place of its own. @returns the result, and whether all of the place is gone */
async function run(options: Options, signal: AbortSignal) {
  await removeLeftovers(new Docker(), say);
  const bench = await Bench.open(options.image, signal);
  const result = await measured(bench, options).catch((error: Error) => error);
  const closed = await isClosed(bench);
  if (result instanceof Error) throw result;
  return { result, closed };
}

/** Write the result under its date; and as the latest, when the documentation will cite it. */
async function keep(result: BenchResult, { out, markdown }: Options): Promise<void> {
  const directory = out ?? inRepository('test', 'bench', 'results');
  await mkdir(directory, { recursive: true });
  const text = `${JSON.stringify(result, null, 2)}\n`;
  const file = `${result.date.replaceAll(':', '-')}.json`;
  for (const name of markdown ? [file, 'latest.json'] : [file])
    await writeFile(join(directory, name), text);
  say(`Written: ${join(directory, file)}`);
}

async function illustrate(result: BenchResult): Promise<void> {
  const document = await readFile(DOCUMENT, 'utf8');
  const drawing = growthOf(result.rows);
  const picture = drawing === undefined ? '' : `\n${PICTURE}\n`;
  await writeFile(DOCUMENT, withTable(document, `${markdownOf(result)}${picture}`));
  if (drawing === undefined) return;
  await mkdir(dirname(DRAWING), { recursive: true });
  await writeFile(DRAWING, drawing);
}

async function main(): Promise<number> {
  const options = optionsOf(process.argv.slice(2), process.env);
  const interrupted = new AbortController();
  for (const name of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
    process.on(name, () => interrupted.abort(new Error(`interrupted (${name})`)));
  }
  try {
    const { result, closed } = await run(options, interrupted.signal);
    process.stdout.write(textOf(result));
    await keep(result, options);
    if (options.markdown) await illustrate(result);
    return closed && result.failures.length === 0 ? 0 : 1;
  } catch (error) {
    if (!interrupted.signal.aborted) throw error;
    return 130;
  }
}

process.exitCode = await main().catch((error: Error) => {
  say(`bench: ${error.message}`);
  return 2;
});
