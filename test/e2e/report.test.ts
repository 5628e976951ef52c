import { jest } from '@jest/globals';
import type { CampaignReport } from '../../src/model/drill.js';
import { drillHtml } from '../../src/report/html/page.js';
import { shownTime } from '../../src/report/html/scale.js';
import { twoMasters } from '../../src/report/html/two-masters.js';
import { type Box, Chromium, type Colour, type Look, type View } from '../helpers/browser.js';
import {
  campaign,
  crashReport,
  hostileReport,
  partitionReport,
  single,
} from '../helpers/drill-report.js';

jest.setTimeout(60_000);

const LOOKS: readonly (readonly [string, Look])[] = [
  ['a wide screen', { width: 1200, height: 900 }],
  ['a wide dark screen', { width: 1200, height: 900, dark: true }],
  ['a phone', { width: 400, height: 800 }],
  ['a dark phone', { width: 400, height: 800, dark: true }],
];

const PAGES: readonly (readonly [string, CampaignReport])[] = [
  ['a crash', single(crashReport())],
  ['a partition', single(partitionReport())],
  ['a drill full of hostile texts', single(hostileReport())],
  [
    'several drills',
    campaign([
      { title: 'crash master', report: crashReport() },
      { title: 'partition master', report: partitionReport() },
      { title: 'crash replica:5', error: 'there are only 2 replicas' },
    ]),
  ],
];

const overlap = (a: Box, b: Box) => ({
  width: Math.min(a.x + a.width, b.x + b.width) - Math.max(a.x, b.x),
  height: Math.min(a.y + a.height, b.y + b.height) - Math.max(a.y, b.y),
});

const isUpon = (a: Box, b: Box) => overlap(a, b).width > 1 && overlap(a, b).height > 4;

/** How far two colours are apart: 0 the same, 765 black and white. */
const distance = ([r, g, b]: Colour['rgb'], other: Colour['rgb']) =>
  Math.abs(r - other[0]) + Math.abs(g - other[1]) + Math.abs(b - other[2]);

/** A colour of the style sheet, as the page computes it. */
async function computed(view: View, selector: string, property: string): Promise<Colour['rgb']> {
  const text = await view.ask<string>(
    `getComputedStyle(document.querySelector(${JSON.stringify(selector)}))[${JSON.stringify(property)}]`,
  );
  const [r = 0, g = 0, b = 0] = text.match(/\d+/g)?.map(Number) ?? [];
  return [r, g, b];
}

let browser: Chromium;
let page: View;

/** Has the tests of a block look at this page. */
function shown(report: CampaignReport, look: Look): void {
  beforeAll(async () => {
    page = await browser.show(drillHtml(report), look);
  });
  afterAll(() => page?.close());
}

