import type {
  MonitoredMaster,
  MonitoredPeer,
  MonitoredReplica,
  Observation,
  SentinelFacts,
} from '../../src/model/observation.js';
import {
  healthyObservation,
  runIdOf,
  withMasterView,
  withSentinel,
  withSilent,
} from '../helpers/observation.js';
import { anId, aRecord, nodeNamed } from '../helpers/topology.js';
import { findingsOf } from '../helpers/verdict.js';

const healthy = healthyObservation();
const address = (name: string) => nodeNamed(aRecord(), name).address;
const NOBODY = { ip: '172.30.5.250', port: 6379 };

/** sentinel-1 sees the master (redis-1) so. */
const master = (changes: Partial<MonitoredMaster>) =>
  withMasterView(healthy, 'sentinel-1', changes);

/** sentinel-1 sees its first replica (redis-2) so. */
const replica = (changes: Partial<MonitoredReplica>) =>
  changed(({ replicas: [first, ...others], ...facts }) => ({
    ...facts,
    replicas: first === undefined ? [] : [{ ...first, ...changes }, ...others],
  }));

/** sentinel-1 sees its first peer (sentinel-2) so. */
const peer = (changes: Partial<MonitoredPeer>, uptimeMs = 60_000) =>
  changed(({ peers: [first, ...others], ...facts }) => ({
    ...facts,
    server: { ...facts.server, uptimeMs },
    peers: first === undefined ? [] : [{ ...first, ...changes }, ...others],
  }));

function changed(change: (facts: SentinelFacts) => SentinelFacts): Observation {
  return withSentinel(healthy, 'sentinel-1', change);
}

const copyOf = <T>(list: readonly T[], changes: Partial<T>): T[] => {
  const [first] = list;
  if (first === undefined) throw new Error('nothing to copy');
  return [...list, { ...first, ...changes }];
};

