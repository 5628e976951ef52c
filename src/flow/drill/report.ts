import { complaintsOf } from '../../drill/complaints.js';
import { phasesOf } from '../../drill/phases.js';
import { type RoleSample, spansOf } from '../../drill/roles.js';
import { eventsOf, promotionsOf, stepsOf, timingsOf } from '../../drill/timeline.js';
import type { ClientReport } from '../../model/client.js';
import type { DrillReport } from '../../model/drill.js';
import type { Verdict } from '../../model/verdict.js';
import type { Unheard } from './event-log.js';
import type { DrillOptions } from './options.js';
import type { Outcome, Scene } from './scene.js';

/** What was collected while a drill ran. */
export interface Evidence {
  readonly outcome: Outcome;
  readonly after: Verdict;
  readonly client: ClientReport | undefined;
  readonly unheard: readonly Unheard[];
  readonly samples: readonly RoleSample[];
  readonly isolatedSamples: readonly RoleSample[];
}

/** Put together what a drill has shown. */
export function reportOf(
  scene: Scene,
  { how, budget }: DrillOptions,
  { outcome, after, client, unheard, samples, isolatedSamples }: Evidence,
): DrillReport {
  const { master, struck, events, expected, before, faults, record } = scene;
  const { faultAt, promoted, failure } = outcome;
  const recording = { ...outcome, victim: master.address, events };
  const timingsMs = timingsOf(recording);
  const endedAt = Math.max(...faults.map(({ toAt }) => toAt ?? 0));
  const optional = {
    ...(promoted === undefined ? {} : { promoted: promoted.name }),
    ...(failure === undefined ? {} : { failure }),
    ...(client === undefined ? {} : { client }),
  };
  const promotions = promotionsOf(recording);
  const result = { ...optional, expected, promotions, before, after };
  const complaints = complaintsOf(result, budget);
  return {
    schemaVersion: 1,
    topology: record.spec.name,
    how,
    targets: struck.map(({ name }) => name),
    oldMaster: master.name,
    ...optional,
    expected,
    promotions,
    faultAt,
    zero: outcome.zero,
    ...(faults.length === 0 ? {} : { faultEndedMs: endedAt - faultAt }),
    steps: stepsOf(recording),
    timingsMs,
    phases: phasesOf(timingsMs, client?.firstAckMs),
    roles: spansOf(
      samples,
      faults,
      { ...windowOf(samples, faultAt), master: master.name },
      isolatedSamples,
    ),
    events: eventsOf(recording),
    silences: unheard.map(({ sentinel, fromAt, toAt = Date.now() }) => ({
      sentinel,
      fromMs: fromAt - faultAt,
      toMs: toAt - faultAt,
    })),
    verdict: after,
    complaints,
    passed: complaints.length === 0,
  };
}

function windowOf(samples: readonly RoleSample[], faultAt: number) {
  const fromAt = samples.reduce((first, { at }) => Math.min(first, at), faultAt);
  const toAt = samples.reduce((last, { at }) => Math.max(last, at), faultAt);
  return { fromAt, toAt, faultAt };
}
