import fc from 'fast-check';
import { accountFor } from '../../src/drill/losses.js';
import type { ClientReport, ClientSide, ProbeWrite } from '../../src/model/client.js';
import { aLedger, atMs, aWrite, writesAndKept } from '../helpers/ledger.js';

const of = (side: ClientSide) => ({ side });
const inOrder = (figures: readonly number[]) => [...figures].sort((a, b) => a - b);

describe('the longest gap of accountFor', () => {
  const gapOf = (...writes: ProbeWrite[]) => accountFor(aLedger(writes)).longestGap;

  it.each<[string, ProbeWrite[], ClientReport['longestGap']]>([
    [
      'from the last write before the fault to the first one after it',
      [aWrite(1, -20), aWrite(2, -5), aWrite(3, 3000), aWrite(4, 3005)],
      { fromMs: -5, lastedMs: 3005 },
    ],
    [
      'the longest of several, not the first',
      [aWrite(1, -5), aWrite(2, 100), aWrite(3, 900), aWrite(4, 1000)],
      { fromMs: 100, lastedMs: 800 },
    ],
    [
      'the first of equal ones',
      [aWrite(1, 0), aWrite(2, 100), aWrite(3, 200)],
      { fromMs: 0, lastedMs: 100 },
    ],
    [
      'not one that was over before the fault',
      [aWrite(1, -900), aWrite(2, -10), aWrite(3, 5)],
      { fromMs: -10, lastedMs: 15 },
    ],
    [
      'one that ends with the fault itself',
      [aWrite(1, -50), aWrite(2, 0), aWrite(3, 10)],
      { fromMs: -50, lastedMs: 50 },
    ],
    [
      'at the end, up to the last write that was tried',
      [aWrite(1, -5), aWrite(2, 10), aWrite(3, 400, 'fail'), aWrite(4, 700, 'unknown')],
      { fromMs: 10, lastedMs: 690 },
    ],
    [
      'from the first write that was tried, when none succeeded before the fault',
      [aWrite(1, -30, 'fail', { issuedAt: atMs(-40) }), aWrite(2, 60)],
      { fromMs: -40, lastedMs: 100 },
    ],
    [
      'all the time, when no write ever succeeded',
      [aWrite(1, -10, 'fail'), aWrite(2, 500, 'unknown'), aWrite(3, 300, 'fail')],
      { fromMs: -10, lastedMs: 510 },
    ],
    [
      'up to the fault, when nobody wrote after it',
      [aWrite(1, -30), aWrite(2, -8)],
      { fromMs: -8, lastedMs: 8 },
    ],
    [
      'of the follower alone: others do not shorten it',
      [aWrite(1, -5), aWrite(1, 1000, 'ok', of('sticky')), aWrite(2, 2000)],
      { fromMs: -5, lastedMs: 2005 },
    ],
    [
      'none where the follower did not write',
      [aWrite(1, -5, 'ok', of('sticky')), aWrite(2, 2000, 'ok', of('isolated'))],
      { fromMs: 0, lastedMs: 0 },
    ],
  ])('is %s', (_, writes, gap) => {
    expect(gapOf(...writes)).toEqual(gap);
    expect(gapOf(...[...writes].reverse())).toEqual(gap);
  });

  it('holds no acknowledged write, and no gap after the fault is longer', () => {
    fc.assert(
      fc.property(writesAndKept, ({ writes }) => {
        const { fromMs, lastedMs } = gapOf(...writes);
        const acks = inOrder(
          writes
            .filter(({ side, outcome }) => side === 'follower' && outcome === 'ok')
            .map(({ endedAt }) => endedAt - atMs(0)),
        );
        expect(acks.filter((ms) => ms > fromMs && ms < fromMs + lastedMs)).toEqual([]);
        expect(lastedMs).toBeGreaterThanOrEqual(0);
        expect(fromMs + lastedMs).toBeGreaterThanOrEqual(0);
        const between = acks.flatMap((ms, i) => (i > 0 && ms >= 0 ? [ms - acks[i - 1]!] : []));
        expect(Math.max(0, ...between)).toBeLessThanOrEqual(lastedMs);
      }),
    );
  });
});

describe('the first acknowledged write of accountFor', () => {
  const by = (name: string, side: ClientSide = 'follower') => ({ by: name, side });

  it('is the follower’s first one that the promoted node acknowledged after the fault', () => {
    const writes = [
      aWrite(1, 50, 'ok', by('redis-1')),
      aWrite(5, 900, 'ok', by('redis-2')),
      aWrite(4, 800, 'ok', by('redis-2')),
      aWrite(2, 60, 'ok', by('redis-2', 'sticky')),
      aWrite(3, 70, 'fail', by('redis-2')),
      aWrite(6, -20, 'ok', by('redis-2')),
    ];
    expect(accountFor(aLedger(writes)).firstAckMs).toBe(800);
  });

  it('may come with the fault itself', () => {
    expect(accountFor(aLedger([aWrite(1, 0, 'ok', by('redis-2'))])).firstAckMs).toBe(0);
  });

  it.each<[string, ProbeWrite[]]>([
    ['another node answered', [aWrite(1, 50, 'ok', by('redis-3'))]],
    ['nobody knows which node answered', [{ ...aWrite(1, 50, 'fail'), outcome: 'ok' }]],
    ['all was before the fault', [aWrite(1, -1, 'ok', by('redis-2'))]],
    ['there was none', []],
  ])('is absent when %s', (_, writes) => {
    expect(accountFor(aLedger(writes))).not.toHaveProperty('firstAckMs');
  });

  it('is absent when nobody was promoted', () => {
    const { promoted, ...ledger } = aLedger([aWrite(1, 50, 'ok', by('redis-2'))]);
    expect(accountFor(ledger)).not.toHaveProperty('firstAckMs');
  });
});
