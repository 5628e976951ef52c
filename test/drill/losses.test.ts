import fc from 'fast-check';
import { accountFor } from '../../src/drill/losses.js';
import type { ClientSide, ProbeWrite, WriteCounts } from '../../src/model/client.js';
import { aLedger, atMs, aWrite, writesAndKept } from '../helpers/ledger.js';

const NONE: WriteCounts = {
  acknowledged: 0,
  failed: 0,
  unknown: 0,
  lost: 0,
  unknownKept: 0,
  failedKept: 0,
};
const keptOnly =
  (...numbers: number[]) =>
  ({ n }: ProbeWrite) =>
    numbers.includes(n);
const of = (side: ClientSide) => ({ side });
const sum = (figures: readonly number[]) => figures.reduce((a, b) => a + b, 0);

describe('the counts of accountFor', () => {
  it('keep what succeeded, what failed and what nobody knows apart', () => {
    const writes = [aWrite(1, 0), aWrite(2, 1, 'fail'), aWrite(3, 2, 'unknown'), aWrite(4, 3)];
    expect(accountFor(aLedger(writes, { isKept: keptOnly(1, 4) })).total).toEqual({
      ...NONE,
      acknowledged: 2,
      failed: 1,
      unknown: 1,
    });
  });

  it('call only an acknowledged write lost', () => {
    const writes = [aWrite(1, 0), aWrite(2, 1, 'fail'), aWrite(3, 2, 'unknown')];
    const { total, lostWrites } = accountFor(aLedger(writes, { isKept: () => false }));
    expect(total).toEqual({ ...NONE, acknowledged: 1, failed: 1, unknown: 1, lost: 1 });
    expect(lostWrites.map(({ n }) => n)).toEqual([1]);
  });

  it('tell what is there although nobody said so', () => {
    const writes = [
      aWrite(1, 0, 'unknown'),
      aWrite(2, 1, 'unknown'),
      aWrite(3, 2, 'fail'),
      aWrite(4, 3, 'fail'),
      aWrite(5, 4, 'fail'),
    ];
    const { total } = accountFor(aLedger(writes, { isKept: keptOnly(1, 4, 5) }));
    expect(total).toEqual({ ...NONE, failed: 3, unknown: 2, unknownKept: 1, failedKept: 2 });
  });

  it('are those of each client that wrote, and of no other', () => {
    const writes = [
      aWrite(1, 0, 'ok', of('isolated')),
      aWrite(1, 0, 'fail', of('follower')),
      aWrite(2, 5, 'ok', of('isolated')),
    ];
    const isKept = ({ side, n }: ProbeWrite) => side === 'isolated' && n === 2;
    expect(accountFor(aLedger(writes, { isKept })).sides).toEqual([
      { side: 'follower', counts: { ...NONE, failed: 1 } },
      { side: 'isolated', counts: { ...NONE, acknowledged: 2, lost: 1 } },
    ]);
  });

  it('of nothing are nothing', () => {
    expect(accountFor(aLedger([]))).toEqual({
      ratePerS: 200,
      wait: 0,
      total: NONE,
      sides: [],
      readBackFrom: 'redis-2',
      lostWrites: [],
      reasons: [],
      longestGap: { fromMs: 0, lastedMs: 0 },
      sliceMs: 100,
      slices: [],
      cost: { cpuPercent: 5, cpuMs: 500, overMs: 10_000 },
    });
  });

  it('of the clients add up to the total, and so do slices, losses and reasons', () => {
    fc.assert(
      fc.property(writesAndKept, ({ writes, isKept }) => {
        const { total, sides, slices, lostWrites, reasons } = accountFor(
          aLedger(writes, { isKept }),
        );
        for (const [name, count] of Object.entries(total)) {
          const key = name as keyof WriteCounts;
          expect([name, sum(sides.map(({ counts }) => counts[key]))]).toEqual([name, count]);
        }
        expect(total.acknowledged + total.failed + total.unknown).toBe(writes.length);
        expect(lostWrites).toHaveLength(total.lost);
        expect(sum(slices.map(({ lost }) => lost))).toBe(total.lost);
        expect(sum(slices.map(({ kept }) => kept))).toBe(total.acknowledged - total.lost);
        expect(sum(slices.map(({ refused }) => refused))).toBe(total.failed + total.unknown);
        expect(sum(reasons.map(({ count }) => count))).toBe(total.failed + total.unknown);
      }),
    );
  });

  it('are made of as many writes as the fastest probe leaves behind', () => {
    const writes = Array.from({ length: 200_000 }, (_, n) =>
      aWrite(n, n / 10, 'ok', { by: 'redis-2' }),
    );
    const { total, firstAckMs } = accountFor(aLedger(writes));
    expect([total.acknowledged, firstAckMs]).toEqual([200_000, 0]);
  });
});

