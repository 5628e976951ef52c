import type { DrillReport } from '../../model/drill.js';
import { seconds } from '../text.js';
import { type Layout, lineHeights } from './layout.js';
import { type Html, html } from './markup.js';
import { shortened, type TimeScale, textWidth, ticks } from './scale.js';
import { HOW_WORDS, listed, moment } from './words.js';

const FONT = 12;
const TAB = { height: 20, padding: 8 };

/** Behind the rows: when two nodes were master at once, from top to bottom. */
export function bands(layout: Layout, scale: TimeScale): Html[] {
  const { twoMasters, bandTop, bottom } = layout;
  const heights = lineHeights(layout, scale.frame);
  return twoMasters.map(({ fromMs, toMs }) => {
    const x = scale.x(fromMs);
    const width = scale.x(toMs) - x;
    return html`<rect class="band" x="${x}" y="${bandTop}" width="${width}" height="${bottom - bandTop}"/><path class="band-edge" d="${upright(x, heights)}${upright(x + width, heights)}"/>`;
  });
}

/** In front: what the bands mean, and how long. Where there is no room for all, the longest. */
export function bandLabels({ twoMasters, bandTop }: Layout, scale: TimeScale): Html[] {
  const longest = Math.max(...twoMasters.map(({ fromMs, toMs }) => toMs - fromMs));
  return twoMasters.flatMap(({ fromMs, toMs }) => {
    const text = `two masters: ${seconds(toMs - fromMs)}`;
    const least = textWidth(text, FONT) + 2 * TAB.padding;
    const drawn = scale.x(toMs) - scale.x(fromMs);
    if (drawn < least && toMs - fromMs < longest) return [];
    const width = Math.max(drawn, least);
    const x = Math.min(scale.x(fromMs), scale.frame.right - width);
    return [
      html`<g class="band-label"><rect x="${x}" y="${bandTop}" width="${width}" height="${TAB.height}" rx="3"/><text x="${x + width / 2}" y="${bandTop + 14}">${text}</text></g>`,
    ];
  });
}

/** Seconds below the rows, with faint lines up through them. */
export function axis({ bandTop, bottom }: Layout, scale: TimeScale): Html {
  const { frame } = scale;
  const isNarrow = frame.name === 'narrow';
  const marks = ticks(scale, isNarrow ? 6 : 12).map((ms) => {
    const x = scale.x(ms);
    const isAtEdge = x > frame.right - 14;
    return html`<path class="grid" d="M${x} ${bandTop}V${bottom + 4}"/><text class="axis" x="${x}" y="${bottom + 17}" text-anchor="${isAtEdge ? 'end' : 'middle'}">${secondsLabel(ms)}</text>`;
  });
  const x = isNarrow ? frame.right : 0;
  const y = bottom + (isNarrow ? 33 : 17);
  const caption = html`<text class="axis" x="${x}" y="${y}" text-anchor="${isNarrow ? 'end' : 'start'}">seconds since the fault</text>`;
  return html`<path class="base" d="M${frame.left} ${bottom}H${frame.right}"/>${marks}${caption}`;
}

/** The fault and its end, each with a line from top to bottom. */
export function faultLines(report: DrillReport, layout: Layout, scale: TimeScale): Html {
  const { how, targets, faultEndedMs } = report;
  const isFault = how !== 'manual' && how !== 'plain';
  const what = isFault ? `${HOW_WORDS[how]}: ${listed(targets)}` : `${HOW_WORDS[how]} asked for`;
  const end =
    faultEndedMs === undefined
      ? undefined
      : faultLine('end', `end of the fault: ${moment(faultEndedMs)}`, faultEndedMs, layout, scale);
  return html`${faultLine('start', what, 0, layout, scale)}${end}`;
}

function faultLine(
  which: 'start' | 'end',
  text: string,
  atMs: number,
  layout: Layout,
  scale: TimeScale,
): Html {
  const x = scale.x(atMs);
  const y = which === 'start' ? layout.faultLine : layout.endLine;
  const room = { left: x - 5, right: scale.frame.right - x - 5 };
  const isLeft = textWidth(text, FONT) > room.right && room.left > room.right;
  const short = shortened(text, isLeft ? room.left : room.right, FONT);
  return html`<g class="fault ${which}"><path d="M${x} ${y - 10}V${layout.bandTop}${upright(x, lineHeights(layout, scale.frame))}"/><text x="${isLeft ? x - 5 : x + 5}" y="${y}" text-anchor="${isLeft ? 'end' : 'start'}"><title>${text}</title>${short}</text></g>`;
}

function secondsLabel(ms: number): string {
  const text = String(Math.abs(ms) / 1000);
  return ms < 0 ? `−${text}` : text;
}

/** The path of an upright line, in pieces. */
function upright(x: number, heights: ReturnType<typeof lineHeights>): string {
  const at = Math.round(x * 100) / 100;
  return heights.map(([from, to]) => `M${at} ${from}V${to}`).join('');
}
