import { letteredOf, sideBySide } from '../../../src/report/html/marks.js';
import {
  NARROW,
  shortened,
  shownTime,
  textWidth,
  ticks,
  timeScale,
  WIDE,
} from '../../../src/report/html/scale.js';
import { headline, listed, moment } from '../../../src/report/html/words.js';
import { clientReport, slices } from '../../helpers/client-report.js';
import { crashReport, partitionReport, spans } from '../../helpers/drill-report.js';

describe('ticks', () => {
  it.each([
    ['seconds', -1000, 8000, 12, [-1000, 0, 1000, 2000, 3000, 4000, 5000, 6000, 7000, 8000]],
    ['every fifth second', -1000, 16_000, 6, [0, 5000, 10_000, 15_000]],
    ['parts of a second', -100, 900, 5, [0, 200, 400, 600, 800]],
    ['minutes', 0, 400_000, 4, [0, 120_000, 240_000, 360_000]],
  ])('marks %s', (_, fromMs, toMs, most, expected) => {
    expect(ticks({ fromMs, toMs }, most)).toEqual(expected);
  });

  it('has zero without a sign', () => {
    expect(Object.is(ticks({ fromMs: -500, toMs: 5000 }, 6)[0], 0)).toBe(true);
  });
});

describe('shownTime', () => {
  it('is from a little before the fault to the last thing that happened', () => {
    expect(shownTime(partitionReport())).toEqual({ fromMs: -1500, toMs: 16_000 });
  });

  it('leaves out most of a long time before the fault', () => {
    const roles = spans('redis-1', ['master', 10_000]).map((each) => ({
      ...each,
      fromMs: -90_000,
    }));
    expect(shownTime(crashReport({ roles, client: clientReport([]) })).fromMs).toBe(-1200);
  });

  it.each([
    ['a message', { events: [{ atMs: 9000, sentinel: 's', event: '+tilt', detail: '' }] }],
    ['a phase', { phases: [{ name: 'detect', fromMs: 0, toMs: 9000 } as const] }],
    ['a write', { client: clientReport(slices('follower', 0, ['kept', 9000])) }],
    ['the end of the fault', { faultEndedMs: 9000 }],
    ['a silence', { silences: [{ sentinel: 's', fromMs: 0, toMs: 9000 }] }],
  ])('goes on until %s', (_, more) => {
    expect(shownTime(crashReport(more)).toMs).toBe(9000);
  });

  it('holds more slices than a call takes arguments', () => {
    const long = slices('follower', 0, ['kept', 20_000_000]);
    expect(shownTime(crashReport({ client: clientReport([], { slices: long }) })).toMs).toBe(2e7);
  });
});

describe('timeScale', () => {
  it.each([
    ['the begin', -1000, WIDE.left],
    ['the end', 9000, WIDE.right],
    ['what was before', -5000, WIDE.left],
    ['what came after', 99_000, WIDE.right],
    ['the middle', 4000, (WIDE.left + WIDE.right) / 2],
  ])('places %s', (_, ms, x) => {
    expect(timeScale({ fromMs: -1000, toMs: 9000 }, WIDE).x(ms)).toBeCloseTo(x);
  });
});

describe('shortened', () => {
  it('leaves what has room', () => {
    expect(shortened('redis-1', NARROW.width, 12)).toBe('redis-1');
  });

  it('cuts to what has room, and says so', () => {
    const short = shortened('a-very-long-name-of-a-node', 100, 12);
    expect(short).toMatch(/^a-very.*…$/);
    expect(textWidth(short, 12)).toBeLessThanOrEqual(100);
  });
});

