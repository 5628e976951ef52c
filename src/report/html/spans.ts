import type { RoleSpan } from '../../model/drill.js';
import { seconds } from '../text.js';
import { type Html, html } from './markup.js';
import { type TimeScale, textWidth } from './scale.js';
import { moment } from './words.js';

const FONT = 12;
const PADDING = 6;
/** The shortest span must still be seen. */
const LEAST_WIDTH = 1.5;

/**
 * A node's roles as bars, each with the role's word in it where there is room.
 * @param y upper edge of the bars, in units of the drawing
 */
export function roleBars(
  spans: readonly RoleSpan[],
  y: number,
  height: number,
  scale: TimeScale,
): Html[] {
  const shown = spans.filter(({ toMs }) => toMs > scale.fromMs);
  return shown.map((span) => roleBar(span, y, height, scale));
}

function roleBar(span: RoleSpan, y: number, height: number, scale: TimeScale): Html {
  const { node, role, fromMs, toMs } = span;
  const x = scale.x(fromMs);
  const width = Math.max(scale.x(toMs) - x, LEAST_WIDTH);
  const times = `from ${moment(fromMs)} to ${moment(toMs)} (${seconds(toMs - fromMs)})`;
  return html`<g class="span ${role}" data-node="${node}"><title>${node}: ${role} ${times}</title><rect x="${x}" y="${y}" width="${width}" height="${height}" rx="3"/>${word(span, x, y + height / 2 + 4, width)}</g>`;
}

/** The longest wording that fits. */
function word({ role }: RoleSpan, x: number, baseline: number, width: number): Html | undefined {
  const wordings = role === 'isolated' ? ['isolated: still believes to be master', role] : [role];
  const fitting = wordings.find((each) => textWidth(each, FONT) + 2 * PADDING <= width);
  if (fitting === undefined) return undefined;
  return html`<text x="${x + PADDING}" y="${baseline}">${fitting}</text>`;
}
