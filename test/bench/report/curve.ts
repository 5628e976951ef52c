import { type Html, html } from '../../../src/report/html/markup.js';
import { ticks } from '../../../src/report/html/scale.js';

/** A line of the drawing; its points are nodes and seconds. */
export interface Series {
  readonly name: string;
  readonly colour: string;
  readonly points: readonly (readonly [nodes: number, seconds: number])[];
}

const [WIDTH, HEIGHT] = [720, 360];
const AREA = { left: 56, right: 560, top: 24, bottom: 312 };
const TICKS = 6;
/** Room that a name takes beside the end of its line. */
const LINE = 16;

/** Where figures are drawn. */
interface Scale {
  readonly x: (nodes: number) => number;
  readonly y: (seconds: number) => number;
}

/**
 * Seconds by the number of nodes, as an SVG document with colours of its own: it stands on a page
 * whose colours are not known.
 */
export function curveOf(series: readonly Series[]): string {
  const points = series.flatMap((each) => each.points);
  const most = Math.max(...points.map(([, seconds]) => seconds), 0.1);
  const widest = Math.max(...points.map(([nodes]) => nodes), 1);
  const { left, right, top, bottom } = AREA;
  const scale: Scale = {
    x: (nodes) => left + ((right - left) * nodes) / widest,
    y: (seconds) => bottom - ((bottom - top) * seconds) / most,
  };
  const sizes = [...new Set(points.map(([nodes]) => nodes))].sort((a, b) => a - b);
  const ends = spreadOut(series.map(({ points: own }) => scale.y(own.at(-1)?.[1] ?? 0)));
  const drawing = html`<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${HEIGHT}" font-family="sans-serif" font-size="12" role="img" aria-label="Seconds by number of nodes">
<rect width="${WIDTH}" height="${HEIGHT}" fill="#fff"/>
${ticks({ fromMs: 0, toMs: most * 1000 }, TICKS).map((ms) => gridLine(ms / 1000, scale))}
${sizes.map((nodes) => size(nodes, scale))}
<text x="${(left + right) / 2}" y="${bottom + 36}" text-anchor="middle" fill="#333">nodes</text>
${series.map((each, i) => line(each, scale, ends[i] ?? 0))}
</svg>
`;
  return drawing.markup;
}

function gridLine(seconds: number, { y }: Scale): Html {
  const { left, right } = AREA;
  return html`<path d="M${left} ${y(seconds)}H${right}" stroke="#ddd"/><text x="${left - 8}" y="${y(seconds) + 4}" text-anchor="end" fill="#333">${seconds} s</text>
`;
}

function size(nodes: number, { x }: Scale): Html {
  const { bottom } = AREA;
  return html`<path d="M${x(nodes)} ${bottom}v5" stroke="#333"/><text x="${x(nodes)}" y="${bottom + 18}" text-anchor="middle" fill="#333">${nodes}</text>
`;
}

function line({ name, colour, points }: Series, { x, y }: Scale, nameY: number): Html {
  const path = points.map(([nodes, seconds], i) => {
    return html`${i === 0 ? 'M' : 'L'}${x(nodes)} ${y(seconds)}`;
  });
  const dots = points.map(([nodes, seconds]) => {
    return html`<circle cx="${x(nodes)}" cy="${y(seconds)}" r="3" fill="${colour}"/>`;
  });
  return html`<path d="${path}" fill="none" stroke="${colour}" stroke-width="2"/>${dots}<text x="${AREA.right + 10}" y="${nameY + 4}" fill="${colour}">${name}</text>
`;
}

/** Places for names, each near where it was wanted and none over another. */
export function spreadOut(wanted: readonly number[]): number[] {
  const order = wanted.map((y, i) => ({ y, i })).sort((a, b) => b.y - a.y);
  const places = [...wanted];
  let above = Number.POSITIVE_INFINITY;
  for (const { y, i } of order) {
    above = Math.min(y, above - LINE);
    places[i] = above;
  }
  return places;
}
