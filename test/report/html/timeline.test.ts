import type { DrillReport } from '../../../src/model/drill.js';
import { letteredOf } from '../../../src/report/html/marks.js';
import { html } from '../../../src/report/html/markup.js';
import { textWidth } from '../../../src/report/html/scale.js';
import { timeline } from '../../../src/report/html/timeline.js';
import { clientReport } from '../../helpers/client-report.js';
import { crashReport, partitionReport, spans } from '../../helpers/drill-report.js';
import { all, type Element, number, one, parse, textOf } from '../../helpers/markup.js';

/** The drawing for wide screens, and the one for narrow ones. */
const draw = (report: DrillReport, which: 'wide' | 'narrow' = 'wide'): Element =>
  one(parse(html`<div>${timeline(report)}</div>`.markup), `div.${which}`);

/** Units for a millisecond, and the place of the fault, as the first node's spans say. */
function scaleOf(drawing: Element, { roles }: DrillReport) {
  const [span] = roles.filter(({ fromMs, toMs }) => fromMs === 0 && toMs > 1000);
  const [, bar] = all(drawing, 'g.span').filter(
    ({ attributes }) => attributes['data-node'] === span!.node,
  );
  const rect = one(bar!, 'rect');
  return { unit: number(rect, 'width') / span!.toMs, zero: number(rect, 'x') };
}

/** The area of a path of rectangles, in units of the drawing. */
function area(path: Element): number {
  const pieces = [...path.attributes['d']!.matchAll(/M(\S+) (\S+)H(\S+)V(\S+)H\S+Z/g)];
  return pieces.reduce(
    (sum, [, x0, y0, x1, y1]) => sum + (Number(x1) - Number(x0)) * (Number(y1) - Number(y0)),
    0,
  );
}

const nodesOf = (drawing: Element) =>
  all(drawing, 'g.row').flatMap(({ attributes }) => attributes['data-node'] ?? []);

