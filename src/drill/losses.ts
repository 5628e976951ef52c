import type {
  ClientReport,
  ClientSide,
  LostWrite,
  ProbeCost,
  ProbeRead,
  ProbeWrite,
  Slice,
  WriteCounts,
} from '../model/client.js';
import { type Evictions, unclearOf, type WhyGone } from './gone.js';

/** Everything that the accounting rests on. Times: Date.now(), ms. */
export interface Ledger {
  readonly faultAt: number;
  readonly ratePerS: number;
  readonly wait: number;
  readonly writes: readonly ProbeWrite[];
  readonly reads?: readonly ProbeRead[];
  /** True for a write whose key is on the final master. */
  readonly isKept: (write: ProbeWrite) => boolean;
  /** Why one that is not there may not be lost. */
  readonly whyGone?: (write: ProbeWrite) => WhyGone | undefined;
  /** What was evicted meanwhile. */
  readonly evictions?: Evictions | undefined;
  readonly readBackFrom: string;
  /** Node that was promoted. */
  readonly promoted?: string;
  readonly cost: ProbeCost;
}

const SLICE_MS = 100;
const SIDES: readonly ClientSide[] = ['follower', 'sticky', 'isolated'];

/** What the clients saw, and what became of the writes that were acknowledged to them. */
export function accountFor(ledger: Ledger): ClientReport {
  const { writes, reads } = ledger;
  const firstAckMs = firstAck(ledger);
  const reasons = writes
    .filter((write) => isGone(write, ledger))
    .map((write) => ledger.whyGone?.(write));
  const unclear = unclearOf(reasons, ledger.evictions);
  const sides = SIDES.flatMap((side) => {
    const own = writes.filter((write) => write.side === side);
    return own.length === 0 ? [] : [{ side, counts: countsOf(own, ledger) }];
  });
  return {
    ratePerS: ledger.ratePerS,
    wait: ledger.wait,
    total: countsOf(writes, ledger),
    sides,
    readBackFrom: ledger.readBackFrom,
    lostWrites: lostOf(ledger),
    ...(unclear === undefined ? {} : { unclear }),
    reasons: reasonsOf(writes),
    longestGap: longestGap(ledger),
    ...(firstAckMs === undefined ? {} : { firstAckMs }),
    ...(reads === undefined ? {} : { reads: readCounts(reads) }),
    sliceMs: SLICE_MS,
    slices: slicesOf(ledger),
    cost: ledger.cost,
  };
}

function isGone(write: ProbeWrite, { isKept }: Ledger): boolean {
  return write.outcome === 'ok' && !isKept(write);
}

function isLost(write: ProbeWrite, ledger: Ledger): boolean {
  return isGone(write, ledger) && ledger.whyGone?.(write) === undefined;
}

/** In the order in which they were acknowledged. */
function lostOf(ledger: Ledger): LostWrite[] {
  return ledger.writes
    .filter((write) => isLost(write, ledger))
    .sort((a, b) => a.endedAt - b.endedAt)
    .map(({ n, side, by, endedAt }) => {
      const ackedAtMs = endedAt - ledger.faultAt;
      return { n, side, ...(by === undefined ? {} : { by }), ackedAtMs };
    });
}

function countsOf(writes: readonly ProbeWrite[], ledger: Ledger): WriteCounts {
  const count = (test: (write: ProbeWrite) => boolean) => writes.filter(test).length;
  const { isKept } = ledger;
  return {
    acknowledged: count(({ outcome }) => outcome === 'ok'),
    failed: count(({ outcome }) => outcome === 'fail'),
    unknown: count(({ outcome }) => outcome === 'unknown'),
    lost: count((write) => isLost(write, ledger)),
    unknownKept: count((write) => write.outcome === 'unknown' && isKept(write)),
    failedKept: count((write) => write.outcome === 'fail' && isKept(write)),
  };
}

function firstAck({ writes, faultAt, promoted }: Ledger): number | undefined {
  if (promoted === undefined) return undefined;
  return writes
    .filter(({ side, outcome, by }) => side === 'follower' && outcome === 'ok' && by === promoted)
    .map(({ endedAt }) => endedAt - faultAt)
    .filter((ms) => ms >= 0)
    .sort((a, b) => a - b)[0];
}

/** Between two acknowledged writes of the follower, or from the last one to the end. */
function longestGap({ writes, faultAt }: Ledger): ClientReport['longestGap'] {
  const own = writes.filter(({ side }) => side === 'follower');
  const began = own.reduce((first, { issuedAt }) => Math.min(first, issuedAt), faultAt);
  const ended = own.reduce((last, { endedAt }) => Math.max(last, endedAt), faultAt);
  const acks = own.filter(({ outcome }) => outcome === 'ok').map(({ endedAt }) => endedAt);
  const marks = [began, ...acks.sort((a, b) => a - b), ended];
  let longest = { fromMs: 0, lastedMs: 0 };
  marks.forEach((at, i) => {
    const from = marks[i - 1] ?? at;
    // The probe's own start, before the fault, is nobody's downtime.
    if (at < faultAt || at - from <= longest.lastedMs) return;
    longest = { fromMs: from - faultAt, lastedMs: at - from };
  });
  return longest;
}

function reasonsOf(writes: readonly ProbeWrite[]): ClientReport['reasons'] {
  const reasons = new Map<string, ClientReport['reasons'][number]>();
  for (const { side, outcome, why = '' } of writes) {
    if (outcome === 'ok') continue;
    const key = `${side} ${outcome} ${why}`;
    const count = (reasons.get(key)?.count ?? 0) + 1;
    reasons.set(key, { side, outcome, why, count });
  }
  return [...reasons.values()].sort((a, b) => b.count - a.count);
}

function readCounts(reads: readonly ProbeRead[]) {
  const count = (wanted: ProbeRead['outcome']) =>
    reads.filter(({ outcome }) => outcome === wanted).length;
  return { ok: count('ok'), stale: count('stale'), failed: count('fail') };
}

/** Slices without a write are left out. */
function slicesOf(ledger: Ledger): Slice[] {
  const slices = new Map<string, Slice>();
  for (const write of ledger.writes) {
    const { side, outcome } = write;
    const atMs = Math.floor((write.endedAt - ledger.faultAt) / SLICE_MS) * SLICE_MS;
    const key = `${side} ${atMs}`;
    const slice = slices.get(key) ?? { atMs, side, kept: 0, lost: 0, refused: 0 };
    const field = outcome !== 'ok' ? 'refused' : isLost(write, ledger) ? 'lost' : 'kept';
    slices.set(key, { ...slice, [field]: slice[field] + 1 });
  }
  return [...slices.values()].sort((a, b) => a.atMs - b.atMs || a.side.localeCompare(b.side));
}
