import colors from 'picocolors';
import type { CampaignReport } from '../../src/model/drill.js';
import { campaignJson, campaignText, runText } from '../../src/report/campaign.js';
import { drillJson } from '../../src/report/drill.js';
import { clientReport, slices } from '../helpers/client-report.js';
import {
  campaign,
  crashReport,
  type GivenRun,
  HOSTILE,
  hostileReport,
  partitionReport,
} from '../helpers/drill-report.js';
import { controlsIn, withoutColours } from '../helpers/terminal.js';

const plain = colors.createColors(false);
const textOf = (report: CampaignReport) => campaignText(report, plain);

const PASSED: GivenRun = { title: 'crash master', report: crashReport() };
const { promoted, ...nobody } = crashReport({ expected: 'no failover', promotions: 0 });
const NOTHING: GivenRun = { title: 'crash replica', report: nobody };
const FAILED: GivenRun = {
  title: 'partition master',
  report: partitionReport({ passed: false, complaints: ['too slow', 'too much lost'] }),
};
const BROKEN: GivenRun = { title: 'hang master', error: 'the engine is gone' };

/** The cells of the line that begins with this title. */
const rowOf = (text: string, title: string) =>
  text
    .split('\n')
    .find((line) => line.startsWith(`${title} `))
    ?.split(/ {2,}/);

describe('campaignText', () => {
  it('has a row for each drill', () => {
    const text = textOf(campaign([PASSED, NOTHING, FAILED, BROKEN]));
    expect(rowOf(text, 'drill')).toEqual([
      ...['drill', 'expected', 'happened', 'downtime', 'lost', 'verdict'],
    ]);
    const took = 'redis-2 took over from redis-1';
    expect(rowOf(text, 'crash master')).toEqual([
      ...['crash master', 'failover', took, '3.95 s', '0', 'passed'],
    ]);
    expect(rowOf(text, 'crash replica')).toEqual([
      ...['crash replica', 'no failover', 'no failover, as expected', '3.95 s', '0', 'passed'],
    ]);
    expect(rowOf(text, 'partition master')).toEqual([
      ...['partition master', 'failover', took, '3.95 s', '1080', 'failed'],
    ]);
    expect(rowOf(text, 'hang master')).toEqual(['hang master', 'not carried out', 'error']);
  });

  it('leaves the client’s cells empty where there was none', () => {
    const { client, ...report } = crashReport();
    const text = textOf(campaign([{ title: 'crash master', report }]));
    expect(rowOf(text, 'crash master')).toEqual([
      ...['crash master', 'failover', 'redis-2 took over from redis-1', 'passed'],
    ]);
  });

  it('says why each did not pass, with its title', () => {
    const text = textOf(campaign([PASSED, FAILED, BROKEN]));
    expect(text.split('\n\n').at(-2)).toBe(
      [
        'partition master: too slow',
        'partition master: too much lost',
        'hang master: the engine is gone',
      ].join('\n'),
    );
  });

  it.each<[string, GivenRun[], string]>([
    ['all', [PASSED, NOTHING], '2 of 2 drills on demo passed.'],
    ['some', [PASSED, FAILED, BROKEN], '1 of 3 drills on demo passed.'],
    ['none', [BROKEN], '0 of 1 drills on demo passed.'],
  ])('counts at its end how many passed: %s', (_, runs, count) => {
    expect(
      textOf(campaign(runs, { topology: 'demo' }))
        .split('\n')
        .at(-1),
    ).toBe(count);
  });

  it('shows how figures are spread, when there are any', () => {
    const spreads = [
      { figure: 'detect (ms)', spread: { min: 2001, median: 2100, p95: 2900, max: 3005 } },
      { figure: 'acknowledged writes lost', spread: { min: 0, median: 0, p95: 1, max: 7 } },
    ];
    const text = textOf(campaign([PASSED], { spreads }));
    expect(text).toMatch(/ min +median +p95 +max$/m);
    expect(rowOf(text, 'detect (ms)')).toEqual(['detect (ms)', '2001', '2100', '2900', '3005']);
    expect(rowOf(text, 'acknowledged writes lost')?.slice(1)).toEqual(['0', '0', '1', '7']);
    expect(textOf(campaign([PASSED]))).not.toContain('median');
  });

  it('holds nothing that is no word and no figure, and nothing that a terminal would obey', () => {
    const hostile = { title: 'hostile', report: hostileReport() };
    const broken = { title: 'broken', error: HOSTILE.controls };
    for (const runs of [[], [PASSED, NOTHING, FAILED, BROKEN], [hostile, broken]]) {
      const text = textOf(campaign(runs, { topology: 'demo' }));
      expect(text).not.toMatch(/undefined|NaN|Infinity|null|\[object/);
      expect(controlsIn(text)).toEqual([]);
    }
  });

  it('is the same in colours', () => {
    const report = campaign([PASSED, NOTHING, FAILED, BROKEN]);
    expect(withoutColours(campaignText(report, colors.createColors(true)))).toBe(textOf(report));
  });
});

describe('runText', () => {
  const { client, ...unseen } = crashReport();

  it.each<[string, GivenRun, string]>([
    ['passed', PASSED, 'passed: redis-2 took over from redis-1, 0 writes lost'],
    ['did not pass', FAILED, 'not passed: redis-2 took over from redis-1, 1080 writes lost'],
    ['had no client', { title: 'x', report: unseen }, 'passed: redis-2 took over from redis-1'],
    ['had no failover', NOTHING, 'passed: no failover, as expected, 0 writes lost'],
    ['could not be made', BROKEN, 'could not be carried out: the engine is gone'],
    ['broke without a word', { title: 'x' }, 'could not be carried out: '],
    [
      'broke with hostile words',
      { title: 'x', error: HOSTILE.controls },
      'could not be carried out: abcd\ufffee\ud800f',
    ],
  ])('of a drill that %s', (_, run, text) => {
    expect(runText(run, plain)).toBe(text);
  });
});

describe('campaignJson', () => {
  const spreads = [{ figure: 'f', spread: { min: 1, median: 2, p95: 3, max: 4 } }];

  it('has each drill’s own document, or why there is none', () => {
    const runs = [{ ...PASSED, tookMs: 71_000 }, BROKEN];
    const document = campaignJson(campaign(runs, { spreads }));
    expect(document).toEqual({
      schemaVersion: 1,
      topology: 'demo',
      runs: [
        { title: 'crash master', tookMs: 71_000, report: drillJson(crashReport()), error: null },
        { title: 'hang master', tookMs: 0, report: null, error: 'the engine is gone' },
      ],
      spreads,
      passed: false,
    });
  });

  it('is the same once it was written and read', () => {
    const lossy = crashReport({ client: clientReport(slices('sticky', 0, ['lost', 500])) });
    const runs = [PASSED, NOTHING, FAILED, BROKEN, { title: 'lossy', report: lossy }];
    const document = campaignJson(campaign(runs));
    expect(JSON.parse(JSON.stringify(document))).toEqual(document);
  });
});
