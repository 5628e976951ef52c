import { createHash } from 'node:crypto';
import { clean } from '../../src/report/clean.js';
import { html } from '../../src/report/html/markup.js';
import { drillHtml } from '../../src/report/html/page.js';
import {
  campaign,
  crashReport,
  HOSTILE,
  hostileReport,
  partitionReport,
  single,
} from '../helpers/drill-report.js';
import { all, type Element, one, parse, textOf } from '../helpers/markup.js';

const page = (...args: Parameters<typeof single>) => parse(drillHtml(single(...args)));
const rowsOf = (table: Element) => all(table, 'tr').map((row) => row.children.flatMap(cellText));
const cellText = (cell: Element | string) => (typeof cell === 'string' ? [] : [textOf(cell)]);
const sayings = (root: Element, selector: string) => all(root, selector).map(textOf);

/** The first table whose first heading is this. */
function tableOf(root: Element, heading: string): string[][] {
  const found = all(root, 'table').map(rowsOf);
  return found.find(([headings]) => headings?.[0] === heading) ?? [];
}

describe('html', () => {
  it.each([
    ['an element', '<b>', '&lt;b&gt;'],
    ['an entity', '&amp;', '&amp;amp;'],
    ['a double quote', 'a"b', 'a&quot;b'],
    ['a single quote', "a'b", 'a&#39;b'],
    ['control characters, which go', 'a\x00b\x1b[31mc\x9bd', 'abcd'],
    ['half a character, which goes', 'a\ud800b', 'ab'],
    ['a whole one of two halves', '😀', '😀'],
  ])('escapes %s', (_, text, expected) => {
    expect(html`<p title="${text}">${text}</p>`.markup).toBe(
      `<p title="${expected}">${expected}</p>`,
    );
  });

  it('takes markup as it is, in lists too', () => {
    const item = (text: string) => html`<li>${text}</li>`;
    expect(html`<ul>${[item('a'), item('<')]}</ul>${item('b')}`.markup).toBe(
      '<ul><li>a</li><li>&lt;</li></ul><li>b</li>',
    );
  });

  it('does not take an object that only looks like markup', () => {
    const forged = JSON.parse('{"markup":"<script>"}');
    expect(() => html`${forged}`.markup).toThrow();
  });

  it('gives nothing for undefined, and rounds numbers', () => {
    expect(html`${undefined}${1 / 3} ${7}`.markup).toBe('0.33 7');
  });
});

