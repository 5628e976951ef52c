import colors from 'picocolors';
import { accountFor } from '../../src/drill/losses.js';
import type { DrillReport } from '../../src/model/drill.js';
import type { Finding } from '../../src/model/verdict.js';
import { drillJson, drillText, happenedText, stepText } from '../../src/report/drill.js';
import { clientReport, slices } from '../helpers/client-report.js';
import { crashReport, HOSTILE, hostileReport, partitionReport } from '../helpers/drill-report.js';
import { aLedger } from '../helpers/ledger.js';
import { controlsIn, withoutColours } from '../helpers/terminal.js';

const plain = colors.createColors(false);
const TILT: Finding = {
  code: 'tilt',
  severity: 'error',
  subject: 's',
  saw: 'a',
  expected: 'b',
  fix: 'c',
};
const textOf = (report: DrillReport) => drillText(report, plain);
const headlineOf = (report: DrillReport) => textOf(report).split('\n')[0];

/** Nobody was promoted. */
function without(more: Partial<DrillReport> = {}): DrillReport {
  const { promoted, ...rest } = crashReport({ promotions: 0, phases: [], ...more });
  return rest;
}

const losing = (count: number) =>
  crashReport({ client: clientReport(slices('sticky', 0, ['lost', count * 10])) });

describe('the headline of drillText', () => {
  it.each<[string, DrillReport, string]>([
    ['a crash', crashReport(), 'Crash of redis-1: redis-2 took over from redis-1.'],
    ['a shutdown', crashReport({ how: 'shutdown' }), 'Shutdown of redis-1: redis-2 took over'],
    [
      'a fault on several nodes',
      crashReport({ how: 'hang', targets: ['redis-1', 'sentinel-1'] }),
      'Hang of redis-1, sentinel-1: redis-2 took over',
    ],
    ['a hand-over', crashReport({ how: 'manual' }), 'Planned hand-over: redis-2 took over'],
    ['a bare hand-over', crashReport({ how: 'plain' }), 'SENTINEL FAILOVER alone: redis-2 took'],
    [
      'more than one promotion',
      crashReport({ promotions: 3 }),
      'redis-2 took over from redis-1 after 3 promotions.',
    ],
    [
      'a failover that nobody expected',
      crashReport({ expected: 'no failover' }),
      'redis-2 took over from redis-1, which nobody expected.',
    ],
    [
      'no failover where none was expected',
      without({ expected: 'no failover', failure: 'why not' }),
      'Crash of redis-1: no failover, as expected.',
    ],
    [
      'no failover where one was expected',
      without({ failure: 'the votes were split' }),
      'Crash of redis-1: no failover: the votes were split.',
    ],
    [
      'no failover where either would do',
      without({ expected: 'either', failure: 'nobody noticed' }),
      'Crash of redis-1: no failover: nobody noticed.',
    ],
  ])('tells %s', (_, report, headline) => {
    expect(headlineOf(report)).toContain(headline);
  });

  it('ends like a sentence, as the reason does that it repeats', () => {
    const failure = 'no Sentinel has noticed that the master is gone.';
    const headline = headlineOf(without({ failure }));
    expect(headline).toMatch(/master is gone\.$/);
    expect(headline).not.toMatch(/\.\.$/);
  });

  it('says something even when nobody knows why', () => {
    expect(headlineOf(without())).toMatch(/no failover/);
  });
});

