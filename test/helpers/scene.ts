import type { Context, Progress } from '../../src/flow/context.js';
import type { DrillOptions } from '../../src/flow/drill/options.js';
import { type Setting, setScene } from '../../src/flow/drill/set-scene.js';
import type { Observer } from '../../src/flow/observe.js';
import { recordTargets } from '../../src/flow/targets.js';
import { expectRecord } from '../../src/health/expect.js';
import { judge } from '../../src/health/judge.js';
import { OPEN_ACCESS } from '../../src/model/access.js';
import type { Observation } from '../../src/model/observation.js';
import type { TopologySpec } from '../../src/model/spec.js';
import { healthyObservation } from './observation.js';
import { aRecord } from './topology.js';

/** What a verb says to its user, and nothing else of it. */
export function silentProgress(warnings: string[] = []): Progress {
  const nothing = () => {};
  return {
    stage: nothing,
    detail: nothing,
    done: nothing,
    failed: nothing,
    note: nothing,
    warn: (text) => void warnings.push(text),
  };
}

/** A drill as it is ordered when nothing else is said. */
export function anOrderedDrill(more: Partial<DrillOptions> = {}): DrillOptions {
  return {
    how: 'crash',
    target: 'master',
    ratePerS: 200,
    wait: 0,
    timeoutMs: 60_000,
    budget: {},
    onStep: () => {},
    ...more,
  };
}

/** A topology before a drill; healthy, with redis-1 as its master, when nothing else was seen. */
export function aSetting(
  changes: Partial<TopologySpec> = {},
  see: (healthy: Observation) => Observation = (healthy) => healthy,
  warnings: string[] = [],
): Setting {
  const record = aRecord(changes);
  const expectation = expectRecord(record);
  const observation = see(healthyObservation(record));
  return {
    context: { progress: silentProgress(warnings) } as Context,
    record,
    access: OPEN_ACCESS,
    expectation,
    targets: recordTargets(record, '/data'),
    observer: {} as Observer,
    before: { observation, verdict: judge(expectation, observation) },
    events: [],
  };
}

/** The scene of that setting. */
export function aScene(more: Partial<DrillOptions> = {}, setting: Setting = aSetting()) {
  return setScene(setting, anOrderedDrill(more));
}