describe('the page', () => {
  it('names topology and drill in its title', () => {
    expect(textOf(one(page(crashReport(), 'crash master'), 'h1'))).toContain('demo: crash master');
    const [title] = all(one(page(crashReport(), 'crash master'), 'head'), 'title');
    expect(title!.children.join('')).toBe('demo: crash master – rsent');
  });

  it('needs nothing from outside, and runs nothing', () => {
    const root = page(partitionReport());
    expect([...all(root, 'script'), ...all(root, 'img'), ...all(root, 'link')]).toEqual([]);
    const attributes = all(root, '').flatMap((each) => Object.entries(each.attributes));
    expect(attributes.filter(([name]) => /^(src|style|on.*|xlink:href)$/.test(name))).toEqual([]);
    expect(attributes.filter(([name, to]) => name === 'href' && !to.startsWith('#'))).toEqual([]);
    const style = one(root, 'style').children.join('');
    expect(style.match(/url\((?!#)|@import|https?:/g)).toBeNull();
  });

  it('allows its own style sheet and nothing else', () => {
    const root = page(crashReport());
    const policy = all(root, 'meta').find(({ attributes }) => 'http-equiv' in attributes);
    const style = one(root, 'style').children.join('');
    const hash = createHash('sha256').update(style).digest('base64');
    expect(policy?.attributes['content']).toBe(
      `default-src 'none'; style-src 'sha256-${hash}'; base-uri 'none'; form-action 'none'`,
    );
  });

  it('gives every text of others as text', () => {
    const title = Object.values(HOSTILE).join(' ');
    const root = page(hostileReport(), title);
    expect(all(root, '').filter(({ name }) => /^(script|img)$/.test(name))).toEqual([]);
    expect(all(root, 'style')).toHaveLength(1);
    const attributes = all(root, '').flatMap((each) => Object.keys(each.attributes));
    expect(attributes.filter((name) => name.startsWith('on'))).toEqual([]);
    const told = clean(title);
    expect(textOf(one(root, 'h1'))).toContain(told);
    expect(textOf(one(root, 'ul.complaints'))).toContain(told);
    expect(textOf(one(root, 'ul.findings'))).toContain(told);
    expect(tableOf(root, 'client').length).toBeGreaterThan(0);
    expect(sayings(root, 'td').filter((text) => text.includes(told)).length).toBeGreaterThan(40);
  });

  it('says in one sentence what was done, and what came of it', () => {
    expect(sayings(page(partitionReport()), 'p.headline')).toEqual([
      'redis-1 (the master) was cut off from the network. redis-2 took over as master 3.83 s later. 1,080 of 2,590 acknowledged writes were lost. The drill passed.',
    ]);
  });

  it('shows the figures that matter most', () => {
    const figures = all(page(crashReport()), 'div.figure').map((each) => textOf(one(each, 'b')));
    expect(figures).toEqual(['3.95 s', '3.94 s', '710', '0', '6']);
  });

  it('shows no time of a first write where nobody took over', () => {
    const { promoted, ...report } = crashReport({ promotions: 0, expected: 'no failover' });
    const figures = all(page(report), 'div.figure').map((each) => textOf(one(each, 'b')));
    expect(figures[1]).toBe('–');
  });

  it.each([
    ['lost writes', partitionReport(), 'bad'],
    ['none', crashReport(), 'good'],
  ])('marks a figure of %s', (_, report, tone) => {
    const [figure] = all(page(report), `div.figure.${tone}`);
    expect(textOf(figure!)).toContain('of them lost');
  });

  it('lists complaints only where there are any', () => {
    const complaints = ['downtime 3.95 s, at most 3 s allowed', '2 writes lost'];
    const root = page(crashReport({ complaints, passed: false }));
    expect(all(one(root, 'ul.complaints'), 'li').map(textOf)).toEqual(complaints);
    expect(sayings(root, 'span.verdict')).toEqual(['✗ not passed']);
    expect(all(page(crashReport()), 'ul.complaints')).toEqual([]);
    expect(sayings(page(crashReport()), 'span.verdict')).toEqual(['✓ passed']);
  });

  it('says that there were two masters, who, and for how long', () => {
    const [alert] = sayings(page(partitionReport()), 'p.two');
    expect(alert).toMatch(/^For 7.80 s there were two masters: redis-1 and redis-2 /);
    expect(sayings(page(crashReport()), 'p.two')).toEqual([]);
  });

  it('explains each phase, with its bar on one scale', () => {
    const items = all(one(page(crashReport()), 'ol.phases'), 'li');
    expect(items.map((item) => textOf(one(item, 'b')))).toEqual([
      ...['detect', 'agree', 'elect', 'promote', 'client back', 'old master in sync'],
    ]);
    expect(items.map((item) => textOf(one(item, 'p')).length > 60)).not.toContain(false);
    const [detect] = items.map((item) => one(item, 'rect.bar').attributes);
    expect(detect).toMatchObject({ x: '0', width: String(Math.round((2343 / 6288) * 1e5) / 100) });
  });

  it('counts the writes of each client, and of all', () => {
    expect(tableOf(page(partitionReport()), 'client')).toEqual([
      ['client', 'acknowledged', 'failed', 'unknown', 'lost', 'unknown, but there'],
      ['follower', '1,360', '387', '3', '0', '1'],
      ['sticky', '150', '1,597', '3', '0', '1'],
      ['isolated', '1,080', '47', '3', '1,080', '1'],
      ['all', '2,590', '2,031', '9', '1,080', '3'],
    ]);
  });

  it('lists fifty lost writes, and says how many more there are', () => {
    const root = page(partitionReport());
    const [headings, first, ...rest] = tableOf(root, 'write');
    expect(headings).toEqual(['write', 'client', 'acknowledged by', 'after the fault']);
    expect(first).toEqual(['#151', 'isolated', 'redis-1', '200 ms']);
    expect(rest).toHaveLength(49);
    expect(sayings(root, 'p')).toContain('… and 1,030 more.');
    expect(tableOf(page(crashReport()), 'write')).toEqual([]);
  });

  it('tells the steps by their time, each with its first sign', () => {
    const [, ...rows] = tableOf(page(crashReport()), 'step');
    expect(rows.map(([step, at]) => `${step} ${at}`)).toEqual([
      ...['1 2.34 s', '2 2.80 s', '3 2.94 s', '4 3.88 s', '5 3.89 s', '6 6.29 s'],
    ]);
    expect(rows[0]?.[3]).toBe('sentinel-3 +sdown master mymaster 172.30.5.11 6379');
  });

  it('lists every message, every role and every silence', () => {
    const report = hostileReport();
    const root = page(report);
    expect(tableOf(root, 'time')).toHaveLength(report.events.length + 1);
    expect(tableOf(root, 'node')).toHaveLength(report.roles.length + 1);
    expect(sayings(root, 'li')).toContain('sentinel-2: from 500 ms to 1.90 s (1.40 s)');
  });

  it('says so where no client wrote', () => {
    const { client, ...report } = crashReport();
    const root = page(report);
    expect(textOf(root)).toContain('No client wrote during this drill');
    expect(tableOf(root, 'client')).toEqual([]);
  });
});

describe('a page of several drills', () => {
  const runs = [
    { title: 'crash master', report: crashReport() },
    { title: 'partition master', report: partitionReport({ passed: false, complaints: ['no'] }) },
    { title: 'crash replica:5', error: 'there are <2> replicas' },
  ];
  const spread = { min: 3100, median: 3942, p95: 4800, max: 5020 };
  const root = parse(drillHtml(campaign(runs, { spreads: [{ figure: 'detect (ms)', spread }] })));

  it('begins with an overview', () => {
    expect(tableOf(root, 'drill')).toEqual([
      ['drill', 'expected', 'happened', 'without writes', 'lost', 'verdict'],
      ['crash master', 'failover', 'failover', '3.95 s', '0', '✓ passed'],
      ['partition master', 'failover', 'failover', '3.95 s', '1,080', '✗ not passed'],
      ['crash replica:5', '–', '–', '–', '–', '✗ not carried out'],
    ]);
  });

  it('leads from there to each drill', () => {
    const targets = all(root, 'a').map(({ attributes }) => attributes['href']?.slice(1));
    const sections = all(root, 'section').filter(({ attributes }) => 'id' in attributes);
    expect(targets).toEqual(sections.map(({ attributes }) => attributes['id']));
    expect(new Set(targets).size).toBe(3);
    const titles = sections.map((section) => textOf(one(section, 'h2')));
    expect(titles[1]).toBe('partition master ✗ not passed');
  });

  it('says why a drill could not be carried out', () => {
    expect(sayings(root, 'p.alert')).toContain(
      'It could not be carried out: there are <2> replicas',
    );
  });

  it('shows how the figures were spread, where they were', () => {
    expect(tableOf(root, 'figure')[1]).toEqual(['detect (ms)', '3,100', '3,942', '4,800', '5,020']);
    expect(tableOf(parse(drillHtml(campaign(runs))), 'figure')).toEqual([]);
  });

  it('has no overview of a single drill', () => {
    expect(tableOf(page(crashReport()), 'drill')).toEqual([]);
  });
});
