import type { RoleSpan } from '../../model/drill.js';

/** A part of the time. Times since the fault. */
export interface Interval {
  readonly fromMs: number;
  readonly toMs: number;
}

/**
 * When two nodes or more were master at once, an isolated one included: in order, apart from each
 * other. One that ends as another begins is no second master.
 */
export function twoMasters(roles: readonly RoleSpan[]): Interval[] {
  const reigns = roles.filter(({ role }) => role === 'master' || role === 'isolated');
  const moments = [...new Set(reigns.flatMap(({ fromMs, toMs }) => [fromMs, toMs]))];
  moments.sort((a, b) => a - b);
  const found: Interval[] = [];
  for (const [i, fromMs] of moments.entries()) {
    const toMs = moments[i + 1];
    if (toMs === undefined || mastersIn(reigns, fromMs, toMs) < 2) continue;
    const last = found.at(-1);
    if (last?.toMs === fromMs) found[found.length - 1] = { fromMs: last.fromMs, toMs };
    else found.push({ fromMs, toMs });
  }
  return found;
}

/** How long all the intervals are together, in ms. */
export function totalMs(intervals: readonly Interval[]): number {
  return intervals.reduce((sum, { fromMs, toMs }) => sum + toMs - fromMs, 0);
}

/** Nodes that were master during a whole interval, each counted once. */
function mastersIn(reigns: readonly RoleSpan[], fromMs: number, toMs: number): number {
  const during = reigns.filter((reign) => reign.fromMs <= fromMs && reign.toMs >= toMs);
  return new Set(during.map(({ node }) => node)).size;
}
