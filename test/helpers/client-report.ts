import type { ClientReport, ClientSide, Slice, WriteCounts } from '../../src/model/client.js';

const SLICE_MS = 100;
const PER_SLICE = 10;

/** A client's writes, one kind after the other: each with the time at which it ends. */
export function slices(
  side: ClientSide,
  fromMs: number,
  ...kinds: readonly (readonly ['kept' | 'lost' | 'refused', number])[]
): Slice[] {
  return kinds.flatMap(([kind, toMs], i) => {
    const from = kinds[i - 1]?.[1] ?? fromMs;
    return Array.from({ length: (toMs - from) / SLICE_MS }, (_, k) => ({
      ...{ atMs: from + k * SLICE_MS, side, kept: 0, lost: 0, refused: 0 },
      [kind]: PER_SLICE,
    }));
  });
}

/** Three of a client's refused writes stayed unknown. */
function countsOf(own: readonly Slice[]): WriteCounts {
  const sum = (kind: 'kept' | 'lost' | 'refused') => own.reduce((n, each) => n + each[kind], 0);
  const unknown = sum('refused') > 0 ? 3 : 0;
  return {
    acknowledged: sum('kept') + sum('lost'),
    failed: sum('refused') - unknown,
    unknown,
    lost: sum('lost'),
    unknownKept: unknown > 0 ? 1 : 0,
    failedKept: 0,
  };
}

function sumOf(all: readonly WriteCounts[]): WriteCounts {
  const sum = (field: keyof WriteCounts) => all.reduce((n, each) => n + each[field], 0);
  return {
    ...{ acknowledged: sum('acknowledged'), failed: sum('failed'), unknown: sum('unknown') },
    ...{ lost: sum('lost'), unknownKept: sum('unknownKept'), failedKept: sum('failedKept') },
  };
}

/** A client report whose counts and lost writes are those of its slices. */
export function clientReport(
  all: readonly Slice[],
  more: Partial<ClientReport> = {},
): ClientReport {
  const sides = (['follower', 'sticky', 'isolated'] as const).flatMap((side) => {
    const own = all.filter((slice) => slice.side === side);
    return own.length === 0 ? [] : [{ side, counts: countsOf(own) }];
  });
  const lost = all.flatMap((slice) => Array.from({ length: slice.lost }, (_, i) => ({ slice, i })));
  const lostWrites = lost.map(({ slice: { side, atMs }, i }, n) => ({
    ...{ n: n + 151, side, by: 'redis-1' },
    ackedAtMs: atMs + i * (SLICE_MS / PER_SLICE),
  }));
  return {
    ratePerS: 100,
    wait: 0,
    total: sumOf(sides.map(({ counts }) => counts)),
    sides,
    readBackFrom: 'redis-2',
    lostWrites,
    reasons: [
      { side: 'follower', outcome: 'fail', why: 'Connection is closed.', count: 391 },
      { side: 'sticky', outcome: 'fail', why: 'connect ECONNREFUSED 172.30.5.11:6379', count: 520 },
      { side: 'follower', outcome: 'unknown', why: 'no answer within 500 ms', count: 3 },
    ],
    longestGap: { fromMs: -8, lastedMs: 3950 },
    firstAckMs: 3942,
    reads: { ok: 640, stale: 4, failed: 96 },
    sliceMs: SLICE_MS,
    slices: all,
    cost: { cpuPercent: 6.2, cpuMs: 590, overMs: 9500 },
    ...more,
  };
}
