import type { Phase } from '../../model/drill.js';
import { seconds } from '../text.js';
import { type Html, html } from './markup.js';
import { moment, PHASE_WORDS } from './words.js';

/** Units across a bar's drawing; it is stretched to the width that there is. */
const ACROSS = 1000;
/** The shortest phase must still be seen. */
const LEAST = 3;

/** Where the time went: each phase with its bar, all on one scale, and what happens in it. */
export function phaseList(phases: readonly Phase[]): Html | undefined {
  if (phases.length === 0) return undefined;
  const ends = phases.flatMap(({ fromMs, toMs }) => [fromMs, toMs]);
  const first = Math.min(0, ...ends);
  const last = Math.max(first + 1, ...ends);
  const unit = ACROSS / (last - first);
  const items = phases.map((phase) => phaseItem(phase, first, unit));
  return html`<h3>Where the time went</h3>
<ol class="phases">${items}</ol>`;
}

function phaseItem({ name, fromMs, toMs }: Phase, first: number, unit: number): Html {
  const width = Math.max((toMs - fromMs) * unit, LEAST);
  const x = Math.min((fromMs - first) * unit, ACROSS - width);
  return html`<li><div class="phase-head"><b>${name}</b> <span class="length">${seconds(toMs - fromMs)}</span> <span class="muted">from ${moment(fromMs)} to ${moment(toMs)}</span></div>
<svg class="gantt" viewBox="0 0 ${ACROSS} 10" preserveAspectRatio="none" aria-hidden="true"><rect class="track" width="${ACROSS}" height="10"/><rect class="bar" x="${x}" width="${width}" height="10"/></svg>
<p>${PHASE_WORDS[name]}</p></li>\n`;
}
