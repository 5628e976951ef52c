import fc from 'fast-check';
import type { Ledger } from '../../src/drill/losses.js';
import type { ClientSide, Outcome, ProbeWrite } from '../../src/model/client.js';

/** When the fault of `aLedger` was made. The times of its writes count from there. */
const FAULT_AT = 1_700_000_000_000;

const WHY: Readonly<Record<Outcome, Partial<ProbeWrite>>> = {
  ok: { by: 'redis-1' },
  fail: { why: 'READONLY' },
  unknown: { why: 'the connection broke before the answer' },
};

/** A write that ended at this time after the fault (ms); the follower's when not said. */
export function aWrite(
  n: number,
  endedMs: number,
  outcome: Outcome = 'ok',
  more: Partial<ProbeWrite> = {},
): ProbeWrite {
  const endedAt = FAULT_AT + endedMs;
  const side: ClientSide = 'follower';
  return { n, side, issuedAt: endedAt, endedAt, outcome, ...WHY[outcome], ...more };
}

/** All were kept, and redis-2 was promoted. */
export function aLedger(writes: readonly ProbeWrite[], more: Partial<Ledger> = {}): Ledger {
  return {
    faultAt: FAULT_AT,
    ratePerS: 200,
    wait: 0,
    writes,
    isKept: () => true,
    readBackFrom: 'redis-2',
    promoted: 'redis-2',
    cost: { cpuPercent: 5, cpuMs: 500, overMs: 10_000 },
    ...more,
  };
}

/** The same moment as a time of the ledger: Date.now(), ms. */
export function atMs(ms: number): number {
  return FAULT_AT + ms;
}

/** Writes of several clients, and which of them were kept. */
export const writesAndKept = fc
  .array(
    fc.record({
      ms: fc.integer({ min: -500, max: 3000 }),
      tookMs: fc.nat(50),
      side: fc.constantFrom<ClientSide>('follower', 'sticky', 'isolated'),
      outcome: fc.constantFrom('ok', 'fail', 'unknown'),
      kept: fc.boolean(),
    }),
    { maxLength: 60 },
  )
  .map((rows) => {
    const writes = rows.map(({ ms, tookMs, side, outcome }, n) =>
      aWrite(n, ms, outcome, { side, issuedAt: atMs(ms - tookMs) }),
    );
    return { writes, isKept: ({ n }: ProbeWrite) => rows[n]?.kept === true };
  });
