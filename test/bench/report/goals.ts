import type { Judged } from './result.js';
import { DOWN_AFTER_S, nodesOf, SIZES } from './rows.js';

/** Medians by the ids of their rows; undefined where nothing was measured. */
export type Medians = (row: string) => number | undefined;

/** A bound for a row, by the figures of the same run. */
interface Goal {
  readonly row: string;
  readonly words: string;
  readonly value: (medians: Medians) => number | undefined;
  readonly most: (medians: Medians) => number | undefined;
}

const LEAST = nodesOf({ replicas: 2, sentinels: 3 });
const GREATEST = Math.max(...SIZES.map(nodesOf));
const MOST_MB = 120;

const ratio = (row: string, base: string) => (medians: Medians) => {
  const [value, of] = [medians(row), medians(base)];
  return value === undefined || of === undefined || of === 0 ? undefined : value / of;
};

const atMost = (row: string, most: number, words: string): Goal => ({
  ...{ row, words, most: () => most, value: (medians) => medians(row) },
});

const relative = (row: string, base: string, most: number, words: string): Goal => ({
  ...{ row, words, most: () => most, value: ratio(row, base) },
});

const inMemory = (row: string) => atMost(row, MOST_MB, `≤ ${MOST_MB} MB`);

const GOALS: readonly Goal[] = [
  relative('up.rsent', 'up.floor', 1.35, '≤ 1.35 × floor'),
  relative('up.rsent', 'up.compose', 0.25, '≤ 0.25 × Compose'),
  relative('down.rsent', 'down.floor', 1.2, '≤ 1.2 × removal'),
  atMost('failover.rsent', DOWN_AFTER_S + 1.35, '≤ down-after + 1.35 s'),
  relative('status.version', 'status.node', 1.5, '≤ 1.5 × node'),
  relative('status.help', 'status.node', 2.2, '≤ 2.2 × node'),
  atMost('status.small', 0.3, '≤ 0.3 s'),
  {
    row: `growth.${GREATEST}.up`,
    words: 'no more × floor than 1+2+3',
    value: ratio(`growth.${GREATEST}.up`, `growth.${GREATEST}.floor`),
    most: ratio(`growth.${LEAST}.up`, `growth.${LEAST}.floor`),
  },
  ...SIZES.flatMap((size) =>
    ['up', 'status', 'down'].map((verb) => inMemory(`growth.${nodesOf(size)}.${verb}.mb`)),
  ),
];

/** What came of the goals of a row. A goal whose figures are not there is not judged. */
export function judgedOf(row: string, medians: Medians): Judged[] {
  return GOALS.filter((goal) => goal.row === row).map(({ words: goal, ...its }) => {
    const [value, most] = [its.value(medians), its.most(medians)];
    const known = {
      ...(value === undefined ? {} : { value }),
      ...(most === undefined ? {} : { most }),
    };
    if (value === undefined || most === undefined) return { goal, ...known, verdict: 'not judged' };
    return { goal, ...known, verdict: value <= most ? 'holds' : 'missed' };
  });
}
