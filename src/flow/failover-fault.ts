import { setTimeout as sleep } from 'node:timers/promises';
import { explain } from '../drill/explain.js';
import type { FaultKind, SentinelEvent } from '../model/timeline.js';
import { awaitBack } from './bring-back.js';
import { type Moments, type Outcome, type Scene, successor } from './failover-scene.js';
import { FAULTS, type Fault } from './faults.js';
import type { Target } from './observe.js';
import { waitFor } from './wait.js';

/** Beyond what Sentinel itself needs: its elections, ticks and a slow machine. */
const PATIENCE_MS = 20_000;
/** After a fault ended by itself: time for an attempt that was about to start. */
const AFTER_END_MS = 3000;
const POLL_MS = 50;

/**
 * Take the master away, wait for the Sentinels to replace it, and bring it back as a replica of
 * its successor. Whatever happens in between, it is brought back.
 * @param forMs how long a fault that the master survives lasts; until the failover is over when
 *   not said
 */
export async function strike(
  scene: Scene,
  moments: Moments,
  kind: FaultKind,
  forMs: number | undefined,
): Promise<Outcome> {
  const { context, victim } = scene;
  const { progress } = context;
  const fault = FAULTS[kind];
  progress.stage(`${fault.doing} ${victim.name}, the master`);
  const closed = await scene.observer.client(victim).onClose();
  const ending = new AbortController();
  let back = false;
  try {
    await fault.inflict(scene);
    // The connection breaks when the process dies; the engine answers somewhat later.
    const faultAt = closed.at() ?? Date.now();
    moments.begin(faultAt);
    progress.done(`${fault.done} ${victim.name}, the master`);
    const timed =
      fault.lasting && forMs !== undefined ? endAfter(scene, fault, forMs, ending) : undefined;
    const promoted = await awaitPromotion(scene, faultAt, timed);
    progress.stage(`Bringing ${victim.name} back${promoted ? ' as a replica' : ''}`);
    await (timed?.over ?? fault.end(scene, promoted));
    const rejoinedAt = await awaitBack(scene, promoted, context.signal);
    back = true;
    if (promoted === undefined) {
      progress.done(`${victim.name} is master again`);
      return { faultAt, failure: whyNot(scene) };
    }
    moments.rejoined(rejoinedAt);
    progress.done(`${victim.name} is back as a replica in sync`);
    return { faultAt, promoted, rejoinedAt };
  } finally {
    ending.abort();
    if (!back) await putBack(scene, fault);
  }
}

/** A fault that ends by the clock, whatever the Sentinels have done by then. */
interface Timed {
  readonly over: Promise<void>;
  /** When it ended (Date.now(), ms); undefined while it lasts. */
  endedAt(): number | undefined;
}

function endAfter(scene: Scene, fault: Fault, forMs: number, ending: AbortController): Timed {
  let endedAt: number | undefined;
  const over = sleep(forMs, undefined, { signal: ending.signal }).then(
    async () => {
      await fault.end(scene, undefined);
      endedAt = Date.now();
      scene.context.progress.note(`The fault is over; ${scene.victim.name} can be reached again`);
    },
    () => undefined,
  );
  return { over, endedAt: () => endedAt };
}

/** The node that every reachable Sentinel calls master now, once no failover runs any more. */
async function awaitPromotion(
  scene: Scene,
  faultAt: number,
  timed: Timed | undefined,
): Promise<Target | undefined> {
  const { record, context, downAfterMs } = scene;
  const { failoverTimeoutMs } = record.spec.timing;
  context.progress.stage(`Waiting for the Sentinels (they notice after ${downAfterMs} ms)`);
  const deadline = faultAt + downAfterMs + 2 * failoverTimeoutMs + PATIENCE_MS;
  let told: SentinelEvent | undefined;
  const answer = await waitFor(
    async () => {
      const abort = scene.events.findLast(({ channel }) => channel.startsWith('-failover-abort'));
      if (abort !== undefined && abort !== told) {
        told = abort;
        context.progress.note(`No failover yet: ${whyNot(scene)}`);
      }
      const promoted = await successor(scene);
      if (promoted !== undefined) return { promoted };
      return isMissed(scene, timed) ? {} : undefined;
    },
    { deadline, everyMs: POLL_MS, signal: context.signal },
  );
  const promoted = answer?.promoted;
  context.progress.done(promoted ? `${promoted.name} is the new master` : 'No failover happened');
  return promoted;
}

/** The fault ended before any Sentinel tried: nobody will be promoted any more. */
function isMissed({ events }: Scene, timed: Timed | undefined): boolean {
  const endedAt = timed?.endedAt();
  const tried = events.some(({ channel }) => channel === '+try-failover');
  return endedAt !== undefined && !tried && Date.now() > endedAt + AFTER_END_MS;
}

function whyNot({ events, record }: Scene): string {
  const { why, nextAttemptAt } = explain(events, record.spec.timing.failoverTimeoutMs);
  if (nextAttemptAt === undefined) return `${why}.`;
  const at = new Date(nextAttemptAt).toLocaleTimeString('en-GB');
  return `${why}. Sentinel tries again at ${at} at the latest.`;
}

/** On the way out of a failure or an interruption: nothing may stay broken. */
async function putBack(scene: Scene, fault: Fault): Promise<void> {
  const { context, victim } = scene;
  context.progress.stage(`Putting ${victim.name} back`);
  const promoted = await successor(scene).catch(() => undefined);
  await fault.end(scene, promoted);
  await awaitBack(scene, promoted, new AbortController().signal);
  context.progress.done(`${victim.name} is back${promoted ? ' as a replica' : ''}`);
}
