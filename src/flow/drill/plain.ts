import { ofKind } from '../../model/topology.js';
import { waitFor } from '../wait.js';
import { awaitBack } from './bring-back.js';
import { ableSentinel } from './hand-over.js';
import { type Moments, type Outcome, type Scene, successor } from './scene.js';

/** Beyond the limit of one attempt: ticks and a slow machine. */
const PATIENCE_MS = 20_000;
const POLL_MS = 50;

/**
 * SENTINEL FAILOVER and nothing else, to show what it costs: the old master takes writes until a
 * Sentinel demotes it, some 11 s later (sentinel.c, sentinelRefreshInstanceInfo waits for four
 * hello periods), and all of them are lost then.
 */
export async function plainFailover(scene: Scene, moments: Moments): Promise<Outcome> {
  const { context, master, record } = scene;
  const { progress } = context;
  const leader = await ableSentinel(scene);
  progress.stage(`Asking ${leader.name} for a failover, and for nothing else`);
  const faultAt = Date.now();
  moments.begin(faultAt, leader.name);
  await scene.observer.client(leader).call('SENTINEL', 'FAILOVER', scene.expectation.masterName);
  const base = { faultAt, zero: 'asked', requestedOf: leader.name } as const;
  const promoted = await waitFor(() => successor(scene), {
    deadline: faultAt + record.spec.timing.failoverTimeoutMs + PATIENCE_MS,
    everyMs: POLL_MS,
    signal: context.signal,
  });
  if (promoted === undefined) {
    const sentinels = ofKind(record.placement.nodes, 'sentinel').length;
    progress.failed('Nobody was promoted');
    return { ...base, failure: `the ${sentinels} Sentinels name no other master` };
  }
  progress.done(`${promoted.name} is the new master`);
  progress.stage(`Waiting until ${master.name} is told to be its replica`);
  const rejoinedAt = await awaitBack(scene, master, promoted, context.signal);
  moments.rejoined(rejoinedAt);
  progress.done(`${master.name} is a replica in sync`);
  return { ...base, promoted, rejoinedAt };
}
