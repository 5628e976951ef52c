import type { DrillReport } from '../../model/drill.js';
import { type NodeRow, nodeRows, type SideRow, sideRows } from './rows.js';
import type { Frame } from './scale.js';
import { type Interval, twoMasters } from './two-masters.js';

/** A row with its place, in units of the drawing. */
export type Placed<T> = T & { readonly top: number; readonly height: number };

/** Rows of one kind, one below the other, under a heading. */
export interface Group<T> {
  readonly heading: string;
  readonly top: number;
  readonly rows: readonly Placed<T>[];
  readonly bottom: number;
}

/** Where everything of a timeline is. */
export interface Layout {
  readonly data: Group<NodeRow>;
  readonly sentinels: Group<NodeRow>;
  readonly sides: Group<SideRow>;
  readonly twoMasters: readonly Interval[];
  /** Lines for labels above the rows, so that no label is ever upon another. */
  readonly faultLine: number;
  readonly endLine: number;
  readonly bandTop: number;
  readonly bottom: number;
  /** Writes that fill the height of a bar. */
  readonly mostPerSlice: number;
}

/** Measures within a row, from its top (below its name, where that is above). */
export const DATA = { bar: 4, barHeight: 22, height: 30 };
export const SENTINEL = { badge: 4, strip: 26, bar: 34, barHeight: 16, height: 58 };
export const WRITES = { bar: 28, gapLabel: 18, pad: 8 };

const HEADING = 26;
const LABEL_LINE = 17;
const BAND_LABEL = 24;

/** The place of every row of a drill. */
export function layOut(report: DrillReport, frame: Frame): Layout {
  const rows = nodeRows(report);
  const both = twoMasters(report.roles);
  const endLine = LABEL_LINE * (report.faultEndedMs === undefined ? 1 : 2);
  const top = endLine + 6 + (both.length === 0 ? 0 : BAND_LABEL);
  const data = group(
    'Data nodes',
    rows.filter(({ isSentinel }) => !isSentinel),
    () => DATA.height + frame.head,
    top,
  );
  const sentinels = group(
    'Sentinels',
    rows.filter(({ isSentinel }) => isSentinel),
    () => SENTINEL.height + frame.head,
    data.bottom,
  );
  const sides = group(
    'Writes of each client',
    sideRows(report),
    (row) => sideHeight(row) + frame.head,
    sentinels.bottom,
  );
  return {
    data,
    sentinels,
    sides,
    twoMasters: both,
    faultLine: LABEL_LINE - 4,
    endLine: endLine - 4,
    bandTop: endLine + 2,
    bottom: sides.bottom + 4,
    mostPerSlice: mostPerSlice(sides.rows),
  };
}

/** True for a client that was told of writes which are gone. */
function hasLost({ slices }: SideRow): boolean {
  return slices.some(({ lost }) => lost > 0);
}

/**
 * Heights that upright lines may cross: above the rows, and the rows but for the names above them,
 * so that no line runs through a name.
 */
export function lineHeights(
  { data, sentinels, sides, bandTop, bottom }: Layout,
  { head }: Frame,
): (readonly [from: number, to: number])[] {
  if (head === 0) return [[bandTop, bottom]];
  const rows = [...data.rows, ...sentinels.rows, ...sides.rows];
  const own = rows.map(({ top, height }) => [top + head + 1, top + height] as const);
  return [[bandTop, data.top + 4], ...own];
}

function group<T>(
  heading: string,
  rows: readonly T[],
  heightOf: (row: T) => number,
  top: number,
): Group<T> {
  if (rows.length === 0) return { heading, top, rows: [], bottom: top };
  const placed: Placed<T>[] = [];
  let y = top + HEADING;
  for (const row of rows) {
    const height = heightOf(row);
    placed.push({ ...row, top: y, height });
    y += height;
  }
  return { heading, top, rows: placed, bottom: y };
}

/** What is lost hangs below the line; the follower's row has the longest gap above its bars. */
function sideHeight(row: SideRow): number {
  const gap = row.side === 'follower' ? WRITES.gapLabel : 0;
  return gap + WRITES.bar * (hasLost(row) ? 2 : 1) + WRITES.pad;
}

/** The highest bar of all clients, in writes. */
export function mostPerSlice(rows: readonly SideRow[]): number {
  const heights = rows.flatMap(({ slices }) =>
    slices.map(({ kept, lost, refused }) => Math.max(kept + refused, lost)),
  );
  return heights.reduce((a, b) => Math.max(a, b), 1);
}