describe('sideBySide', () => {
  const within = { from: 0, to: 100 };

  it.each([
    ['leaves what is apart', [10, 50, 90], [10, 50, 90]],
    ['moves what is upon each other apart, around its middle', [50, 50, 50], [40, 50, 60]],
    ['pushes on to what is next', [50, 50, 62], [44, 54, 64]],
    ['stays within, at the begin', [0, 1], [5, 15]],
    ['stays within, at the end', [99, 100], [85, 95]],
    ['has nothing to do for none', [], []],
  ])('%s', (_, wanted, places) => {
    const found = sideBySide(wanted, 10, within);
    expect(found.map((x) => Math.round(x))).toEqual(places);
  });

  it('lets them overlap evenly where there is no room', () => {
    const found = sideBySide(
      Array.from({ length: 20 }, () => 50),
      10,
      within,
    );
    expect(found[0]).toBe(2.5);
    expect(found.at(-1)).toBe(97.5);
  });
});

describe('letteredOf', () => {
  const letter = (event: string, detail = 'master mymaster 172.30.5.11 6379') =>
    letteredOf({ atMs: 0, sentinel: 's', event, detail })?.letter;

  it.each([
    ['+sdown', 'S'],
    ['+odown', 'Q'],
    ['+elected-leader', 'L'],
    ['+promoted-slave', 'P'],
    ['+switch-master', 'C'],
    ['-failover-abort-no-good-slave', 'X'],
    ['-sdown', undefined],
    ['+vote-for-leader', undefined],
  ])('gives %s %s', (event, expected) => {
    expect(letter(event)).toBe(expected);
  });

  it('gives none to a replica that is missed', () => {
    expect(letter('+sdown', 'slave 172.30.5.12:6379 172.30.5.12 6379 @ mymaster')).toBeUndefined();
  });
});

describe('headline', () => {
  const { promoted, client, ...still } = crashReport({ promotions: 0 });

  it.each([
    ['crash', { how: 'crash' }, 'redis-1 (the master) was killed without warning.'],
    ['shutdown', { how: 'shutdown' }, 'redis-1 (the master) was shut down in good order.'],
    ['hang', { how: 'hang' }, 'redis-1 (the master) was frozen'],
    ['several', { targets: ['redis-1', 's-1', 's-2'] }, 'redis-1 (the master), s-1 and s-2 were'],
    ['a replica', { targets: ['redis-2'] }, 'redis-2 was killed'],
    ['a hand-over', { how: 'manual' }, 'redis-1 handed the role of master over, as planned.'],
    ['a plain failover', { how: 'plain' }, 'A Sentinel was asked to replace redis-1'],
  ] as const)('tells what was done: %s', (_, more, expected) => {
    expect(headline(crashReport(more))).toContain(expected);
  });

  it('tells that nobody took over, and why', () => {
    expect(headline({ ...still, failure: 'no good replica' })).toContain(
      'No replica took over: no good replica. redis-1 is still the master.',
    );
  });

  it('is content where nobody should have', () => {
    expect(headline({ ...still, expected: 'no failover' })).toContain('As it should be, redis-1');
  });

  it('is not where somebody should not have', () => {
    expect(headline(crashReport({ expected: 'no failover' }))).toContain(
      'should not have happened',
    );
  });

  it('tells of more than one promotion', () => {
    expect(headline(crashReport({ promotions: 3 }))).toContain('promoted 3 times');
    expect(headline({ ...still, promotions: 2 })).toContain('In the end redis-1 is master again');
  });

  it('says nothing of writes where no client wrote', () => {
    expect(headline(still)).not.toContain('write');
  });
});

describe('words', () => {
  it.each([
    [-8, '−8 ms'],
    [0, '0 s'],
    [3200, '3.20 s'],
  ])('%d ms is %s', (ms, expected) => {
    expect(moment(ms)).toBe(expected);
  });

  it.each([
    [[], 'nobody'],
    [['a'], 'a'],
    [['a', 'b'], 'a and b'],
    [['a', 'b', 'c'], 'a, b and c'],
  ])('lists %j', (names, expected) => {
    expect(listed(names)).toBe(expected);
  });
});
