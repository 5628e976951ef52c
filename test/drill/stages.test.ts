import { writesIn } from '../../src/drill/stages.js';
import type { ProbeWrite } from '../../src/model/client.js';

const write = (n: number, issuedAt: number, changes: Partial<ProbeWrite> = {}): ProbeWrite => ({
  n,
  side: 'follower',
  issuedAt,
  endedAt: issuedAt + 1,
  outcome: 'ok',
  ...changes,
});

const ledger = {
  writes: [
    write(1, 100),
    write(2, 200),
    write(3, 300, { outcome: 'fail' }),
    write(4, 400, { outcome: 'unknown' }),
    write(5, 900),
    write(6, 950),
    write(7, 150, { side: 'sticky' }),
    write(8, 160, { side: 'sticky', outcome: 'fail' }),
  ],
  isKept: ({ n }: ProbeWrite) => n !== 6 && n !== 7,
};

describe('writesIn', () => {
  it('counts what was sent in it, and the losses of every client', () => {
    expect(writesIn(ledger, { fromAt: 0, toAt: 500 })).toEqual({
      acknowledged: 2,
      failed: 1,
      unknown: 1,
      lost: 1,
      longestGapMs: 700,
    });
    expect(writesIn(ledger, { fromAt: 500, toAt: 2000 })).toMatchObject({
      acknowledged: 2,
      failed: 0,
      lost: 1,
      longestGapMs: 50,
    });
  });

  it('gives each time without a write to the span in which it began', () => {
    expect(writesIn(ledger, { fromAt: 250, toAt: 500 })).toMatchObject({
      acknowledged: 0,
      longestGapMs: 0,
    });
    expect(writesIn(ledger, { fromAt: 0, toAt: 150 }).longestGapMs).toBe(100);
  });

  it('counts the time to the end when nothing is acknowledged any more', () => {
    const writes = [write(1, 100), write(2, 200, { outcome: 'fail', endedAt: 5000 })];
    const seen = writesIn({ writes, isKept: () => true }, { fromAt: 0, toAt: 1000 });
    expect(seen).toMatchObject({ acknowledged: 1, failed: 1, longestGapMs: 4899 });
  });
});
