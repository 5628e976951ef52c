import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { loadavg } from 'node:os';
import { join } from 'node:path';
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

const say = (line: string) => void process.stderr.write(`${line}\n`);
const load = () => loadavg()[0] ?? 0;

/** Measure what was asked. Nothing is left on the engine or in the temporary directory. */
async function measured(options: Options, signal: AbortSignal): Promise<BenchResult> {
  const { rounds, sections, image } = options;
  await removeLeftovers(new Docker());
  const bench = await Bench.open(image, signal);
  try {
    const [date, start] = [new Date().toISOString(), load()];
    const machine = await machineOf(bench);
    const commit = await commitOf(bench);
    const ledger = new Ledger();
    for (const section of sections) {
      say(`Section ${section}`);
      await MEASURES[section](bench, { ledger, rounds, signal, say, tidy: () => bench.tidy() });
    }
    // Messages name directories of this machine.
    const failures = ledger.failures.map((each) => each.replaceAll(bench.home, '.'));
    return {
      ...{ schemaVersion: 1, date, rounds, sections, image, machine, failures },
      ...(commit === undefined ? {} : { commit }),
      load: { start, end: load() },
      rows: rowsOf(sections, ledger),
    };
  } finally {
    say('Removing what the bench made');
    await bench.close();
  }
}

/** Write the document twice: under its date, and as the latest. */
async function keep(result: BenchResult, directory: string): Promise<void> {
  await mkdir(directory, { recursive: true });
  const text = `${JSON.stringify(result, null, 2)}\n`;
  const file = `${result.date.replaceAll(':', '-')}.json`;
  for (const name of [file, 'latest.json']) await writeFile(join(directory, name), text);
  say(`Written: ${join(directory, file)}`);
}

async function illustrate(result: BenchResult): Promise<void> {
  const document = await readFile(DOCUMENT, 'utf8');
  await writeFile(DOCUMENT, withTable(document, markdownOf(result)));
  const drawing = growthOf(result.rows);
  if (drawing !== undefined) await writeFile(DRAWING, drawing);
}

async function main(): Promise<number> {
  const options = optionsOf(process.argv.slice(2), process.env);
  const interrupted = new AbortController();
  for (const name of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
    process.on(name, () => interrupted.abort(new Error(`interrupted (${name})`)));
  }
  try {
    const result = await measured(options, interrupted.signal);
    process.stdout.write(textOf(result));
    await keep(result, options.out ?? inRepository('test', 'bench', 'results'));
    if (options.markdown) await illustrate(result);
    return result.failures.length > 0 ? 1 : 0;
  } catch (error) {
    if (!interrupted.signal.aborted) throw error;
    return 130;
  }
}

process.exitCode = await main().catch((error: Error) => {
  say(`bench: ${error.message}`);
  return 2;
});
