import { parseArgs } from 'node:util';
import { SECTIONS, type Section } from './report/result.js';

/** What a run should do. */
export interface Options {
  /** Rounds that count; one more comes before them to warm up. */
  readonly rounds: number;
  readonly sections: readonly Section[];
  readonly image: string;
  /** Where results go; the usual place when absent. */
  readonly out?: string;
  /** Also write the table and the drawing into the documentation. */
  readonly markdown: boolean;
}

const ROUNDS = '7';

/**
 * Options of a command line, then of the environment (RSENT_BENCH_ROUNDS, _ONLY, _IMAGE, _OUT).
 * @throws Error with every problem
 */
export function optionsOf(args: readonly string[], env: NodeJS.ProcessEnv): Options {
  const { values } = parseArgs({
    args: [...args],
    options: {
      rounds: { type: 'string' },
      only: { type: 'string' },
      image: { type: 'string' },
      out: { type: 'string' },
      markdown: { type: 'boolean', default: false },
    },
  });
  const rounds = Number(values.rounds ?? env['RSENT_BENCH_ROUNDS'] ?? ROUNDS);
  const only = values.only ?? env['RSENT_BENCH_ONLY'];
  const named = only === undefined ? [...SECTIONS] : only.split(',').map((each) => each.trim());
  const image = values.image ?? env['RSENT_BENCH_IMAGE'] ?? env['RSENT_TEST_IMAGE'];
  const unknown = named.filter((each) => !SECTIONS.some((section) => section === each));
  const problems = [
    ...(Number.isInteger(rounds) && rounds > 0 ? [] : ['--rounds is a whole number, 1 or more']),
    ...unknown.map((each) => `--only has "${each}"; legal are ${SECTIONS.join(', ')}`),
    ...(image ? [] : ['no image: run this with `npm run bench`, which finds one, or say --image']),
  ];
  if (problems.length > 0 || !image) throw new Error(problems.join('\n'));
  const out = values.out ?? env['RSENT_BENCH_OUT'];
  return {
    ...{ rounds, image, markdown: values.markdown },
    sections: SECTIONS.filter((section) => named.includes(section)),
    ...(out === undefined ? {} : { out }),
  };
}
