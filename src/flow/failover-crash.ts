import { explain } from '../drill/explain.js';
import type { SentinelEvent } from '../model/timeline.js';
import { bringBack } from './bring-back.js';
import { type Moments, type Outcome, type Scene, successor } from './failover-scene.js';
import type { Target } from './observe.js';
import { waitFor } from './wait.js';

/** Beyond what Sentinel itself needs: its elections, ticks and a slow machine. */
const PATIENCE_MS = 20_000;
const POLL_MS = 50;

/**
 * SIGKILL the master, wait for the Sentinels to replace it, and start it again as a replica of
 * its successor. Whatever happens in between, it is started again.
 */
export async function crash(scene: Scene, moments: Moments): Promise<Outcome> {
  const { context, victim } = scene;
  const { progress, engine } = context;
  progress.stage(`Killing ${victim.name}, the master`);
  const closed = await scene.observer.client(victim).onClose();
  let started = false;
  try {
    await engine.killContainer(victim.container);
    // The connection breaks when the process dies; the engine answers somewhat later.
    const faultAt = closed.at() ?? Date.now();
    moments.begin(faultAt);
    progress.done(`Killed ${victim.name}, the master`);
    const promoted = await awaitPromotion(scene, faultAt);
    progress.stage(
      promoted ? `Starting ${victim.name} again as a replica` : `Starting ${victim.name} again`,
    );
    const rejoinedAt = await bringBack(scene, promoted, context.signal);
    started = true;
    if (promoted !== undefined) moments.rejoined(rejoinedAt);
    progress.done(
      promoted ? `${victim.name} is back as a replica in sync` : `${victim.name} is master again`,
    );
    if (promoted !== undefined) return { faultAt, promoted, rejoinedAt };
    return { faultAt, failure: whyNot(scene) };
  } finally {
    if (!started) await putBack(scene);
  }
}

/** The node that every reachable Sentinel calls master now, once no failover runs any more. */
async function awaitPromotion(scene: Scene, faultAt: number): Promise<Target | undefined> {
  const { record, context } = scene;
  const { downAfterMs, failoverTimeoutMs } = record.spec.timing;
  context.progress.stage(`Waiting for the Sentinels (they notice after ${downAfterMs} ms)`);
  const deadline = faultAt + downAfterMs + 2 * failoverTimeoutMs + PATIENCE_MS;
  let told: SentinelEvent | undefined;
  const promoted = await waitFor(
    async () => {
      const abort = scene.events.findLast(({ channel }) => channel.startsWith('-failover-abort'));
      if (abort !== undefined && abort !== told) {
        told = abort;
        context.progress.note(`No failover yet: ${whyNot(scene)}`);
      }
      return successor(scene);
    },
    { deadline, everyMs: POLL_MS, signal: context.signal },
  );
  context.progress.done(promoted ? `${promoted.name} is the new master` : 'No failover happened');
  return promoted;
}

function whyNot({ events, record }: Scene): string {
  const { why, nextAttemptAt } = explain(events, record.spec.timing.failoverTimeoutMs);
  if (nextAttemptAt === undefined) return `${why}.`;
  const at = new Date(nextAttemptAt).toLocaleTimeString('en-GB');
  return `${why}. Sentinel tries again at ${at} at the latest.`;
}

/** On the way out of a failure or an interruption: nothing may stay dead. */
async function putBack(scene: Scene): Promise<void> {
  const { context, victim } = scene;
  context.progress.stage(`Putting ${victim.name} back`);
  const signal = new AbortController().signal;
  const promoted = await successor(scene).catch(() => undefined);
  await bringBack(scene, promoted, signal);
  context.progress.done(`${victim.name} is back${promoted ? ' as a replica' : ''}`);
}
