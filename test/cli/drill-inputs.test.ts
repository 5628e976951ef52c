import { DrillFlags } from '../../src/cli/drill-inputs.js';
import { useTempDir } from '../helpers/temp.js';

const path = useTempDir();
type Args = Record<string, unknown>;

/** Everything that is wrong with these flags. */
async function problemsOf(args: Args): Promise<string[]> {
  const flags = new DrillFlags(args);
  flags.common();
  flags.failover();
  await flags.files();
  try {
    flags.check();
    return [];
  } catch (error) {
    expect(error).toMatchObject({ name: 'RsentError', kind: 'usage', hint: 'Nothing was done.' });
    return (error as Error).message.split('\n');
  }
}

const commonOf = (args: Args) => {
  const flags = new DrillFlags(args);
  const common = flags.common();
  flags.check();
  return common;
};
const failoverOf = (args: Args) => {
  const flags = new DrillFlags(args);
  const failover = flags.failover();
  flags.check();
  return failover;
};

describe('what all drills have in common', () => {
  it('is 200 writes a second, no WAIT, a minute to be healthy and no limit by default', () => {
    expect(commonOf({})).toEqual({ ratePerS: 200, wait: 0, timeoutMs: 60_000, budget: {} });
  });

  it('is what the flags say', () => {
    const args = {
      rate: '50',
      wait: '1',
      'keep-writing': '20s',
      'max-downtime': '5s',
      'max-lost': '0',
      'down-after': '500ms',
      timeout: '2m',
    };
    expect(commonOf(args)).toEqual({
      ratePerS: 50,
      wait: 1,
      keepWritingMs: 20_000,
      budget: { maxDowntimeMs: 5000, maxLost: 0 },
      downAfterMs: 500,
      timeoutMs: 120_000,
    });
  });

  it.each<[Args, object]>([
    [{ rate: '0' }, { ratePerS: 0 }],
    [{ rate: '1' }, { ratePerS: 1 }],
    [{ rate: '10000' }, { ratePerS: 10_000 }],
    [{ rate: 300 }, { ratePerS: 300 }],
    [{ wait: '100' }, { wait: 100 }],
    [{ 'max-lost': '999999999999999' }, { budget: { maxLost: 999_999_999_999_999 } }],
  ])('may be as little or as much as %j', (args, common) => {
    expect(commonOf(args)).toMatchObject(common);
  });

  it.each([{ 'max-downtime': '5s' }, { 'max-lost': '0' }, { wait: '1' }, { 'keep-writing': '5s' }])(
    'measures nothing without a probe: %j',
    async (flag) => {
      const [problem, ...others] = await problemsOf({ rate: '0', ...flag });
      expect(problem).toContain('--rate is 0');
      expect(problem).toContain(`--${Object.keys(flag)[0]}`);
      expect(others).toEqual([]);
    },
  );

  it('may do without a probe otherwise', async () => {
    expect(await problemsOf({ rate: '0', wait: '0', 'down-after': '1s' })).toEqual([]);
  });
});

describe('what a failover is', () => {
  it('is a crash of the master, once, by default', () => {
    expect(failoverOf({})).toEqual({ how: 'crash', target: 'master', repeat: 1 });
  });

  it('is what the flags say', () => {
    const args = {
      how: 'hang',
      target: 'sentinel:2,master',
      for: '3s',
      to: 'redis-3',
      repeat: '7',
    };
    expect(failoverOf(args)).toEqual({
      how: 'hang',
      target: 'sentinel:2,master',
      forMs: 3000,
      to: 'redis-3',
      repeat: 7,
    });
  });

  it.each<[Args, string]>([
    [{ how: 'crash' }, 'crash'],
    [{ how: 'shutdown' }, 'shutdown'],
    [{ how: 'partition' }, 'partition'],
    [{ how: 'manual' }, 'manual'],
    [{ manual: true }, 'manual'],
    [{ how: 'manual', manual: true }, 'manual'],
    [{ how: 'hang', manual: false }, 'hang'],
    [{ how: 'manual', plain: true }, 'plain'],
    [{ manual: true, plain: true }, 'plain'],
    [{ how: 'manual', plain: false }, 'manual'],
    [{ how: 'crash', plain: false }, 'crash'],
  ])('of %j is a %s', (args, how) => {
    expect(failoverOf(args).how).toBe(how);
  });

  it.each<[Args, RegExp]>([
    [{ how: 'reboot' }, /^--how is reboot; legal is crash, shutdown, hang, partition, manual/],
    [{ how: 'plain' }, /^--how is plain; legal is crash/],
    [{ how: 'Crash' }, /^--how is Crash; legal is/],
    [{ how: '' }, /^--how is ; legal is/],
    [{ how: ['crash', 'hang'] }, /^--how is crash,hang; legal is/],
    [{ how: 'crash', manual: true }, /^--how is crash; .*--manual is --how manual/],
    [{ plain: true }, /^--plain is for --how manual, not for crash/],
    [{ how: 'hang', plain: true }, /^--plain is for --how manual, not for hang/],
    [{ for: '5s' }, /^--for is for --how hang and --how partition, not for crash/],
    [{ how: 'shutdown', for: '5s' }, /^--for is .* not for shutdown/],
    [{ how: 'manual', for: '5s' }, /^--for is .* not for manual/],
    [{ manual: true, plain: true, for: '5s' }, /^--for is .* not for plain/],
    [{ how: 'manual', target: 'redis-1' }, /^--target is redis-1; .* of the master/],
    [{ manual: true, plain: true, target: 'sentinel' }, /^--target is sentinel; .* the master/],
  ])('is not %j', async (args, problem) => {
    expect(await problemsOf(args)).toEqual([expect.stringMatching(problem)]);
  });

  it.each([
    { how: 'hang', for: '1ms' },
    { how: 'partition', for: '10m' },
  ])('may end by itself: %j', async (args) => {
    expect(await problemsOf(args)).toEqual([]);
  });
});