describe('one thing that a Sentinel sees wrong', () => {
  it.each<[string, Observation, string[]]>([
    ['the master down', master({ flags: ['master', 's_down'] }), ['sees-master-down']],
    [
      'the master disconnected',
      master({ flags: ['master', 'disconnected'] }),
      ['sees-master-down'],
    ],
    ['no PONG of the master', master({ lastPingSentMs: 900 }), ['unproven']],
    ['no INFO of the master yet', master({ infoRefreshMs: 0 }), ['no-info']],
    ['no INFO of the master for 20 s', master({ infoRefreshMs: 20_000 }), ['no-info']],
    ['no run id of the master', master({ runId: '' }), ['no-info']],
    ['the master in another role', master({ roleReported: 'slave' }), ['sees-other-role']],
    ['an impostor for the master', master({ runId: 'b'.repeat(40) }), ['impostor']],
    [
      'another master than it hands out',
      master({ address: address('redis-2'), runId: runIdOf('redis-2') }),
      ['sees-other-master'],
    ],
    [
      'a replica for the master',
      changed((facts) => ({ ...facts, handsOut: address('redis-2') })),
      ['sees-other-master'],
    ],
    ['a replica down', replica({ flags: ['slave', 's_down'] }), ['sees-replica-down']],
    ['no PONG of a replica', replica({ lastPingSentMs: 900 }), ['unproven']],
    ['no INFO of a replica', replica({ infoRefreshMs: 0 }), ['no-info']],
    ['a replica in another role', replica({ roleReported: 'master' }), ['sees-other-role']],
    ['an impostor for a replica', replica({ runId: 'b'.repeat(40) }), ['impostor']],
    [
      'a replica that follows another',
      replica({ master: address('redis-3') }),
      ['sees-replica-astray'],
    ],
    ['a replica without a link', replica({ masterLinkOk: false }), ['sees-replica-unlinked']],
    [
      'one replica too few',
      changed(({ replicas, ...facts }) => ({ ...facts, replicas: replicas.slice(1) })),
      ['replica-unknown'],
    ],
    [
      'one replica too many',
      changed(({ replicas, ...facts }) => ({
        ...facts,
        replicas: copyOf(replicas, { address: NOBODY }),
      })),
      ['replica-ghost'],
    ],
    [
      'the master among the replicas',
      changed(({ replicas, ...facts }) => ({
        ...facts,
        replicas: copyOf(replicas, { address: address('redis-1') }),
      })),
      ['replica-turned'],
    ],
    ['a peer down', peer({ flags: ['sentinel', 's_down'] }), ['sees-peer-down']],
    ['a peer disconnected', peer({ flags: ['sentinel', 'disconnected'] }), ['sees-peer-down']],
    ['no PONG of a peer', peer({ lastPingSentMs: 900 }), ['unproven']],
    ['a peer under another id', peer({ runId: anId(9) }), ['peer-id']],
    ['a peer that says no hello', peer({ lastHelloMs: 6001 }), ['no-hello']],
    [
      'one peer too few',
      changed(({ peers, ...facts }) => ({ ...facts, peers: peers.slice(1) })),
      ['peer-unknown'],
    ],
    [
      'one peer too many',
      changed(({ peers, ...facts }) => ({
        ...facts,
        peers: copyOf(peers, { address: NOBODY, runId: anId(9) }),
      })),
      ['peer-ghost'],
    ],
    [
      'itself, elsewhere',
      changed(({ peers, ...facts }) => ({
        ...facts,
        peers: copyOf(peers, { address: NOBODY, runId: anId(1) }),
      })),
      ['own-ghost', 'peer-ghost'],
    ],
  ])('%s', (_, observation, codes) => {
    expect(findingsOf(observation)).toEqual(codes.map((code) => `${code} sentinel-1`));
  });

  it.each<[string, Observation]>([
    ['the memory of an answer about the master', master({ flags: ['master', 'master_down'] })],
    ['that memory at a peer', peer({ flags: ['sentinel', 'master_down'] })],
    ['marks of a failover that is over', replica({ flags: ['slave', 'promoted'] })],
    ['a hello after six seconds', peer({ lastHelloMs: 6000 })],
    ['no hello while it is young', peer({ lastHelloMs: 9000 }, 9500)],
    ['an INFO of just before', master({ infoRefreshMs: 1 })],
    ['another priority', replica({ priority: 1 })],
    ['counts of its own, which lie', master({ replicaCount: 7, otherSentinelCount: 7 })],
  ])('is none: %s', (_, observation) => {
    expect(findingsOf(observation)).toEqual([]);
  });

  it('is told of each Sentinel that sees it', () => {
    const seen = ['sentinel-1', 'sentinel-3'].reduce(
      (all, name) => withMasterView(all, name, { lastPingSentMs: 1 }),
      healthy,
    );
    expect(findingsOf(seen)).toEqual(['unproven sentinel-1', 'unproven sentinel-3']);
  });
});

describe('its own address among its peers', () => {
  it('is not called foreign to the topology', () => {
    const seen = changed(({ peers, ...facts }) => ({
      ...facts,
      peers: copyOf(peers, { address: address('sentinel-1'), runId: anId(1) }),
    }));
    expect(findingsOf(seen)).toEqual(['own-ghost sentinel-1']);
  });
});

describe('what a Sentinel says of a node that is silent', () => {
  it('adds nothing to that node’s own finding', () => {
    const seen = withSentinel(withSilent(healthy, 'redis-2', 'exited'), 'sentinel-1', (facts) => ({
      ...facts,
      replicas: facts.replicas.map((each, i) =>
        i === 0
          ? { ...each, flags: ['slave', 's_down'], infoRefreshMs: 90_000, masterLinkOk: false }
          : each,
      ),
    }));
    expect(findingsOf(seen)).toEqual(['node-stopped redis-2']);
  });
});

describe('an address that is dialled', () => {
  const dialled = (dial: Observation['dials'][number], seen = healthy) =>
    findingsOf({ ...seen, dials: [dial] });
  const refused = { handedOutBy: ['sentinel-1', 'sentinel-2'], reached: false, why: 'refused' };

  it('is told when this host cannot reach it', () => {
    expect(dialled({ ...refused, address: address('redis-1') })).toEqual([
      'address-unreachable sentinel-1, sentinel-2',
    ]);
  });

  it('is told for a stranger as well', () => {
    expect(dialled({ ...refused, address: NOBODY })).toHaveLength(1);
  });

  it('is not told twice for a node that is silent anyway', () => {
    const seen = withSilent(healthy, 'redis-3', 'exited');
    expect(dialled({ ...refused, address: address('redis-3') }, seen)).toEqual([
      'node-stopped redis-3',
    ]);
  });
});
