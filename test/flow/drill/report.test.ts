import type { RoleSample } from '../../../src/drill/roles.js';
import { type Evidence, reportOf } from '../../../src/flow/drill/report.js';
import type { Scene } from '../../../src/flow/drill/scene.js';
import type { Budget } from '../../../src/model/drill.js';
import type { Finding, Verdict } from '../../../src/model/verdict.js';
import { clientReport, slices } from '../../helpers/client-report.js';
import { event } from '../../helpers/events.js';
import { anOrderedDrill, aScene } from '../../helpers/scene.js';
import { nodeNamed } from '../../helpers/topology.js';

const FAULT_AT = 1_700_000_000_000;
const HEALTHY: Verdict = { state: 'healthy', healthy: true, findings: [] };

const EVENTS = [
  event(-300, '+sdown', 'sentinel-3'),
  event(2040, '+sdown'),
  event(2150, '+odown'),
  event(2152, '+try-failover'),
  event(2200, '+elected-leader'),
  event(3000, '+promoted-slave'),
  event(3060, '+switch-master', 'sentinel-2'),
].map((each) => ({ ...each, at: each.at + FAULT_AT }));

const sample = (ms: number, node: string, role: RoleSample['role']): RoleSample => ({
  at: FAULT_AT + ms,
  node,
  role,
});
const SAMPLES = [
  sample(-400, 'redis-1', 'master'),
  sample(-390, 'redis-2', 'replica'),
  sample(3010, 'redis-2', 'master'),
  sample(4000, 'redis-1', 'replica'),
];

/** redis-1 was killed and came back 3.5 s later; the scene may be another one. */
function sceneOf(more: Partial<Scene> = {}): Scene {
  const { record } = aScene();
  const fault = { node: 'redis-1', kind: 'crash' } as const;
  return {
    ...aScene(),
    record,
    events: EVENTS,
    faults: [{ ...fault, fromAt: FAULT_AT - 8, toAt: FAULT_AT + 3500 }],
    ...more,
  };
}

function evidenceOf(scene: Scene, more: Partial<Evidence> = {}): Evidence {
  return {
    outcome: {
      faultAt: FAULT_AT,
      zero: 'connection closed',
      promoted: nodeNamed(scene.record, 'redis-2'),
      rejoinedAt: FAULT_AT + 3900,
    },
    after: HEALTHY,
    client: clientReport(slices('follower', 0, ['refused', 3000], ['kept', 4000])),
    unheard: [],
    samples: SAMPLES,
    isolatedSamples: [],
    ...more,
  };
}

function report(more: Partial<Evidence> = {}, scene = sceneOf(), budget: Budget = {}) {
  return reportOf(scene, anOrderedDrill({ budget }), evidenceOf(scene, more));
}

