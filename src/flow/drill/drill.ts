import { setTimeout as sleep } from 'node:timers/promises';
import { nothingNew } from '../../drill/complaints.js';
import { masterOf } from '../../health/judge.js';
import type { DrillReport } from '../../model/drill.js';
import type { Context } from '../context.js';
import { findRecorded } from '../find.js';
import { healthWait } from '../healthy.js';
import { observerOf } from '../targets.js';
import { awaitHealthy, type Judged, judgeNow } from '../verify.js';
import { throwIfInterrupted } from '../wait.js';
import { ClientProbe } from './client-probe.js';
import { EventLog } from './event-log.js';
import { handOver } from './hand-over.js';
import type { DrillOptions } from './options.js';
import { plainFailover } from './plain.js';
import { prepare, type Restore, restore } from './prepare.js';
import { reportOf } from './report.js';
import { RoleWatch } from './role-watch.js';
import type { Outcome, Scene } from './scene.js';
import { type Setting, setScene } from './set-scene.js';
import { strike } from './strike.js';

/** An old master that comes back as one is demoted some 12 s after; losses end with that (ms). */
const AFTER_HEAL_MS = 15_000;
/** Where nobody comes back as a second master (ms). */
const AFTER_RETURN_MS = 1000;

/**
 * Make a fault on purpose, watch what comes of it through the Sentinels' own events and a client's
 * eyes, and put the topology back together: the old master as a replica, everything healthy.
 * @throws RsentError `refused` when nothing could come of it; nothing was done then
 */
export async function drill(
  context: Context,
  name: string,
  options: DrillOptions,
): Promise<DrillReport> {
  const known = await findRecorded(context, name);
  const { expectation, targets, observer } = observerOf(context, known);
  const log = new EventLog();
  try {
    const before = await judgeNow(observer, expectation, context.signal, {});
    const { record, access } = known;
    const setting = {
      context,
      record,
      access,
      expectation,
      targets,
      observer,
      before,
      events: log.events,
    };
    const scene = setScene(setting, options);
    await log.listen(targets, access, before.observation, scene.master, options.onStep);
    return await carryOut(setting, scene, log, options);
  } finally {
    log.close();
    observer.close();
  }
}

async function carryOut(
  { observer, targets, expectation }: Setting,
  scene: Scene,
  log: EventLog,
  options: DrillOptions,
): Promise<DrillReport> {
  const watch = new RoleWatch(observer, targets);
  let probe: ClientProbe | undefined;
  const ended = scene.context.pending?.begin({
    what: 'Keys that its clients wrote may be left.',
    remedy: 'They expire by themselves.',
  });
  try {
    if (options.ratePerS > 0) probe = await startProbe(scene, options);
    const outcome = await act(scene, log, options);
    if (probe !== undefined) await keepWriting(scene, options, outcome);
    const after = await settle(scene, options);
    watch.stop();
    const final = masterOf(expectation, after.observation);
    const master = targets.find((target) => target.name === final);
    // A failover may come late, when a fault is over already.
    const late = master?.name === scene.master.name ? undefined : master;
    const promoted = outcome.promoted ?? late;
    const seen = promoted === undefined ? outcome : { ...outcome, promoted };
    const client = master && (await probe?.finish(scene, seen, master));
    if (client === undefined) await probe?.abandon(scene);
    return reportOf(scene, options, {
      outcome: seen,
      after: after.verdict,
      client,
      unheard: log.unheard,
      samples: watch.samples,
      isolatedSamples: probe?.isolatedSamples ?? [],
    });
  } catch (error) {
    await probe?.abandon(scene);
    throw error;
  } finally {
    watch.stop();
    ended?.();
  }
}

function startProbe(scene: Scene, options: DrillOptions): Promise<ClientProbe> {
  const { how, ratePerS, wait, forMs = 0, keepWritingMs = 0, timeoutMs } = options;
  const longestMs = forMs + keepWritingMs + timeoutMs;
  const isolated = how === 'partition' && scene.struck.includes(scene.master);
  return ClientProbe.start(scene, { ratePerS, wait, isolated, longestMs });
}

/** What was set for this drill alone is put back on every way out. */
async function act(scene: Scene, log: EventLog, options: DrillOptions): Promise<Outcome> {
  const { how, forMs } = options;
  const restores: Restore[] = [];
  try {
    await prepare(scene, options, restores);
    if (how === 'manual') return await handOver(scene, log);
    if (how === 'plain') return await plainFailover(scene, log);
    return await strike(scene, log, how, forMs);
  } finally {
    await restore(scene, restores);
  }
}

/** Writes that an old master takes after the fault are the ones that get lost. */
async function keepWriting(
  { context, faults }: Scene,
  { how, keepWritingMs }: DrillOptions,
  { promoted, rejoinedAt = 0, faultAt }: Outcome,
): Promise<void> {
  const asMaster = promoted !== undefined && (how === 'hang' || how === 'partition');
  const lengthMs = keepWritingMs ?? (asMaster ? AFTER_HEAL_MS : AFTER_RETURN_MS);
  const ended = Math.max(faultAt, ...faults.map(({ toAt }) => toAt ?? 0));
  const overAt = asMaster || keepWritingMs !== undefined ? ended : Math.max(ended, rejoinedAt);
  const leftMs = overAt + lengthMs - Date.now();
  if (leftMs <= 0) return;
  context.progress.stage(`Writing on until ${lengthMs / 1000} s after the end of the fault`);
  await sleep(leftMs, undefined, { signal: context.signal }).catch(() => undefined);
  throwIfInterrupted(context.signal);
  context.progress.done();
}

/** Wait until all is as healthy as it was before. */
async function settle(scene: Scene, { timeoutMs }: DrillOptions): Promise<Judged> {
  const { observer, expectation, context } = scene;
  context.progress.stage('Waiting until every node agrees again');
  const judged = await awaitHealthy(observer, expectation, {
    ...healthWait(context, timeoutMs),
    goodEnough: (seen) => nothingNew(scene.before, seen),
  });
  if (nothingNew(scene.before, judged.verdict)) context.progress.done('Every node agrees again');
  else context.progress.failed(`${expectation.topology} is ${judged.verdict.state}`);
  return judged;
}
