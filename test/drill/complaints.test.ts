import { complaintsOf, nothingNew, type Result } from '../../src/drill/complaints.js';
import type { Budget } from '../../src/model/drill.js';
import type { Finding, Verdict } from '../../src/model/verdict.js';
import { clientReport } from '../helpers/client-report.js';

const HEALTHY: Verdict = { state: 'healthy', healthy: true, findings: [] };

const finding = (code: string, subject: string, more: Partial<Finding> = {}): Finding => ({
  code,
  subject,
  severity: 'error',
  saw: `saw ${code}`,
  expected: 'better',
  fix: 'mend it',
  ...more,
});
const wrong = (...findings: Finding[]): Verdict => ({
  state: 'degraded',
  healthy: false,
  findings,
});

/** redis-2 took over once, as expected, and all is well. */
const result = (more: Partial<Result> = {}): Result => ({
  expected: 'failover',
  promoted: 'redis-2',
  promotions: 1,
  before: HEALTHY,
  after: HEALTHY,
  ...more,
});
const without = (more: Partial<Result>): Result => {
  const { promoted, ...rest } = result({ promotions: 0, ...more });
  return rest;
};

function client(lastedMs: number, lost: number) {
  const report = clientReport([]);
  return {
    ...report,
    longestGap: { fromMs: 0, lastedMs },
    total: { ...report.total, lost },
  };
}

describe('complaintsOf what happened', () => {
  it.each<[string, Result, string[]]>([
    ['a failover was expected and happened', result(), []],
    ['none was expected and none happened', without({ expected: 'no failover' }), []],
    ['either would do, and none happened', without({ expected: 'either' }), []],
    ['either would do, and one happened', result({ expected: 'either' }), []],
    [
      'one was expected and none happened',
      without({ failure: 'the votes were split.' }),
      ['a failover was expected, but none happened: the votes were split.'],
    ],
    [
      'none was expected and one happened',
      result({ expected: 'no failover' }),
      ['no failover was expected, but redis-2 was promoted'],
    ],
    [
      'none was expected, and somebody was promoted who is master no more',
      without({ expected: 'no failover', promotions: 1 }),
      ['no failover was expected, but a replica was promoted'],
    ],
    [
      'two happened where one was enough',
      result({ promotions: 2 }),
      ['2 promotions happened where one was enough'],
    ],
    [
      'two happened where either would do',
      result({ expected: 'either', promotions: 2 }),
      ['2 promotions happened where one was enough'],
    ],
    [
      'two happened where none was expected',
      result({ expected: 'no failover', promotions: 2 }),
      [
        'no failover was expected, but redis-2 was promoted',
        '2 promotions happened where one was enough',
      ],
    ],
    ['the failover was not heard of, but is plain to see', result({ promotions: 0 }), []],
    [
      'none was expected, and one is plain to see although nobody was heard to tell it',
      result({ expected: 'no failover', promotions: 0 }),
      ['no failover was expected, but redis-2 was promoted'],
    ],
  ])('when %s', (_, seen, complaints) => {
    expect(complaintsOf(seen, {})).toEqual(complaints);
  });
});

describe('complaintsOf what a client felt', () => {
  it.each<[string, number, number, Budget, string[]]>([
    ['nothing is limited', 99_999, 99_999, {}, []],
    ['the time is within its limit', 3000, 0, { maxDowntimeMs: 3000 }, []],
    [
      'it took longer',
      3001,
      0,
      { maxDowntimeMs: 3000 },
      ['no write was acknowledged for 3001 ms; allowed are 3000 ms'],
    ],
    ['nothing may be lost and nothing was', 9000, 0, { maxLost: 0 }, []],
    [
      'nothing may be lost and one was',
      0,
      1,
      { maxLost: 0 },
      ['1 acknowledged writes were lost; allowed are 0'],
    ],
    ['as many were lost as may be', 0, 5, { maxLost: 5 }, []],
    [
      'both limits were passed',
      2,
      6,
      { maxDowntimeMs: 1, maxLost: 5 },
      [
        'no write was acknowledged for 2 ms; allowed are 1 ms',
        '6 acknowledged writes were lost; allowed are 5',
      ],
    ],
  ])('when %s', (_, lastedMs, lost, budget, complaints) => {
    expect(complaintsOf(result({ client: client(lastedMs, lost) }), budget)).toEqual(complaints);
  });

  it('when there was no client', () => {
    expect(complaintsOf(result(), { maxDowntimeMs: 1, maxLost: 0 })).toEqual([]);
  });
});

describe('complaintsOf how it was left', () => {
  const old = finding('tilt', 'sentinel-1');

  it.each<[string, Finding[], Finding[], string[]]>([
    ['something new is wrong', [], [old], ['afterwards sentinel-1: saw tilt']],
    ['the same is wrong as before', [old], [old], []],
    ['the same is wrong in other words', [old], [{ ...old, saw: 'it is in TILT still' }], []],
    ['less is wrong than before', [old], [], []],
    [
      'the same is wrong with another node',
      [old],
      [old, finding('tilt', 'sentinel-2')],
      ['afterwards sentinel-2: saw tilt'],
    ],
    [
      'something else is wrong with the same node',
      [old],
      [finding('no-majority', 'sentinel-1')],
      ['afterwards sentinel-1: saw no-majority'],
    ],
    ['only a warning is new', [], [finding('lag', 'redis-2', { severity: 'warning' })], []],
  ])('when %s', (_, before, after, complaints) => {
    const verdicts = { before: wrong(...before), after: wrong(...after) };
    expect(complaintsOf(result(verdicts), {})).toEqual(complaints);
    expect(nothingNew(verdicts.before, verdicts.after)).toBe(complaints.length === 0);
  });

  it('tells everything at once', () => {
    const seen = without({ failure: 'why', client: client(5, 1), after: wrong(old) });
    const budget = { maxDowntimeMs: 1, maxLost: 0 };
    expect(complaintsOf(seen, budget)).toHaveLength(4);
  });
});
