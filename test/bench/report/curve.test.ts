import { SaxesParser } from 'saxes';
import { rowsOf } from './assemble.js';
import { curveOf, spreadOut } from './curve.js';
import { growthOf } from './growth.js';

const none = new Map<string, never>();
const series = [
  { name: 'up <1>', colour: '#c00', points: [[6, 1.5] as const, [70, 12] as const] },
  { name: 'floor', colour: '#888', points: [[6, 1] as const, [70, 11.9] as const] },
];

/** Attributes of all elements of this name. */
function elements(svg: string, name: string): Record<string, string>[] {
  const found: Record<string, string>[] = [];
  const parser = new SaxesParser();
  parser.on('opentag', (tag) => {
    if (tag.name === name) found.push(tag.attributes as Record<string, string>);
  });
  parser.on('error', (error) => {
    throw error;
  });
  parser.write(svg).close();
  return found;
}

describe('curveOf', () => {
  it('has a dot for each figure, the greatest highest and furthest right', () => {
    const dots = elements(curveOf(series), 'circle').map(({ cx, cy }) => [Number(cx), Number(cy)]);
    expect(dots).toHaveLength(4);
    const [first = [], last = []] = dots;
    expect(last[0]).toBeGreaterThan(first[0] ?? 0);
    expect(last[1]).toBe(Math.min(...dots.map(([, y]) => y ?? 0)));
  });

  it('is well-formed whatever a line is called', () => {
    expect(curveOf(series)).toContain('up &lt;1&gt;');
  });
});

describe('spreadOut', () => {
  it('moves names that would be over each other, and no other', () => {
    expect(spreadOut([100, 96, 30])).toEqual([100, 84, 30]);
  });
});

describe('growthOf', () => {
  const kinds = ['up', 'floor', 'down', 'status'];
  const samples = (sizes: readonly number[]) =>
    new Map(sizes.flatMap((n) => kinds.map((kind) => [`growth.${n}.${kind}`, [n / 10]])));
  const rows = (sizes: readonly number[]) =>
    rowsOf(['growth'], { samples: samples(sizes), failed: none, missing: none });

  it('draws a line for each verb and one for the floor', () => {
    expect(elements(growthOf(rows([6, 14, 36, 70])) ?? '', 'circle')).toHaveLength(16);
  });

  it('draws nothing when a size is not there', () => {
    expect(growthOf(rows([6, 14, 36]))).toBeUndefined();
  });
});