describe('a count', () => {
  const WHOLE = 'legal is a whole number';

  it.each<[string, unknown, string]>([
    ['rate', '10001', '"10001"; legal is a whole number, 0 to 10000.'],
    ['rate', '-1', `"-1"; ${WHOLE}`],
    ['rate', '1.5', `"1.5"; ${WHOLE}`],
    ['rate', '1e3', `"1e3"; ${WHOLE}`],
    ['rate', '0x10', `"0x10"; ${WHOLE}`],
    ['rate', '', `""; ${WHOLE}`],
    ['rate', ' 5', `" 5"; ${WHOLE}`],
    ['rate', '5\n', `"5\\n"; ${WHOLE}`],
    ['rate', '٣', `"٣"; ${WHOLE}`],
    ['rate', 'many', `"many"; ${WHOLE}`],
    ['rate', ['1', '2'], `["1","2"]; ${WHOLE}`],
    ['wait', '101', '"101"; legal is a whole number, 0 to 100.'],
    ['repeat', '0', '"0"; legal is a whole number, 1 to 1000.'],
    ['repeat', '1001', '"1001"; legal is a whole number, 1 to 1000.'],
    ['max-lost', 'none', '"none"; legal is a whole number, 0 or more.'],
    ['max-lost', '1'.repeat(16), 'legal is a whole number, 0 or more.'],
  ])('--%s is not %j', async (flag, value, problem) => {
    const problems = await problemsOf({ [flag]: value });
    expect(problems).toEqual([expect.stringContaining(problem)]);
    expect(problems[0]).toMatch(new RegExp(`^--${flag} is `));
  });
});

describe('a duration', () => {
  it.each(['max-downtime', 'keep-writing', 'down-after', 'timeout', 'for'])(
    '--%s must be one',
    async (flag) => {
      for (const value of ['soon', '', '0', '-1s', '5 s', '30d', '99999999999']) {
        expect(await problemsOf({ how: 'hang', [flag]: value })).toEqual([
          `--${flag} is ${JSON.stringify(value)}; legal is a duration such as 500ms, 5s or 3m.`,
        ]);
      }
    },
  );
});

describe('flags that are wrong', () => {
  it('are told all at once', async () => {
    const problems = await problemsOf({
      rate: 'x',
      wait: '-1',
      'keep-writing': 'x',
      'max-downtime': 'x',
      'max-lost': 'x',
      'down-after': 'x',
      timeout: 'x',
      how: 'x',
      for: 'x',
      repeat: 'x',
      junit: path('absent/a.xml'),
      html: path('absent/b.html'),
    });
    expect(problems.map((problem) => /^--[a-z-]+/.exec(problem)?.[0]).sort()).toEqual([
      ...['--down-after', '--for', '--how', '--html', '--junit', '--keep-writing'],
      ...['--max-downtime', '--max-lost', '--rate', '--repeat', '--timeout', '--wait'],
    ]);
  });

  it.each(['to', 'target', 'junit', 'html'])(
    'are not passed over in silence: --%s given twice',
    async (flag) => {
      const values = ['first', 'second'].map((name) => path(name));
      expect(await problemsOf({ [flag]: values })).toEqual([expect.stringContaining(`--${flag}`)]);
    },
  );

  it('are no problem of those that are right', async () => {
    expect(await problemsOf({ rate: '1', wait: '1', repeat: '1000', 'max-lost': '0' })).toEqual([]);
  });
});