describe('the page of a drill, in a browser', () => {
  beforeAll(async () => {
    browser = await Chromium.open();
  });
  afterAll(() => browser?.close());

  describe.each(
    PAGES.flatMap(([what, report]) =>
      LOOKS.map(([where, look]) => ({ what, report, where, look })),
    ),
  )('$what on $where', ({ report, look }) => {
    shown(report, look);

    it('is shown without complaint or request', async () => {
      expect(page.complaints).toEqual([]);
      expect(page.requests).toEqual([]);
      // The style sheet was let in by the page's own policy.
      expect(await page.ask('getComputedStyle(document.querySelector("h1")).fontSize')).not.toBe(
        '32px',
      );
    });

    it('needs no scrolling sideways', async () => {
      await page.ask(
        'document.querySelectorAll("details").forEach((each) => { each.open = true; })',
      );
      expect(await page.ask('document.documentElement.scrollWidth')).toBe(look.width);
      const cut = await page.ask<string[]>(`
        [...document.querySelectorAll('h1, h2, p, li, .figure, .wide')]
          .filter((each) => each.scrollWidth > each.clientWidth && each.clientWidth > 0)
          .map((each) => each.textContent.slice(0, 60))`);
      expect(cut).toEqual([]);
    });

    it('writes within the bars only', async () => {
      for (const kind of ['span', 'band-label', 'badge']) {
        const texts = await page.boxes(`.timeline .${kind} text`);
        const bars = await page.boxes(`.timeline .${kind}:has(text) rect`);
        expect(texts.length).toBe(bars.length);
        const outside = texts.filter((text, i) => overlap(text, bars[i]!).width < text.width - 0.5);
        expect(outside).toEqual([]);
      }
    });

    it('writes nothing upon anything else', async () => {
      const texts = await page.boxes('.timeline text');
      const pairs = texts.flatMap((a, i) =>
        texts.slice(i + 1).flatMap((b) => (isUpon(a, b) ? [`${a.text} / ${b.text}`] : [])),
      );
      expect(texts.length).toBeGreaterThan(20);
      expect(pairs).toEqual([]);
    });
  });

  describe.each(LOOKS)('a partition on %s', (_, look) => {
    const report = partitionReport();
    shown(single(report), look);

    it('shows two masters as long as there were two', async () => {
      const [band, ...more] = await page.boxes('.timeline .band');
      const [label] = await page.boxes('.timeline .band-label');
      const axis = await page.boxes('.timeline .base');
      const [both] = twoMasters(report.roles);
      const { fromMs, toMs } = shownTime(report);
      const unit = axis[0]!.width / (toMs - fromMs);
      expect(more).toEqual([]);
      expect(Math.abs(band!.width - (both!.toMs - both!.fromMs) * unit)).toBeLessThan(2);
      expect(Math.abs(band!.x - axis[0]!.x - (both!.fromMs - fromMs) * unit)).toBeLessThan(2);
      expect(label!.text).toBe('two masters: 7.80 s');
    });

    it('paints that time in a colour of its own', async () => {
      const [band] = await page.boxes('.timeline .band');
      const [heading] = (await page.boxes('.timeline .heading')).filter(
        ({ text }) => text === 'Sentinels',
      );
      // Beside a heading there is nothing but the band itself.
      const beside = { x: band!.x + band!.width / 2, y: heading!.y, width: 60, height: 10 };
      const [colour] = await page.colours(beside);
      const background = await computed(page, 'section', 'backgroundColor');
      expect(distance(colour!.rgb, background)).toBeGreaterThan(60);
    });

    it('paints lost writes in the colour of alarm, and below the line', async () => {
      const [bar] = await page.boxes('.timeline .lost');
      const [colour] = await page.colours(bar!);
      const alarm = await computed(page, '.timeline .lost', 'fill');
      expect(distance(colour!.rgb, alarm)).toBeLessThan(6);
      expect(colour!.share).toBeGreaterThan(0.9);
      // Red, by far.
      expect(alarm[0] - Math.max(alarm[1], alarm[2])).toBeGreaterThan(100);
      for (const other of ['.timeline .kept', '.timeline .refused']) {
        expect(distance(colour!.rgb, await computed(page, other, 'fill'))).toBeGreaterThan(120);
      }
      const line = (await page.boxes('.timeline .zero')).at(-1);
      expect(bar!.y).toBeGreaterThan(line!.y - 1.5);
    });

    it('paints an isolated master like a master, but hatched', async () => {
      const [bar] = await page.boxes('.timeline .isolated rect');
      const master = await computed(page, '.timeline .master rect', 'fill');
      const replica = await computed(page, '.timeline .replica rect', 'fill');
      const right = { ...bar!, x: bar!.x + bar!.width * 0.6, width: bar!.width * 0.35 };
      const [first, second] = await page.colours(right);
      const own = [first!, second!].sort(
        (a, b) => distance(a.rgb, master) - distance(b.rgb, master),
      );
      expect(distance(own[0]!.rgb, master)).toBeLessThan(6);
      expect(own[0]!.share).toBeGreaterThan(0.3);
      expect(own[1]!.share).toBeGreaterThan(0.1);
      expect(distance(master, replica)).toBeGreaterThan(120);
    });

    it('shows one of its two drawings', async () => {
      const drawings = await page.boxes('svg.timeline');
      expect(drawings).toHaveLength(1);
      expect(drawings[0]!.width).toBeGreaterThan(look.width * 0.9);
    });
  });

  it('draws light pages light, and dark ones dark', async () => {
    const ground = async (dark: boolean) => {
      const page = await browser.show(drillHtml(single(crashReport())), {
        width: 800,
        height: 600,
        dark,
      });
      const [colour] = await page.colours({ x: 0, y: 0, width: 8, height: 8 });
      await page.close();
      return distance(colour!.rgb, [0, 0, 0]);
    };
    expect(await ground(false)).toBeGreaterThan(650);
    expect(await ground(true)).toBeLessThan(120);
  });

  describe('the overview', () => {
    shown(PAGES[3]![1], { width: 1200, height: 900 });

    it('leads to a drill', async () => {
      await page.ask('document.querySelector(\'a[href="#run-2"]\').click()');
      const at = await page.ask<number>(
        'document.querySelector("#run-2").getBoundingClientRect().top',
      );
      expect(Math.abs(at)).toBeLessThan(2);
    });
  });
});
