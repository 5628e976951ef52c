import type { DrillReport } from '../../model/drill.js';
import { seconds } from '../text.js';
import { DATA, type Group, type Layout, layOut, type Placed, SENTINEL } from './layout.js';
import { marks } from './marks.js';
import { type Html, html } from './markup.js';
import { axis, bandLabels, bands, faultLines } from './overlay.js';
import type { NodeRow, SideRow } from './rows.js';
import {
  type Frame,
  NARROW,
  shortened,
  shownTime,
  type TimeScale,
  timeScale,
  WIDE,
} from './scale.js';
import { roleBars } from './spans.js';
import { count, SIDE_WORDS } from './words.js';
import { writeBars } from './writes.js';

const NAME_FONT = 13;

/** The story of a drill as a drawing, once for wide screens and once for narrow ones. */
export function timeline(report: DrillReport): Html {
  return html`<div class="wide scroll">${drawing(report, WIDE)}</div><div class="narrow">${drawing(report, NARROW)}</div>`;
}

function drawing(report: DrillReport, frame: Frame): Html {
  const scale = timeScale(shownTime(report), frame);
  const layout = layOut(report, frame);
  const label = `Which node was what, and which writes were taken, from ${seconds(-scale.fromMs)} before the fault until ${seconds(scale.toMs)} after it. The tables below say the same.`;
  const height = layout.bottom + (frame.name === 'narrow' ? 40 : 24);
  return html`<svg class="timeline" viewBox="0 0 ${frame.width} ${height}" role="img" aria-label="${label}">
${bands(layout, scale)}${axis(layout, scale)}${faultLines(report, layout, scale)}
${nodes(layout.data, scale)}${nodes(layout.sentinels, scale)}${sides(report, layout, scale)}
${bandLabels(layout, scale)}</svg>`;
}

function nodes(group: Group<NodeRow>, scale: TimeScale): Html | undefined {
  if (group.rows.length === 0) return undefined;
  const rows = group.rows.map((row) => {
    const { bar, barHeight } = row.isSentinel ? SENTINEL : DATA;
    const top = row.top + scale.frame.head;
    const bars = roleBars(row.spans, top + bar, barHeight, scale);
    const said = row.isSentinel ? marks(row, top, scale) : undefined;
    const nameY = top + bar + barHeight / 2 + 4;
    return html`<g class="row" data-node="${row.node}">${rowName(row.node, row, nameY, scale.frame)}${bars}${said}</g>\n`;
  });
  return html`${heading(group)}${rows}`;
}

function sides({ client }: DrillReport, { sides: group, ...layout }: Layout, scale: TimeScale) {
  if (client === undefined || group.rows.length === 0) return undefined;
  const rows = group.rows.map((row) => {
    const top = row.top + scale.frame.head;
    return html`<g class="row" data-side="${row.side}">${sideName(row, scale.frame)}${writeBars(row, top, client, layout.mostPerSlice, scale)}</g>\n`;
  });
  return html`${heading(group)}${rows}`;
}

function heading({ heading: text, top }: Group<unknown>): Html {
  return html`<text class="heading" x="0" y="${top + 18}">${text}</text>`;
}

/** A node's name beside its bar, or above it where there is no room beside. */
function rowName(
  name: string,
  row: Placed<unknown>,
  y: number,
  { left, right, head }: Frame,
): Html {
  const short = shortened(name, head > 0 ? right : left - 10, NAME_FONT);
  return html`<text class="name" x="0" y="${head > 0 ? row.top + 13 : y}"><title>${name}</title>${short}</text>`;
}

/** A client's name, where it stands, and what it lost: one line where the frame is narrow. */
function sideName(row: Placed<SideRow>, { head }: Frame): Html {
  const lost = row.slices.reduce((n, each) => n + each.lost, 0);
  const loss = lost === 0 ? undefined : `${count(lost)} lost`;
  const words = SIDE_WORDS[row.side];
  if (head > 0) {
    const last = loss === undefined ? undefined : html` <tspan class="loss">${loss}</tspan>`;
    return html`<text class="name" x="0" y="${row.top + 13}">${row.side} <tspan class="note">${words}</tspan>${last}</text>`;
  }
  const y = row.top + (row.side === 'follower' ? 32 : 18);
  const last =
    loss === undefined ? undefined : html`<tspan class="loss" x="0" dy="18">${loss}</tspan>`;
  return html`<text class="name" x="0" y="${y}">${row.side}<tspan class="note" x="0" dy="15">${words}</tspan>${last}</text>`;
}
