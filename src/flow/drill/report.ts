import { complaintsOf } from '../../drill/complaints.js';
import { phasesOf } from '../../drill/phases.js';
import { type RoleSample, spansOf } from '../../drill/roles.js';
import { eventsOf, promotionsOf, stepsOf, timingsOf } from '../../drill/timeline.js';
import type { ClientReport } from '../../model/client.js';
import type { DrillReport, Silence } from '../../model/drill.js';
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
  evidence: Evidence,
): DrillReport {
  const { master, struck, events, expected, before, record } = scene;
  const { outcome, after, client } = evidence;
  const { faultAt, zero, promoted, failure } = outcome;
  const recording = { ...outcome, victim: master.address, events };
  const timingsMs = timingsOf(recording);
  const found = {
    ...(promoted === undefined ? {} : { promoted: promoted.name }),
    ...(failure === undefined ? {} : { failure }),
    ...(client === undefined ? {} : { client }),
    expected,
    promotions: promotionsOf(recording),
  };
  const complaints = complaintsOf({ ...found, before, after }, budget);
  return {
    schemaVersion: 1,
    topology: record.spec.name,
    how,
    targets: struck.map(({ name }) => name),
    oldMaster: master.name,
    ...found,
    faultAt,
    zero,
    ...ended(scene, faultAt),
    steps: stepsOf(recording),
    timingsMs,
    phases: phasesOf(timingsMs, client?.firstAckMs),
    roles: rolesOf(scene, evidence),
    events: eventsOf(recording),
    silences: silencesOf(evidence.unheard, faultAt),
    verdict: after,
    complaints,
    passed: complaints.length === 0,
  };
}

function ended({ faults }: Scene, faultAt: number): Pick<DrillReport, 'faultEndedMs'> {
  if (faults.length === 0) return {};
  return { faultEndedMs: Math.max(...faults.map(({ toAt }) => toAt ?? 0)) - faultAt };
}

function rolesOf({ master, faults }: Scene, { outcome, samples, isolatedSamples }: Evidence) {
  const window = { ...windowOf(samples, outcome.faultAt), master: master.name };
  return spansOf(samples, faults, window, isolatedSamples);
}

function silencesOf(unheard: readonly Unheard[], faultAt: number): Silence[] {
  return unheard.map(({ sentinel, fromAt, toAt = Date.now() }) => ({
    sentinel,
    fromMs: fromAt - faultAt,
    toMs: toAt - faultAt,
  }));
}

function windowOf(samples: readonly RoleSample[], faultAt: number) {
  const fromAt = samples.reduce((first, { at }) => Math.min(first, at), faultAt);
  const toAt = samples.reduce((last, { at }) => Math.max(last, at), faultAt);
  return { fromAt, toAt, faultAt };
}
