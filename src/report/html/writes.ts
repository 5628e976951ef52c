import type { ClientReport } from '../../model/client.js';
import { seconds } from '../text.js';
import { type Placed, WRITES } from './layout.js';
import { type Html, html } from './markup.js';
import type { SideRow } from './rows.js';
import { type TimeScale, textWidth } from './scale.js';
import { count } from './words.js';

/** A bar: some writes of one slice, stacked from the line on. Negative: below the line. */
interface Bar {
  readonly atMs: number;
  readonly low: number;
  readonly high: number;
}

const FONT = 11;

/**
 * A client's writes: kept and refused above the line, lost below it.
 * @param top upper edge of the row's own room, in units of the drawing
 */
export function writeBars(
  row: Placed<SideRow>,
  top: number,
  client: ClientReport,
  mostPerSlice: number,
  scale: TimeScale,
): Html {
  const isFollower = row.side === 'follower';
  const line = top + (isFollower ? WRITES.gapLabel : 0) + WRITES.bar;
  const { slices } = row;
  const draw = (kind: string, bars: readonly Bar[], written: number): Html | undefined => {
    if (written === 0) return undefined;
    const d = outline(bars, client.sliceMs, line, WRITES.bar / mostPerSlice, scale);
    return html`<path class="${kind}" d="${d}"><title>${row.side}: ${count(written)} ${kind}</title></path>`;
  };
  const sum = (kind: 'kept' | 'lost' | 'refused') => slices.reduce((n, each) => n + each[kind], 0);
  return html`<g class="writes" data-side="${row.side}">${[
    draw(
      'kept',
      slices.map(({ atMs, kept }) => ({ atMs, low: 0, high: kept })),
      sum('kept'),
    ),
    draw(
      'refused',
      slices.map(({ atMs, kept, refused }) => ({ atMs, low: kept, high: kept + refused })),
      sum('refused'),
    ),
    draw(
      'lost',
      slices.map(({ atMs, lost }) => ({ atMs, low: -lost, high: 0 })),
      sum('lost'),
    ),
  ].filter(
    (path) => path !== undefined,
  )}<path class="zero" d="M${scale.frame.left} ${line}H${scale.frame.right}"/>${isFollower ? gapBracket(client, top, scale) : undefined}</g>`;
}

/** The bars as one path. Equal bars side by side are one, so that the page stays small. */
function outline(
  bars: readonly Bar[],
  sliceMs: number,
  line: number,
  unit: number,
  scale: TimeScale,
): string {
  const merged: (Bar & { readonly toMs: number })[] = [];
  for (const bar of bars) {
    const last = merged.at(-1);
    const goesOn = last?.toMs === bar.atMs && last.low === bar.low && last.high === bar.high;
    const atMs = goesOn ? last.atMs : bar.atMs;
    if (goesOn) merged.pop();
    merged.push({ ...bar, atMs, toMs: bar.atMs + sliceMs });
  }
  return merged
    .filter(({ low, high, toMs }) => high > low && toMs > scale.fromMs)
    .map(({ atMs, toMs, low, high }) => {
      const x = tidy(scale.x(atMs));
      return `M${x} ${tidy(line - high * unit)}H${tidy(scale.x(toMs))}V${tidy(line - low * unit)}H${x}Z`;
    })
    .join('');
}

/** The longest time without an acknowledged write, as a bracket above the follower's bars. */
function gapBracket({ longestGap }: ClientReport, top: number, scale: TimeScale): Html | undefined {
  const { fromMs, lastedMs } = longestGap;
  if (lastedMs <= 0) return undefined;
  const from = scale.x(fromMs);
  const to = scale.x(fromMs + lastedMs);
  const y = top + 7;
  const lasted = seconds(lastedMs);
  const isNarrow = scale.frame.name === 'narrow';
  const text = isNarrow ? `no write for ${lasted}` : `no acknowledged write for ${lasted}`;
  const place = labelPlace(from, to, textWidth(text, FONT), scale);
  return html`<path class="gap" d="M${from} ${y - 4}V${y + 4}M${from} ${y}H${to}M${to} ${y - 4}V${y + 4}"/><text class="gap-label" x="${place.x}" y="${y + 4}" text-anchor="${place.anchor}">${text}</text>`;
}

/** Upon a bracket, or beside it where that is too short. */
function labelPlace(from: number, to: number, width: number, { frame }: TimeScale) {
  if (to - from > width + 24) return { x: (from + to) / 2, anchor: 'middle' };
  const isAfter = to + 6 + width <= frame.right;
  return isAfter ? { x: to + 6, anchor: 'start' } : { x: from - 6, anchor: 'end' };
}

function tidy(value: number): number {
  return Math.round(value * 100) / 100;
}
