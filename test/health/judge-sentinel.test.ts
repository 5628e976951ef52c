import { judge, maySettle } from '../../src/health/judge.js';
import type { Observation, SentinelFacts } from '../../src/model/observation.js';
import {
  healthyObservation,
  withMasterView,
  withSentinel,
  withSilent,
} from '../helpers/observation.js';
import { anExpectation, anId } from '../helpers/topology.js';
import { findingsOf } from '../helpers/verdict.js';

const healthy = healthyObservation();
const set = (name: string, changes: Partial<SentinelFacts>) =>
  withSentinel(healthy, name, (facts) => ({ ...facts, ...changes }));
const silent = (...names: string[]) =>
  names.reduce((seen, name) => withSilent(seen, name, 'exited'), healthy);
const everywhere = (change: (seen: Observation, name: string) => Observation) =>
  ['sentinel-1', 'sentinel-2', 'sentinel-3'].reduce(change, healthy);

describe('one fact of a Sentinel that is wrong', () => {
  it.each<[string, Observation, string[]]>([
    ['it is in TILT', set('sentinel-1', { tilt: true }), ['tilt sentinel-1']],
    [
      'it simulates failures',
      set('sentinel-1', { simulateFailure: true }),
      ['simulates-failure sentinel-1'],
    ],
    [
      'its ping period is short',
      set('sentinel-1', { pingPeriodMs: 100 }),
      ['ping-period sentinel-1'],
    ],
    [
      'its other times were changed',
      set('sentinel-1', { changedTimes: ['ask-period 1000000000 (usual: 1000)'] }),
      ['debug-times sentinel-1'],
    ],
    [
      'its ping period is long',
      set('sentinel-1', { pingPeriodMs: 5000 }),
      ['ping-period sentinel-1'],
    ],
    [
      'it cannot save its conf',
      set('sentinel-1', { confSaved: { ok: false, why: 'ERR Failed' } }),
      ['conf-not-saved sentinel-1'],
    ],
    ['it has another id', set('sentinel-1', { myId: anId(9) }), ['wrong-sentinel-id sentinel-1']],
    [
      'it monitors nothing',
      set('sentinel-1', { master: { reached: false, why: 'ERR No such master' } }),
      ['knows-no-master sentinel-1'],
    ],
    [
      'it counts one fewer',
      set('sentinel-1', { ckquorum: { ok: true, usable: 2, text: 'OK 2 usable' } }),
      ['ckquorum sentinel-1'],
    ],
    [
      'it sees no quorum',
      set('sentinel-1', { ckquorum: { ok: false, usable: 1, text: 'NOQUORUM 1 usable' } }),
      ['ckquorum sentinel-1'],
    ],
    [
      'its count cannot be read',
      set('sentinel-1', { ckquorum: { ok: true, text: 'OK' } }),
      ['ckquorum sentinel-1'],
    ],
    [
      'its epoch is another',
      withMasterView(healthy, 'sentinel-1', { configEpoch: 1 }),
      ['epochs-differ lab'],
    ],
    [
      'a failover runs',
      withMasterView(healthy, 'sentinel-1', { failoverState: 'wait_promotion' }),
      ['failover-running sentinel-1'],
    ],
    [
      'a failover runs, by its flags',
      withMasterView(healthy, 'sentinel-1', { flags: ['master', 'failover_in_progress'] }),
      ['failover-running sentinel-1'],
    ],
    [
      'its quorum',
      withMasterView(healthy, 'sentinel-1', { quorum: 1 }),
      ['setting-differs sentinel-1'],
    ],
    [
      'its down-after',
      withMasterView(healthy, 'sentinel-1', { downAfterMs: 30_000 }),
      ['setting-differs sentinel-1'],
    ],
    [
      'its failover-timeout',
      withMasterView(healthy, 'sentinel-1', { failoverTimeoutMs: 1 }),
      ['setting-differs sentinel-1'],
    ],
    [
      'its parallel-syncs',
      withMasterView(healthy, 'sentinel-1', { parallelSyncs: 2 }),
      ['setting-differs sentinel-1'],
    ],
  ])('%s', (_, observation, expected) => {
    expect(findingsOf(observation)).toEqual(expected);
  });

  it.each<[string, Observation]>([
    ['no id, as before 6.2', withSentinel(healthy, 'sentinel-1', ({ myId, ...facts }) => facts)],
    [
      'no ping period, as before 7.0',
      withSentinel(healthy, 'sentinel-1', ({ pingPeriodMs, ...facts }) => facts),
    ],
    ['a conf that was saved', set('sentinel-1', { confSaved: { ok: true } })],
    [
      'an epoch that all have',
      everywhere((seen, name) => withMasterView(seen, name, { configEpoch: 7 })),
    ],
  ])('is none: %s', (_, observation) => {
    expect(findingsOf(observation)).toEqual([]);
  });

  it('tells each setting that differs by its name, with the remedy', () => {
    const seen = withMasterView(healthy, 'sentinel-1', { quorum: 1, downAfterMs: 1 });
    const { findings } = judge(anExpectation(), seen);
    expect(findings.map(({ saw, expected, fix }) => [saw, expected, fix])).toEqual([
      ['quorum 1', '2', 'SENTINEL SET mymaster quorum 2, or rsent up lab, which does it'],
      [
        'down-after-milliseconds 1',
        '2000',
        'SENTINEL SET mymaster down-after-milliseconds 2000, or rsent up lab, which does it',
      ],
    ]);
  });

  it('does not judge settings that nobody knows', () => {
    const { settings, ...expectation } = anExpectation();
    expect(settings).toBeDefined();
    expect(findingsOf(withMasterView(healthy, 'sentinel-1', { quorum: 1 }), expectation)).toEqual(
      [],
    );
  });
});

