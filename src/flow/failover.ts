import { stepsOf, timingsOf } from '../drill/timeline.js';
import { masterOf, obstacles } from '../health/judge.js';
import { RsentError } from '../model/errors.js';
import type { FailoverReport, FailoverStep, FaultKind, SentinelEvent } from '../model/timeline.js';
import { ofKind } from '../model/topology.js';
import type { Expectation, Verdict } from '../model/verdict.js';
import { type Listener, listen } from '../redis/events.js';
import type { Context } from './context.js';
import { strike } from './failover-fault.js';
import { handOver } from './failover-manual.js';
import type { Outcome, Scene } from './failover-scene.js';
import { findRecorded } from './find.js';
import { LiveSteps } from './live-steps.js';
import { Observer, type Target } from './observe.js';
import { type Preparation, prepare, type Restore, restore } from './prepare.js';
import { expected } from './targets.js';
import { awaitHealthy, type Judged, judgeNow } from './verify.js';

export interface FailoverOptions extends Preparation {
  readonly how: FaultKind | 'manual';
  /** How long a hang or a partition lasts (ms); until the failover is over when not said. */
  readonly forMs?: number;
  /** How long the topology may take to be healthy again afterwards. */
  readonly timeoutMs: number;
  /** Called with each step of the failover as soon as its first sign is there. */
  readonly onStep: (step: FailoverStep) => void;
}

/**
 * Make a failover happen, watch it through the Sentinels' own events, and put the topology back
 * together: the old master as a replica, everything healthy.
 * @throws RsentError `refused` when no failover could happen; nothing was done then
 */
export async function failover(
  context: Context,
  name: string,
  options: FailoverOptions,
): Promise<FailoverReport> {
  const known = await findRecorded(context, name);
  const { record } = known;
  const { expectation, targets } = expected(known, context.home);
  const observer = new Observer(context.engine, expectation, targets);
  const listeners: Listener[] = [];
  try {
    const before = await judgeNow(observer, expectation, context.signal, false);
    const victim = requireAble(context, before, expectation, targets);
    const events: SentinelEvent[] = [];
    const live = new LiveSteps(victim, events, options);
    listeners.push(...(await listenToAll(targets, before, (event) => live.hear(event))));
    const scene = {
      context,
      record,
      expectation,
      observer,
      victim,
      downAfterMs: options.downAfterMs ?? record.spec.timing.downAfterMs,
      before: before.verdict,
      events,
    };
    const outcome = await act(scene, live, options);
    const verdict = await settle(scene, options.timeoutMs);
    return report(scene, options.how, outcome, verdict);
  } finally {
    for (const listener of listeners) listener.close();
    observer.close();
  }
}

/** What was set for this drill alone is put back on every way out. */
async function act(scene: Scene, live: LiveSteps, options: FailoverOptions): Promise<Outcome> {
  const restores: Restore[] = [];
  try {
    await prepare(scene, options, restores);
    if (options.how === 'manual') return await handOver(scene, live);
    return await strike(scene, live, options.how, options.forMs);
  } finally {
    await restore(scene, restores);
  }
}

/** @throws RsentError `refused` with every reason why no failover could happen */
function requireAble(
  context: Context,
  { verdict, observation }: Judged,
  expectation: Expectation,
  targets: readonly Target[],
): Target {
  const master = masterOf(expectation, observation);
  const victim = targets.find((target) => target.name === master);
  const reasons = obstacles(verdict).map(({ saw, expected }) => `  - ${saw}; expected ${expected}`);
  if (ofKind(targets, 'redis').length < 2) reasons.push('  - it has no replica to promote');
  if (victim === undefined || reasons.length > 0) {
    const list = reasons.length > 0 ? `:\n${reasons.join('\n')}` : ': there is no master.';
    throw new RsentError('refused', `No failover could happen in ${expectation.topology}${list}`, {
      hint: `Nothing was done. rsent status ${expectation.topology} shows what is wrong; rsent up ${expectation.topology} starts stopped nodes.`,
    });
  }
  for (const { subject, saw } of verdict.findings) {
    context.progress.warn(`before the failover: ${subject}: ${saw}`);
  }
  return victim;
}

async function listenToAll(
  targets: readonly Target[],
  { observation }: Judged,
  onEvent: (event: SentinelEvent) => void,
): Promise<Listener[]> {
  const reached = new Set(
    observation.nodes.filter(({ answer }) => answer.reached).map(({ name }) => name),
  );
  const sentinels = ofKind(targets, 'sentinel').filter(({ name }) => reached.has(name));
  return Promise.all(sentinels.map(({ name, published }) => listen(name, published, onEvent)));
}

/** Wait until all is as healthy as it was before. */
async function settle(scene: Scene, timeoutMs: number): Promise<Verdict> {
  const { observer, expectation, context } = scene;
  context.progress.stage('Waiting until every node agrees again');
  const { verdict } = await awaitHealthy(observer, expectation, {
    deadline: Date.now() + timeoutMs,
    everyMs: 50,
    signal: context.signal,
    calm: async () => {},
    onRound: ({ findings }) => context.progress.detail(findings[0]?.saw ?? ''),
    goodEnough: (seen) => nothingNew(scene.before, seen),
  });
  if (nothingNew(scene.before, verdict)) context.progress.done('Every node agrees again');
  else context.progress.failed(`${expectation.topology} is ${verdict.state}`);
  return verdict;
}

/** True when every error was there before, too. */
function nothingNew(before: Verdict, after: Verdict): boolean {
  const known = new Set(before.findings.map(({ code, subject }) => `${code} ${subject}`));
  return after.findings.every(
    ({ severity, code, subject }) => severity !== 'error' || known.has(`${code} ${subject}`),
  );
}

function report(
  { record, victim, before, events }: Scene,
  how: FailoverOptions['how'],
  outcome: Outcome,
  verdict: Verdict,
): FailoverReport {
  const recording = { ...outcome, victim: victim.address, events };
  return {
    schemaVersion: 1,
    topology: record.spec.name,
    how,
    victim: victim.name,
    ...(outcome.promoted === undefined ? {} : { promoted: outcome.promoted.name }),
    steps: stepsOf(recording),
    timingsMs: timingsOf(recording),
    ...(outcome.failure === undefined ? {} : { failure: outcome.failure }),
    verdict,
    asBefore: outcome.promoted !== undefined && nothingNew(before, verdict),
  };
}
