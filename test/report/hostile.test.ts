import { jest } from '@jest/globals';
import fc from 'fast-check';
import { clean } from '../../src/report/clean.js';
import { drillHtml } from '../../src/report/html/page.js';
import { harmless } from '../../src/report/text.js';
import { campaign, hostileReport } from '../helpers/drill-report.js';
import { HOSTILE_TEXTS, hostileText } from '../helpers/hostile.js';
import { all, parse, textOf } from '../helpers/markup.js';
import { controlsIn } from '../helpers/terminal.js';

jest.setTimeout(60_000);

describe('harmless', () => {
  const pieces = fc.array(
    fc.oneof(
      fc.constantFrom(
        '\x1b',
        '\x9b',
        '[',
        ']',
        '0;',
        'm',
        '2J',
        '\x07',
        '\x1b\\',
        '?25l',
        '\r',
        ' ',
      ),
      hostileText,
    ),
    { maxLength: 12 },
  );

  it('leaves no control character in any text but line ends and tabs', () => {
    fc.assert(
      fc.property(pieces, (parts) => {
        const told = harmless(parts.join(''));
        expect(controlsIn(told.replaceAll('\t', ''))).toEqual([]);
      }),
      { numRuns: 500 },
    );
  });

  it('takes nothing else away, and does its work at once', () => {
    fc.assert(
      fc.property(pieces, (parts) => {
        const text = parts.join('');
        const told = harmless(text);
        expect(harmless(told)).toBe(told);
        if (!text.includes('\x1b')) {
          expect(told).toBe(
            [...text].filter((c) => c === '\t' || controlsIn(c).length === 0).join(''),
          );
        }
      }),
      { numRuns: 500 },
    );
  });
});

/** The same with every text in it replaced, but for those words that the types allow. */
function withTexts<T>(value: T, text: string): T {
  const fixed = /^(kind|side|outcome|severity|role|state|expected|how|zero|name|node|promoted)$/;
  const swap = (each: unknown, key: string): unknown => {
    if (typeof each === 'string') return fixed.test(key) && each.length < 60 ? each : text;
    if (Array.isArray(each)) return each.map((one) => swap(one, key));
    if (typeof each !== 'object' || each === null) return each;
    return Object.fromEntries(Object.entries(each).map(([k, one]) => [k, swap(one, k)]));
  };
  return swap(value, '') as T;
}

describe('a page about a drill whose every text is hostile', () => {
  const { client, ...rest } = hostileReport();
  // A page of thousands of rows shows nothing that one of some does not.
  const base = {
    ...rest,
    ...(client === undefined
      ? {}
      : {
          client: {
            ...client,
            lostWrites: client.lostWrites.slice(0, 3),
            slices: client.slices.slice(0, 30),
          },
        }),
    roles: rest.roles.slice(0, 6),
    events: rest.events.slice(0, 6),
  };
  const known = new Set(
    all(
      parse(
        drillHtml(
          campaign([
            { title: 'x', report: withTexts(base, 'x') },
            { title: 'y', error: 'x' },
          ]),
        ),
      ),
      '',
    ).map(({ name }) => name),
  );

  function check(text: string): void {
    const report = { ...withTexts(base, text), topology: text };
    const runs = [
      { title: text, report },
      { title: text, error: text },
    ];
    const root = parse(drillHtml(campaign(runs, { topology: text })));
    const elements = all(root, '');
    expect(
      elements.filter(({ name }) => !known.has(name) || /^(script|img|iframe)$/.test(name)),
    ).toEqual([]);
    const attributes = elements.flatMap((each) => Object.entries(each.attributes));
    expect(attributes.filter(([name]) => /^(on|src$|style$)/.test(name))).toEqual([]);
    expect(attributes.filter(([name, to]) => name === 'href' && !/^#run-\d$/.test(to))).toEqual([]);
    const shown = elements.filter(({ name }) => name === 'h1').map(textOf);
    // A parser makes one line end of each kind of it.
    expect(shown.join().replace(/\s/g, '')).toContain(clean(text).replace(/\s/g, ''));
    expect(controlsIn(textOf(root).replaceAll('\t', ''))).toEqual([]);
  }

  it.each(HOSTILE_TEXTS.map((text) => [JSON.stringify(text).slice(0, 60), text]))(
    'is well-formed, and gives it as text: %s',
    (_, text) => {
      check(text);
    },
  );

  it('is so with any text', () => {
    fc.assert(fc.property(hostileText, check), { numRuns: 25 });
  });
});
