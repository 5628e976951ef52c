import type { Expected, FaultKind } from '../model/drill.js';
import type { TopologySpec } from '../model/spec.js';
import { majorityOf } from '../model/topology.js';
import type { Candidate } from './target.js';

/** A fault as it was ordered. */
export interface Ordered {
  readonly kind: FaultKind;
  readonly targets: readonly Candidate[];
  /** How long it lasts (ms); until something came of it when not said. */
  readonly forMs?: number;
  readonly downAfterMs: number;
}

/** Sentinel pings once a second, and the first unanswered PING starts the clock. */
const NOTICE_MS = 1000;
/** From +sdown to the start of an attempt: asking the others, the vote, a tick on a slow machine. */
const START_MS = 2000;

/** What should come of a fault on a topology that was whole before it. */
export function expectedOf(
  { kind, targets, forMs, downAfterMs }: Ordered,
  { replicas, sentinels, quorum }: Pick<TopologySpec, 'replicas' | 'sentinels' | 'quorum'>,
): Expected {
  const hit = (role: Candidate['role']) => targets.filter((each) => each.role === role).length;
  const left = sentinels - hit('sentinel');
  // A quorum says that the master is gone; electing a leader takes a majority of all Sentinels.
  const canAgree = left >= quorum && left >= majorityOf(sentinels);
  // A Sentinel that is cut off misses the master. Healed together, as many as the quorum may agree
  // on that before they have heard from it again.
  const maySpook = kind === 'partition' && hit('sentinel') >= quorum && hit('master') === 0;
  if (maySpook && replicas - hit('replica') > 0) return 'either';
  if (hit('master') === 0 || !canAgree || replicas - hit('replica') < 1) return 'no failover';
  const lives = kind === 'hang' || kind === 'partition';
  if (!lives || forMs === undefined) return 'failover';
  if (forMs < downAfterMs) return 'no failover';
  return forMs > downAfterMs + NOTICE_MS + START_MS ? 'failover' : 'either';
}

/** How long a fault must last to show that nothing comes of it (ms). */
export function proofMs(downAfterMs: number): number {
  return downAfterMs + NOTICE_MS + START_MS;
}