describe('two Sentinels with one id', () => {
  it('are told, also where nobody knows which id was meant', () => {
    const { nodes, ...rest } = anExpectation();
    const unknown = nodes.map(({ name, kind, container, address }) => {
      return { name, kind, container, address };
    });
    const seen = withSentinel(set('sentinel-2', { myId: anId(1) }), 'sentinel-2', (facts) => ({
      ...facts,
      peers: facts.peers.map((peer) => ({ ...peer, runId: anId(3) })),
    }));
    expect(findingsOf(seen, { ...rest, nodes: unknown })).toEqual([
      'duplicate-sentinel-id sentinel-1, sentinel-2',
    ]);
  });
});

describe('the majority and the quorum', () => {
  const codes = (observation: Observation, quorum = 2) => {
    const expectation = anExpectation();
    const timing = { downAfterMs: 2000, failoverTimeoutMs: 10_000, parallelSyncs: 1 };
    const settings = { ...timing, quorum, minReplicas: 1, auth: false, acl: false, tls: false };
    return findingsOf(observation, { ...expectation, settings }).filter((each) => /no-/.test(each));
  };

  it.each<[string, Observation, number, string[]]>([
    ['one of three is gone', silent('sentinel-3'), 2, []],
    ['two of three are gone', silent('sentinel-2', 'sentinel-3'), 2, ['no-majority lab']],
    ['one is gone and the quorum is all', silent('sentinel-3'), 3, ['no-quorum lab']],
    [
      'two are gone and the quorum is one',
      silent('sentinel-2', 'sentinel-3'),
      1,
      ['no-majority lab'],
    ],
    [
      'two are in TILT',
      withSentinel(set('sentinel-1', { tilt: true }), 'sentinel-2', (facts) => ({
        ...facts,
        tilt: true,
      })),
      2,
      ['no-majority lab'],
    ],
  ])('when %s', (_, observation, quorum, expected) => {
    expect(codes(observation, quorum)).toEqual(expected);
  });

  it('without settings is the majority alone', () => {
    const { settings, ...expectation } = anExpectation();
    expect(settings).toBeDefined();
    expect(findingsOf(silent('sentinel-3'), expectation)).toEqual(['node-stopped sentinel-3']);
  });
});

describe('a silent Sentinel', () => {
  it('is told once: the others need not count it', () => {
    const counted = ['sentinel-1', 'sentinel-2'].reduce(
      (seen, name) =>
        withSentinel(seen, name, (facts) => ({
          ...facts,
          peers: facts.peers.map((peer) =>
            peer.runId === anId(3)
              ? { ...peer, flags: ['sentinel', 's_down', 'disconnected'], lastPingSentMs: 9000 }
              : peer,
          ),
          ckquorum: { ok: true, usable: 2, text: 'OK 2 usable Sentinels.' },
        })),
      silent('sentinel-3'),
    );
    expect(findingsOf(counted)).toEqual(['node-stopped sentinel-3']);
  });
});

describe('maySettle', () => {
  it.each<[string, boolean, Observation]>([
    ['an epoch that differs', true, withMasterView(healthy, 'sentinel-1', { configEpoch: 1 })],
    ['TILT', true, set('sentinel-1', { tilt: true })],
    [
      'a conf that is not saved',
      false,
      set('sentinel-1', { confSaved: { ok: false, why: 'ERR' } }),
    ],
    [
      'both kinds at once',
      true,
      withMasterView(set('sentinel-1', { simulateFailure: true }), 'sentinel-1', {
        configEpoch: 1,
      }),
    ],
  ])('of %s: %s', (_, settling, observation) => {
    expect(maySettle(judge(anExpectation(), observation))).toBe(settling);
  });
});

describe('Sentinels that are all in TILT', () => {
  const tilted = ['sentinel-1', 'sentinel-2', 'sentinel-3'].reduce(
    (seen, name) => withSentinel(seen, name, (facts) => ({ ...facts, tilt: true })),
    healthy,
  );
  const { findings } = judge(anExpectation(), tilted);

  it('only need time: no remedy starts what runs', () => {
    expect(findings.length).toBeGreaterThan(1);
    for (const { fix } of findings) expect(fix).not.toMatch(/rsent up|start/);
    expect(findings.find(({ code }) => code === 'no-majority')).toMatchObject({
      saw: '0 of 3 Sentinels can act; 3 in TILT mode',
      fix: expect.stringContaining('wait 30 s'),
    });
  });

  it('are started where too few run, and waited for besides', () => {
    const seen = withSilent(withSilent(tilted, 'sentinel-2', 'exited'), 'sentinel-3', 'exited');
    const majority = judge(anExpectation(), seen).findings.find(
      ({ code }) => code === 'no-majority',
    );
    expect(majority?.fix).toMatch(/rsent up lab.*wait 30 s/);
  });
});
