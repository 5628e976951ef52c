import type { ProbeWrite, Unclear } from '../model/client.js';

/** What a data node says of its memory (INFO). */
export interface MemorySeen {
  readonly runId: string;
  /** Keys that it has evicted since it started. */
  readonly evictedKeys: number;
  /** Its limit (bytes); 0: none. */
  readonly maxmemory: number;
  readonly policy: string;
  /** The most that it has used since it started (bytes). */
  readonly peak: number;
}

/** Two looks at the memory of the data nodes, by their names; one that did not answer is not there. */
export interface MemoryLooks {
  readonly before: ReadonlyMap<string, MemorySeen>;
  readonly after: ReadonlyMap<string, MemorySeen>;
}

/** A node this near to its limit may evict at the next write. */
const NEARLY_FULL = 0.9;
/** Clocks of servers, and the time on the way (ms). */
const MARGIN_MS = 10_000;

/** What was evicted between two looks: how many keys are known to be, and by which policy. */
export interface Evictions {
  readonly keys: number;
  readonly policy: string;
}

/**
 * Whether keys may have been evicted between two looks; undefined when surely none was. What a node
 * had evicted is forgotten when it starts again: one that was nearly full before, and had been told
 * to evict, counts as one that did.
 */
export function evictionsIn({ before, after }: MemoryLooks): Evictions | undefined {
  let keys = 0;
  let policy: string | undefined;
  for (const [name, now] of after) {
    const earlier = before.get(name);
    const began = earlier?.runId === now.runId ? earlier.evictedKeys : 0;
    if (now.evictedKeys <= began) continue;
    keys += now.evictedKeys - began;
    policy = now.policy;
  }
  for (const [name, earlier] of before) {
    if (after.get(name)?.runId === earlier.runId || !wasNearlyFull(earlier)) continue;
    policy ??= earlier.policy;
  }
  return policy === undefined ? undefined : { keys, policy };
}

function wasNearlyFull({ maxmemory, policy, peak }: MemorySeen): boolean {
  return maxmemory > 0 && policy !== 'noeviction' && peak >= NEARLY_FULL * maxmemory;
}

/** Why a key may be gone although no write was lost. */
export type WhyGone = 'expired' | 'evicted';

/**
 * Tells of an acknowledged write whose key is gone whether that may have another cause than a loss.
 * @param expiryS the keys' time to live
 * @param lookedUpAt when the last key had been looked up (Date.now(), ms)
 */
export function whyGone(
  expiryS: number,
  lookedUpAt: number,
  evictions: Evictions | undefined,
): (write: ProbeWrite) => WhyGone | undefined {
  return ({ issuedAt }) => {
    if (lookedUpAt - issuedAt >= expiryS * 1000 - MARGIN_MS) return 'expired';
    return evictions === undefined ? undefined : 'evicted';
  };
}

/** How many writes are gone without being known to be lost; undefined when none is. */
export function unclearOf(
  reasons: readonly (WhyGone | undefined)[],
  evictions: Evictions | undefined,
): Unclear | undefined {
  const count = (wanted: WhyGone) => reasons.filter((each) => each === wanted).length;
  const [expired, evicted] = [count('expired'), count('evicted')];
  if (expired + evicted === 0) return undefined;
  const known = evictions === undefined || evicted === 0 ? {} : { policy: evictions.policy };
  return { expired, evicted, evictedKeys: evictions?.keys ?? 0, ...known };
}