describe.each(['wide', 'narrow'] as const)('the %s drawing', (which) => {
  const crash = crashReport();
  const partition = partitionReport();

  it('has a row for each node: data nodes first, then Sentinels, in natural order', () => {
    expect(nodesOf(draw(crash, which))).toEqual([
      ...['redis-1', 'redis-2', 'redis-10'],
      ...['sentinel-1', 'sentinel-2', 'sentinel-3'],
    ]);
  });

  it('has Sentinels last, whatever the data nodes are called', () => {
    const roles = crash.roles.map((span) =>
      span.node === 'redis-1' ? { ...span, node: 'valkey-1' } : span,
    );
    expect(nodesOf(draw({ ...crash, roles }, which)).slice(0, 4)).toEqual([
      ...['redis-2', 'redis-10', 'valkey-1', 'sentinel-1'],
    ]);
  });

  it('has a row for a Sentinel that only spoke', () => {
    const roles = crash.roles.filter(({ node }) => node !== 'sentinel-2');
    expect(nodesOf(draw({ ...crash, roles }, which))).toContain('sentinel-2');
  });

  it('has a bar for each role of each node', () => {
    const drawn = all(draw(partition, which), 'g.span').map(
      ({ attributes }) => `${attributes['data-node']} ${attributes['class']}`,
    );
    const expected = partition.roles.map(({ node, role }) => `${node} span ${role}`);
    expect([...drawn].sort()).toEqual([...expected].sort());
  });

  it('draws every role where its time is', () => {
    const drawing = draw(partition, which);
    const { unit, zero } = scaleOf(drawing, partition);
    for (const { node, role, fromMs, toMs } of partition.roles.filter(
      ({ fromMs }) => fromMs >= 0,
    )) {
      const rects = all(drawing, `g.span.${role}`)
        .filter(({ attributes }) => attributes['data-node'] === node)
        .map((bar) => one(bar, 'rect'))
        .map((rect) => [number(rect, 'x'), number(rect, 'width')]);
      const at = [
        expect.closeTo(zero + fromMs * unit, 1),
        expect.closeTo((toMs - fromMs) * unit, 1),
      ];
      expect(rects).toContainEqual(at);
    }
  });

  it('writes a role only where there is room for it', () => {
    for (const bar of all(draw(crash, which), 'g.span')) {
      const text = textOf(bar);
      expect(textWidth(text, 12)).toBeLessThanOrEqual(number(one(bar, 'rect'), 'width'));
    }
    expect(textOf(one(draw(crash, which), 'g.span.down'))).toBe('down');
  });

  it('marks every message of the Sentinels, and tells each in a tooltip', () => {
    const ticks = all(draw(partition, which), 'g.tick');
    const marked = ticks.reduce((n, tick) => n + number(tick, 'data-count'), 0);
    expect(marked).toBe(partition.events.length);
    expect(ticks.length).toBeLessThan(marked);
    const said = ticks.map((tick) => one(tick, 'title').children.join('')).join('\n');
    expect(said).toContain('11.1 s  +convert-to-slave  slave 172.30.5.11:6379');
  });

  it('gives a letter to each message that matters', () => {
    const letters = all(draw(partition, which), 'g.badge').map((badge) => textOf(badge));
    const expected = partition.events.flatMap((event) => letteredOf(event)?.letter ?? []);
    expect([...letters].sort()).toEqual([...expected].sort());
    expect(letters.length).toBeGreaterThan(8);
  });

  it('lays no letter upon another', () => {
    for (const row of all(draw(partition, which), 'g.row')) {
      const places = all(row, 'g.badge').map((badge) => number(one(badge, 'rect'), 'x'));
      const gaps = places.slice(1).map((x, i) => x - places[i]!);
      expect(gaps.filter((gap) => gap < 15)).toEqual([]);
    }
  });

  it('has lines for the fault and its end, where their times are', () => {
    const drawing = draw(partition, which);
    const { unit, zero } = scaleOf(drawing, partition);
    const at = (kind: string) =>
      Number(/^M(\S+)/.exec(one(one(drawing, `g.fault.${kind}`), 'path').attributes['d']!)?.[1]);
    expect(at('start')).toBeCloseTo(zero, 1);
    expect(at('end')).toBeCloseTo(zero + 11_000 * unit, 1);
  });

  it('has no line for the end of what has none', () => {
    const { faultEndedMs, ...handOver } = crash;
    expect(all(draw({ ...handOver, how: 'manual' }, which), 'g.fault.end')).toEqual([]);
  });

  it('shows when there were two masters, from top to bottom, and says for how long', () => {
    const drawing = draw(partition, which);
    const { unit, zero } = scaleOf(drawing, partition);
    const bands = all(drawing, 'rect.band');
    expect(bands).toHaveLength(1);
    expect(number(bands[0]!, 'x')).toBeCloseTo(zero + 3200 * unit, 1);
    expect(number(bands[0]!, 'width')).toBeCloseTo(7800 * unit, 1);
    expect(textOf(one(drawing, 'g.band-label'))).toBe('two masters: 7.80 s');
    const rows = all(drawing, 'g.span').map((bar) => one(bar, 'rect'));
    const [top, height] = [number(bands[0]!, 'y'), number(bands[0]!, 'height')];
    for (const rect of rows) {
      expect(number(rect, 'y')).toBeGreaterThan(top);
      expect(number(rect, 'y') + number(rect, 'height')).toBeLessThan(top + height);
    }
  });

  it('shows none where there was one master at a time', () => {
    expect(all(draw(crash, which), 'rect.band')).toEqual([]);
    expect(all(draw(crash, which), 'g.band-label')).toEqual([]);
  });

  it('labels the longest of several, and the others where there is room', () => {
    const roles = [
      ...spans('redis-1', ['master', 8000]),
      ...spans('redis-2', ['replica', 1000], ['master', 1050], ['replica', 7000], ['master', 7060]),
    ];
    const drawing = draw({ ...crash, roles }, which);
    expect(all(drawing, 'rect.band')).toHaveLength(2);
    expect(all(drawing, 'g.band-label').map(textOf)).toEqual(['two masters: 60 ms']);
  });

  it.each(['kept', 'lost', 'refused'] as const)(
    'draws as much as there is of what was %s',
    (kind) => {
      const drawing = draw(partition, which);
      const { unit } = scaleOf(drawing, partition);
      const { slices, sliceMs } = partition.client!;
      const shownFromMs = -0.12 * 16_000;
      for (const row of all(drawing, 'g.writes')) {
        const written = slices
          .filter(({ side, atMs }) => side === row.attributes['data-side'] && atMs >= shownFromMs)
          .reduce((n, slice) => n + slice[kind], 0);
        const drawn = all(row, `path.${kind}`).reduce((sum, path) => sum + area(path), 0);
        // The tallest bar has 28 units, for ten writes.
        expect(drawn / (sliceMs * unit * 2.8)).toBeCloseTo(written, -1);
      }
      expect(all(drawing, 'g.writes')).toHaveLength(3);
    },
  );

  it('stacks what was refused upon what was kept', () => {
    const slice = { atMs: 0, side: 'sticky', kept: 4, lost: 0, refused: 3 } as const;
    const drawing = draw({ ...crash, client: clientReport([slice]) }, which);
    const line = Number(/^M\S+ (\S+)H/.exec(one(drawing, 'path.zero').attributes['d']!)?.[1]);
    const heights = (kind: string) => {
      const [, top, bottom] = /^M\S+ (\S+)H\S+V(\S+)H/.exec(
        one(drawing, `path.${kind}`).attributes['d']!,
      )!;
      return [line - Number(top), line - Number(bottom)].map(Math.round);
    };
    // The tallest bar has 28 units, for seven writes.
    expect(heights('kept')).toEqual([16, 0]);
    expect(heights('refused')).toEqual([28, 16]);
  });

  it('hangs what is lost below the line, and all else stands above it', () => {
    const [isolated] = all(draw(partition, which), 'g.writes').filter(
      ({ attributes }) => attributes['data-side'] === 'isolated',
    );
    const line = Number(/^M\S+ (\S+)H/.exec(one(isolated!, 'path.zero').attributes['d']!)?.[1]);
    const heights = (kind: string) => {
      const [, top, bottom] = /^M\S+ (\S+)H\S+V(\S+)H/.exec(
        one(isolated!, `path.${kind}`).attributes['d']!,
      )!;
      return [Number(top), Number(bottom)];
    };
    expect(heights('lost')).toEqual([line, expect.any(Number)]);
    expect(heights('refused')).toEqual([expect.any(Number), line]);
  });

  it('stays within itself, whatever is drawn', () => {
    const drawing = draw(partition, which);
    const svg = one(drawing, 'svg');
    const [, , width, height] = svg.attributes['viewBox']!.split(' ').map(Number);
    for (const rect of all(svg, 'rect')) {
      expect(number(rect, 'x')).toBeGreaterThanOrEqual(0);
      expect(number(rect, 'x') + number(rect, 'width')).toBeLessThanOrEqual(width!);
      expect(number(rect, 'y') + number(rect, 'height')).toBeLessThanOrEqual(height!);
    }
  });

  it('shows a drill of which nothing is known', () => {
    const { client, ...report } = crash;
    const bare = { ...report, roles: [], events: [], phases: [], faultEndedMs: 0 };
    expect(all(draw(bare, which), 'g.row')).toEqual([]);
  });
});
