import colors from 'picocolors';
import { accountFor } from '../../src/drill/losses.js';
import type { ProbeWrite } from '../../src/model/client.js';
import type { DrillReport } from '../../src/model/drill.js';
import { drillText } from '../../src/report/drill.js';
import { clientReport, slices } from '../helpers/client-report.js';
import { crashReport } from '../helpers/drill-report.js';
import { aLedger, aWrite } from '../helpers/ledger.js';

const textOf = (report: DrillReport) => drillText(report, colors.createColors(false));

const losing = (count: number) =>
  crashReport({ client: clientReport(slices('sticky', 0, ['lost', count * 10])) });

/** A drill whose client had these writes, none of which was kept. */
function losingAll(writes: readonly ProbeWrite[]): DrillReport {
  return crashReport({ client: accountFor(aLedger(writes, { isKept: () => false })) });
}

describe('the client in drillText', () => {
  const client = clientReport([
    ...slices('follower', -200, ['kept', 300], ['refused', 500]),
    ...slices('isolated', 0, ['lost', 100]),
  ]);
  const told = (more: Partial<typeof client> = {}) =>
    textOf(crashReport({ client: { ...client, ...more } }));

  it('is told with its rate, what it cost and how long it had to wait', () => {
    expect(told()).toContain('A client at 100 writes a second (6.2 % of a core):');
    expect(told()).toContain(' 3.94 s  until the new master acknowledged its first write');
    expect(told()).toContain(' 3.95 s  without an acknowledged write, at the longest');
  });

  it('has a row for each of its sides', () => {
    const lines = told().split('\n');
    const row = (name: string) =>
      lines
        .find((line) => line.startsWith(name))
        ?.slice(name.length)
        .trim()
        .split(/\s+/);
    expect(row('following the Sentinels')).toEqual(['50', '17', '3', '0']);
    expect(row('inside the old master')).toEqual(['10', '0', '0', '10']);
    expect(row('staying with')).toBeUndefined();
  });

  it('says when a write counted only once replicas had it', () => {
    expect(told({ wait: 2 })).toContain('each counted once 2 of the replicas had it');
    expect(told()).not.toContain('counted once');
  });

  it('leaves out a first write that never came, and reads that nobody made', () => {
    const { firstAckMs, reads, ...rest } = client;
    const text = textOf(crashReport({ client: rest }));
    expect(text).not.toContain('until the new master acknowledged');
    expect(text).not.toContain('reads through a replica');
    expect(told()).toContain('reads through a replica: 640 answered, 4 of older data, 96 failed');
  });
});

describe('the lost writes in drillText', () => {
  const listed = (report: DrillReport) =>
    textOf(report)
      .split('\n')
      .filter((line) => /^ {2}write \d+ of the client/.test(line)).length;

  it('are not spoken of when there are none', () => {
    expect(textOf(losing(0))).not.toContain('lost: acknowledged');
  });

  it.each([
    [10, 10, undefined],
    [11, 10, 'and 1 more (--json lists them)'],
    [1000, 10, 'and 990 more (--json lists them)'],
  ])('are listed, of %d the first %d', (count, shown, more) => {
    const report = losingAll(Array.from({ length: count }, (_, n) => aWrite(n, n)));
    expect(listed(report)).toBe(shown);
    if (more === undefined) expect(textOf(report)).not.toContain('--json lists');
    else expect(textOf(report)).toContain(`  ${more}`);
  });

  it('are listed with who acknowledged them and when', () => {
    expect(textOf(losing(10))).toContain(
      '  write 151 of the client staying with the old master, acknowledged by redis-1 at 0 ms',
    );
    const { by, ...anonymous } = aWrite(3, 1500, 'ok', { side: 'isolated' });
    expect(textOf(losingAll([anonymous]))).toContain(
      '  write 3 of the client inside the old master, acknowledged at 1.50 s',
    );
  });

  it('are told with the whole time in which they were acknowledged, whichever client had them', () => {
    // Cut off, the old master takes the writes inside it; once it is back, those of whoever stayed.
    const writes = [
      aWrite(1, 11_000, 'ok', { side: 'sticky' }),
      aWrite(2, 12_000, 'ok', { side: 'sticky' }),
      aWrite(1, 100, 'ok', { side: 'isolated' }),
      aWrite(2, 10_000, 'ok', { side: 'isolated' }),
    ];
    expect(textOf(losingAll(writes))).toContain(
      'lost: acknowledged between 100 ms and 12.0 s, and not on redis-2',
    );
  });
});
