import type { ProbeWrite } from '../model/client.js';
import type { StageWrites } from '../model/upgrade.js';
import type { WhyGone } from './gone.js';

/** Everything that the figures of a stage rest on. Times: Date.now(), ms. */
export interface StageLedger {
  readonly writes: readonly ProbeWrite[];
  /** True for a write whose key is on the final master. */
  readonly isKept: (write: ProbeWrite) => boolean;
  /** Why one that is not there may not be lost. */
  readonly whyGone?: (write: ProbeWrite) => WhyGone | undefined;
}

/** From its beginning up to, and without, its end (Date.now(), ms). */
export interface Span {
  readonly fromAt: number;
  readonly toAt: number;
}

/**
 * What the clients saw in each span of time. A write belongs to the span in which it was sent, a
 * time without an acknowledged write to the one in which it began.
 */
export function writesIn(ledger: StageLedger, { fromAt, toAt }: Span): StageWrites {
  const { writes, isKept, whyGone } = ledger;
  const sent = writes.filter(({ issuedAt }) => issuedAt >= fromAt && issuedAt < toAt);
  const own = sent.filter(({ side }) => side === 'follower');
  const count = (wanted: ProbeWrite['outcome']) =>
    own.filter(({ outcome }) => outcome === wanted).length;
  return {
    acknowledged: count('ok'),
    failed: count('fail'),
    unknown: count('unknown'),
    // Whoever was told so: a write that stayed with the old master is lost as well.
    lost: sent.filter(
      (write) => write.outcome === 'ok' && !isKept(write) && whyGone?.(write) === undefined,
    ).length,
    longestGapMs: longestGap(writes, { fromAt, toAt }),
  };
}

/** Of the client that follows the Sentinels. */
function longestGap(writes: readonly ProbeWrite[], { fromAt, toAt }: Span): number {
  const own = writes.filter(({ side }) => side === 'follower');
  const acks = own.filter(({ outcome }) => outcome === 'ok').map(({ endedAt }) => endedAt);
  const ended = own.reduce((last, { endedAt }) => Math.max(last, endedAt), 0);
  const marks = [...acks, ended].sort((a, b) => a - b);
  let longest = 0;
  marks.forEach((at, i) => {
    const began = marks[i - 1] ?? at;
    if (began >= fromAt && began < toAt) longest = Math.max(longest, at - began);
  });
  return longest;
}