describe('drillText', () => {
  it('has its parts in order: what happened, the phases, the client, the clock, the verdict', () => {
    const text = textOf(partitionReport());
    const parts = ['took over', 'detect', 'A client at', 'Times: this host', 'demo is healthy.'];
    const places = parts.map((part) => text.indexOf(part));
    expect(places).toEqual([...places].sort((a, b) => a - b));
    expect(places[0]).toBeGreaterThan(-1);
  });

  it('says nothing of phases that nobody told, nor of a client that was not there', () => {
    const { client, ...rest } = without();
    const text = textOf(rest);
    expect(text.split('\n\n')).toHaveLength(3);
    expect(text).not.toContain('A client');
  });

  it.each<[string, DrillReport]>([
    ['a crash', crashReport()],
    ['a partition', partitionReport()],
    ['no failover', without()],
    ['an empty client', crashReport({ client: accountFor(aLedger([])) })],
    ['no target', crashReport({ targets: [] })],
    ['nothing told', crashReport({ steps: [], timingsMs: {}, phases: [], roles: [], events: [] })],
    ['hostile texts', hostileReport()],
  ])('of %s holds nothing that is no word and no figure', (_, report) => {
    expect(textOf(report)).not.toMatch(/undefined|NaN|Infinity|null|\[object/);
  });

  it('takes out of texts what a terminal would obey', () => {
    const { controls } = HOSTILE;
    const hostile = { subject: controls, saw: controls, expected: controls, fix: controls };
    const finding: Finding = { ...TILT, ...hostile };
    const verdict = { state: 'degraded', healthy: false, findings: [finding] } as const;
    const report = { failure: controls, complaints: [controls], verdict, passed: false };
    const text = textOf(without(report));
    expect(controlsIn(text)).toEqual([]);
    expect(text).toContain('abcd');
  });

  it('tells what is wrong still, and why the drill did not pass', () => {
    const finding: Finding = {
      ...TILT,
      ...{ subject: 'sentinel-1', saw: 'it is in TILT', expected: 'no TILT', fix: 'wait' },
    };
    const text = textOf(
      crashReport({
        verdict: { state: 'degraded', healthy: false, findings: [finding] },
        complaints: ['afterwards sentinel-1: it is in TILT', 'one thing more'],
        passed: false,
      }),
    );
    expect(text).toContain('demo is degraded.');
    expect(text).toContain('✗ sentinel-1  it is in TILT  [tilt]');
    expect(text).toContain('not passed: afterwards sentinel-1: it is in TILT');
    expect(text).toMatch(/not passed: one thing more$/);
  });
});

describe('the clock in drillText', () => {
  it.each<[DrillReport['zero'], string[], string]>([
    ['connection closed', ['redis-1'], 'since the connection to redis-1 broke.'],
    ['connection closed', ['redis-0', 'redis-1'], 'since the connection to redis-1 broke.'],
    ['connection closed', ['sentinel-2'], 'since the connection to sentinel-2 broke.'],
    ['engine answered', ['redis-1'], 'since the engine had made the fault.'],
    ['asked', ['redis-1'], 'since the hand-over was begun.'],
  ])('counts from: %s, of %j', (zero, targets, since) => {
    expect(textOf(crashReport({ zero, targets }))).toContain(since);
  });

  it('says when a Sentinel could not be heard', () => {
    const silences = [{ sentinel: 'sentinel-2', fromMs: 500, toMs: 1900 }];
    const text = textOf(crashReport({ silences }));
    expect(text).toContain('sentinel-2 could not be heard from 500 ms to 1.90 s');
  });
});

describe('happenedText', () => {
  it('names who took over, even where nobody was expected to', () => {
    expect(happenedText(crashReport({ expected: 'no failover' }))).toBe(
      'redis-2 took over from redis-1',
    );
  });
});

describe('drillJson', () => {
  it('has a null for what there is not', () => {
    const { client, ...rest } = without({ failure: 'why' });
    expect(drillJson(rest)).toMatchObject({ promoted: null, client: null, failure: 'why' });
    expect(drillJson(crashReport())).toMatchObject({
      promoted: 'redis-2',
      client: expect.objectContaining({ ratePerS: 100 }),
    });
  });

  it('has every lost write', () => {
    const document = JSON.parse(JSON.stringify(drillJson(losing(1000))));
    expect(document.client.lostWrites).toHaveLength(1000);
  });

  it('keeps what is only for rsent itself out', () => {
    const finding: Finding = { ...TILT, settling: true };
    const verdict = { state: 'degraded', healthy: false, findings: [finding] } as const;
    const document = drillJson(crashReport({ verdict }));
    expect(JSON.stringify(document)).not.toContain('settling');
    expect(document).toMatchObject({ verdict: { findings: [{ code: 'tilt', fix: 'c' }] } });
  });

  it('is the same once it was written and read', () => {
    for (const report of [crashReport(), partitionReport(), without()]) {
      expect(JSON.parse(JSON.stringify(drillJson(report)))).toEqual(drillJson(report));
    }
  });
});

describe('stepText', () => {
  it('tells one step in one line', () => {
    const events = [{ atMs: 2040, sentinel: 'sentinel-1', event: '+sdown\x1b[2J', detail: '' }];
    expect(stepText({ step: 1, name: 'found gone', atMs: 2040, events }, plain)).toBe(
      '1   2.04 s  found gone  sentinel-1 +sdown',
    );
  });

  it('needs no event to tell it', () => {
    const line = stepText({ step: 6, name: 'back', atMs: 20, events: [] }, plain);
    expect(line.trimEnd()).toBe('6    20 ms  back');
  });
});

describe('the colours of drillText', () => {
  it('change nothing but the colours', () => {
    for (const report of [crashReport(), partitionReport(), losing(1000), without()]) {
      const painted = drillText(report, colors.createColors(true));
      expect(withoutColours(painted)).toBe(textOf(report));
    }
  });
});