describe('reportOf', () => {
  it('puts together what happened', () => {
    expect(report()).toMatchObject({
      schemaVersion: 1,
      topology: 'lab',
      how: 'crash',
      targets: ['redis-1'],
      oldMaster: 'redis-1',
      promoted: 'redis-2',
      expected: 'failover',
      promotions: 1,
      faultAt: FAULT_AT,
      zero: 'connection closed',
      faultEndedMs: 3500,
      timingsMs: {
        ...{ suspected: 2040, agreed: 2150, elected: 2200 },
        ...{ promoted: 3000, switched: 3060, rejoined: 3900 },
      },
      complaints: [],
      passed: true,
    });
  });

  it('counts the phases up to the client’s first write, as the probe saw it', () => {
    expect(report().phases.map(({ name, toMs }) => [name, toMs])).toEqual([
      ['detect', 2040],
      ['agree', 2150],
      ['elect', 2200],
      ['promote', 3000],
      ['client back', 3942],
      ['old master in sync', 3942],
    ]);
  });

  it('tells the events since the fault, and the steps that they make', () => {
    const { events, steps } = report();
    expect(events.map(({ atMs }) => atMs)).toEqual([2040, 2150, 2152, 2200, 3000, 3060]);
    expect(steps.map(({ step }) => step)).toEqual([1, 2, 3, 5, 6]);
  });

  it('shows the roles from the first answer to the last one', () => {
    const { roles } = report();
    const lines = roles.map((span) => `${span.node} ${span.role} ${span.fromMs}..${span.toMs}`);
    expect(lines).toEqual([
      'redis-1 master -400..-8',
      'redis-1 down -8..4000',
      'redis-2 replica -400..3010',
      'redis-2 master 3010..4000',
    ]);
  });

  it('tells when a Sentinel could not be heard, up to now where it still cannot', () => {
    const before = Date.now();
    const { silences } = report({
      unheard: [
        { sentinel: 'sentinel-1', fromAt: FAULT_AT + 5, toAt: FAULT_AT + 900 },
        { sentinel: 'sentinel-2', fromAt: FAULT_AT + 7 },
      ],
    });
    expect(silences).toEqual([
      { sentinel: 'sentinel-1', fromMs: 5, toMs: 900 },
      { sentinel: 'sentinel-2', fromMs: 7, toMs: expect.any(Number) },
    ]);
    expect(silences[1]?.toMs).toBeGreaterThanOrEqual(before - FAULT_AT);
  });

  it('leaves out what there was not', () => {
    const scene = sceneOf({ faults: [], events: [] });
    const told = report(
      { client: undefined, samples: [], outcome: { faultAt: FAULT_AT, zero: 'asked' } },
      scene,
    );
    for (const absent of ['promoted', 'client', 'failure', 'faultEndedMs']) {
      expect(told).not.toHaveProperty(absent);
    }
    expect(told).toMatchObject({ roles: [], phases: [], steps: [], promotions: 0 });
  });

  it('ends the fault with the last of the nodes that it hit', () => {
    const fault = (node: string, toMs: number) => {
      return { node, kind: 'crash', fromAt: FAULT_AT, toAt: FAULT_AT + toMs } as const;
    };
    const faults = [fault('redis-1', 3000), fault('sentinel-1', 4200), fault('sentinel-2', 3100)];
    expect(report({}, sceneOf({ faults })).faultEndedMs).toBe(4200);
  });

  it('passes judgement: by what was expected, by the limits, by how it was left', () => {
    const finding: Finding = {
      code: 'tilt',
      severity: 'error',
      subject: 'sentinel-1',
      saw: 'it is in TILT',
      expected: 'no TILT',
      fix: 'wait',
    };
    const after: Verdict = { state: 'degraded', healthy: false, findings: [finding] };
    const scene = sceneOf({ expected: 'no failover' });
    const told = report({ after }, scene, { maxDowntimeMs: 3000 });
    expect(told).toMatchObject({ passed: false, verdict: after });
    expect(told.complaints).toEqual([
      'no failover was expected, but redis-2 was promoted',
      'no write was acknowledged for 3950 ms; allowed are 3000 ms',
      'afterwards sentinel-1: it is in TILT',
    ]);
  });

  it('shows a master that was cut off as one, even where nobody had asked it before', () => {
    // With --rate 0 the fault is made at once, before the first answer to the question arrives.
    const fault = { node: 'redis-1', kind: 'partition', fromAt: FAULT_AT } as const;
    const scene = sceneOf({ faults: [{ ...fault, toAt: FAULT_AT + 5000 }] });
    const samples = [sample(1, 'redis-1', 'master'), sample(5200, 'redis-1', 'replica')];
    const { roles } = report({ samples }, scene);
    expect(roles[0]?.role).toBe('isolated');
  });

  it('does not break down over a drill of hours', () => {
    const samples = Array.from({ length: 300_000 }, (_, i) => sample(i * 100, 'redis-2', 'master'));
    expect(report({ samples }).roles).toHaveLength(1);
  });
});