describe('the lost writes of accountFor', () => {
  it('say who acknowledged them and when, as far as that is known', () => {
    const { by, ...anonymous } = aWrite(2, -3);
    const writes = [anonymous, aWrite(7, 40, 'ok', { side: 'sticky', by: 'redis-3' })];
    expect(accountFor(aLedger(writes, { isKept: () => false })).lostWrites).toEqual([
      { n: 2, side: 'follower', ackedAtMs: -3 },
      { n: 7, side: 'sticky', by: 'redis-3', ackedAtMs: 40 },
    ]);
  });

  it('stand in the order in which they were acknowledged, whichever client wrote them', () => {
    // The isolated client hands its writes over last, although they are older.
    const writes = [
      aWrite(1, 11_000, 'ok', of('sticky')),
      aWrite(2, 12_000, 'ok', of('sticky')),
      aWrite(1, 100, 'ok', of('isolated')),
      aWrite(2, 10_000, 'ok', of('isolated')),
    ];
    const { lostWrites } = accountFor(aLedger(writes, { isKept: () => false }));
    const times = lostWrites.map(({ ackedAtMs }) => ackedAtMs);
    expect(times).toEqual([100, 10_000, 11_000, 12_000]);
  });
});

describe('the reasons of accountFor', () => {
  it('are counted for each client and outcome, the most frequent first', () => {
    const writes = [
      aWrite(1, 0, 'fail', { why: 'no connection' }),
      aWrite(2, 0, 'unknown', { why: 'no connection' }),
      aWrite(3, 0, 'fail', { why: 'no connection', side: 'sticky' }),
      aWrite(4, 0, 'fail', { why: 'no connection', side: 'sticky' }),
      aWrite(5, 0, 'fail', { why: 'READONLY', side: 'sticky' }),
      aWrite(6, 0, 'fail', { why: 'READONLY', side: 'sticky' }),
      aWrite(7, 0, 'fail', { why: 'READONLY', side: 'sticky' }),
      aWrite(8, 0, 'ok', { why: 'no reason at all' }),
    ];
    expect(accountFor(aLedger(writes)).reasons).toEqual([
      { side: 'sticky', outcome: 'fail', why: 'READONLY', count: 3 },
      { side: 'sticky', outcome: 'fail', why: 'no connection', count: 2 },
      { side: 'follower', outcome: 'fail', why: 'no connection', count: 1 },
      { side: 'follower', outcome: 'unknown', why: 'no connection', count: 1 },
    ]);
  });

  it('include the one that nobody gave', () => {
    const { why, ...silent } = aWrite(1, 0, 'fail');
    expect(accountFor(aLedger([silent])).reasons).toEqual([
      { side: 'follower', outcome: 'fail', why: '', count: 1 },
    ]);
  });
});

describe('the reads of accountFor', () => {
  it('are counted by what they saw', () => {
    const reads = (['ok', 'stale', 'fail', 'ok', 'ok', 'stale'] as const).map((outcome) => ({
      at: atMs(0),
      outcome,
    }));
    expect(accountFor(aLedger([], { reads })).reads).toEqual({ ok: 3, stale: 2, failed: 1 });
  });

  it('are there when reading was tried, and only then', () => {
    expect(accountFor(aLedger([], { reads: [] })).reads).toEqual({ ok: 0, stale: 0, failed: 0 });
    expect(accountFor(aLedger([]))).not.toHaveProperty('reads');
  });
});

describe('the slices of accountFor', () => {
  it('hold the writes that ended in them, before the fault as after it', () => {
    const writes = [
      aWrite(1, -100),
      aWrite(2, -1),
      aWrite(3, 0),
      aWrite(4, 99, 'fail'),
      aWrite(5, 99, 'unknown'),
      aWrite(6, 100),
    ];
    expect(accountFor(aLedger(writes, { isKept: keptOnly(2, 3, 4, 5) })).slices).toEqual([
      { atMs: -100, side: 'follower', kept: 1, lost: 1, refused: 0 },
      { atMs: 0, side: 'follower', kept: 1, lost: 0, refused: 2 },
      { atMs: 100, side: 'follower', kept: 0, lost: 1, refused: 0 },
    ]);
  });

  it('are of one client each, by time, without empty ones', () => {
    const writes = [
      aWrite(1, 950, 'ok', of('sticky')),
      aWrite(2, 10, 'ok', of('sticky')),
      aWrite(3, 20, 'ok', of('isolated')),
      aWrite(4, 30),
    ];
    const { slices } = accountFor(aLedger(writes));
    expect(slices.map(({ atMs: ms, side }) => [ms, side])).toEqual([
      [0, 'follower'],
      [0, 'isolated'],
      [0, 'sticky'],
      [900, 'sticky'],
    ]);
  });
});

describe('what accountFor passes on', () => {
  it('is the order of the probe, its cost and where it looked the writes up', () => {
    const cost = { cpuPercent: 1.5, cpuMs: 3, overMs: 200 };
    const report = accountFor(aLedger([], { ratePerS: 7, wait: 2, readBackFrom: 'x', cost }));
    expect(report).toMatchObject({ ratePerS: 7, wait: 2, readBackFrom: 'x', cost });
  });
});
