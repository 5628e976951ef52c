import { curveOf, type Series } from './curve.js';
import type { Row } from './result.js';
import { nodesOf, SIZES } from './rows.js';

const LINES = [
  ['rsent up', 'up', '#c0392b'],
  ['floor', 'floor', '#7f8c8d'],
  ['rsent down', 'down', '#2471a3'],
  ['rsent status', 'status', '#1e8449'],
] as const;

/** The drawing of the rows about growth; undefined when they were not all measured. */
export function growthOf(rows: readonly Row[]): string | undefined {
  const median = (id: string) => rows.find((row) => row.id === id)?.spread?.median;
  const series = LINES.map(([name, kind, colour]): Series => {
    const points = SIZES.map(nodesOf).flatMap((nodes) => {
      const seconds = median(`growth.${nodes}.${kind}`);
      return seconds === undefined ? [] : [[nodes, seconds] as const];
    });
    return { name, colour, points };
  });
  return series.every(({ points }) => points.length === SIZES.length) ? curveOf(series) : undefined;
}
