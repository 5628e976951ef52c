import { judge, masterOf } from '../../src/health/judge.js';
import type { RedisFacts, Upstream } from '../../src/model/observation.js';
import type { HealthState } from '../../src/model/verdict.js';
import { healthyObservation, withRedis, withSilent } from '../helpers/observation.js';
import { anExpectation, aRecord, nodeNamed } from '../helpers/topology.js';
import { findingsOf } from '../helpers/verdict.js';

type Change = (facts: RedisFacts) => RedisFacts;

const address = (name: string) => nodeNamed(aRecord(), name).address;
const set =
  (changes: Partial<RedisFacts>): Change =>
  (facts) => ({ ...facts, ...changes });
const upstream =
  (changes: Partial<Upstream>): Change =>
  (facts) => {
    if (facts.upstream === undefined) throw new Error('no replica');
    return { ...facts, upstream: { ...facts.upstream, ...changes } };
  };
const attached =
  (change: (list: RedisFacts['replicas']) => RedisFacts['replicas']): Change =>
  (facts) => ({ ...facts, replicas: change(facts.replicas) });
const firstAttached = (changes: Partial<RedisFacts['replicas'][number]>) =>
  attached((list) => list.map((each, i) => (i === 0 ? { ...each, ...changes } : each)));
const STRANGER = { address: { ip: '10.9.9.9', port: 6379 }, state: 'online', offset: 1, lagS: 0 };

it('finds nothing wrong with a healthy topology', () => {
  expect(judge(anExpectation(), healthyObservation())).toEqual({
    state: 'healthy',
    healthy: true,
    findings: [],
  });
  expect(masterOf(anExpectation(), healthyObservation())).toBe('redis-1');
});

describe('one fact of a data node that is wrong', () => {
  it.each<[string, string, Change, string[]]>([
    ['it loads', 'redis-2', set({ loading: true }), ['node-loading redis-2']],
    ['INFO and ROLE differ', 'redis-2', set({ roleCommand: 'master' }), ['role-unclear redis-2']],
    ['ROLE gave no answer', 'redis-1', set({ roleCommand: '' }), ['role-unclear redis-1']],
    ['a snapshot failed', 'redis-1', set({ lastSaveOk: false }), ['snapshot-failed redis-1']],
    ['a write failed', 'redis-1', set({ lastWriteOk: false }), ['disk-write-failed redis-1']],
    [
      'a replica says master',
      'redis-2',
      set({ role: 'master', roleCommand: 'master' }),
      ['two-masters redis-2'],
    ],
    [
      'it follows another replica',
      'redis-2',
      upstream({ master: address('redis-3') }),
      ['replica-wrong-master redis-2'],
    ],
    [
      'it follows itself',
      'redis-2',
      upstream({ master: address('redis-2') }),
      ['replica-wrong-master redis-2'],
    ],
    [
      'it follows another port',
      'redis-2',
      upstream({ master: { ...address('redis-1'), port: 6380 } }),
      ['replica-wrong-master redis-2'],
    ],
    ['its link is down', 'redis-2', upstream({ linkUp: false }), ['replica-link-down redis-2']],
    ['it copies still', 'redis-2', upstream({ syncInProgress: true }), ['replica-syncing redis-2']],
    [
      'it has another history',
      'redis-2',
      set({ masterReplicationId: 'a'.repeat(40) }),
      ['replica-other-history redis-2'],
    ],
    ['it takes writes', 'redis-2', upstream({ readOnly: false }), ['replica-writable redis-2']],
    [
      'the master does not list it',
      'redis-1',
      attached((list) => list.slice(1)),
      ['replica-not-attached redis-2'],
    ],
    [
      'the master waits for it',
      'redis-1',
      firstAttached({ state: 'wait_bgsave' }),
      ['replica-not-attached redis-2'],
    ],
    ['it lags', 'redis-1', firstAttached({ lagS: 3 }), ['replica-not-attached redis-2']],
    [
      'it never acknowledged',
      'redis-1',
      firstAttached({ lagS: -1 }),
      ['replica-not-attached redis-2'],
    ],
    [
      'a stranger copies the data',
      'redis-1',
      attached((list) => [...list, STRANGER]),
      ['foreign-replica redis-1'],
    ],
    [
      'the master became a replica',
      'redis-1',
      set({ role: 'slave', roleCommand: 'slave' }),
      ['master-not-serving redis-1'],
    ],
    [
      'the master is something else',
      'redis-1',
      set({ role: 'other', roleCommand: 'other' }),
      ['master-not-serving redis-1'],
    ],
  ])('%s', (_, name, change, expected) => {
    expect(findingsOf(withRedis(healthyObservation(), name, change))).toEqual(expected);
  });

  it.each<[string, string, Change]>([
    ['an acknowledgement is two seconds old', 'redis-1', firstAttached({ lagS: 2 })],
    ['a replica is behind', 'redis-2', set({ offset: 1 })],
    ['one replica may not be promoted', 'redis-2', upstream({ priority: 0 })],
    ['nothing is appended to a file', 'redis-1', set({ appendOnly: false })],
  ])('is none: %s', (_, name, change) => {
    expect(findingsOf(withRedis(healthyObservation(), name, change))).toEqual([]);
  });
});

it('calls a topology healthy whose snapshot failed, as nobody may try that again', () => {
  const seen = withRedis(healthyObservation(), 'redis-1', set({ lastSaveOk: false }));
  expect(judge(anExpectation(), seen)).toMatchObject({
    state: 'healthy',
    healthy: true,
    findings: [{ code: 'snapshot-failed', severity: 'warning' }],
  });
});

describe('no replica that could be promoted', () => {
  const both = (change: Change) =>
    withRedis(withRedis(healthyObservation(), 'redis-2', change), 'redis-3', change);

  it('because of priority 0', () => {
    expect(findingsOf(both(upstream({ priority: 0 })))).toEqual(['no-eligible-replica lab']);
  });

  it('because of broken links', () => {
    expect(findingsOf(both(upstream({ linkUp: false })))).toEqual([
      'no-eligible-replica lab',
      'replica-link-down redis-2',
      'replica-link-down redis-3',
    ]);
  });

  it('is no fault of a topology that has a single data node', () => {
    const alone = aRecord({ replicas: 0 });
    const seen = healthyObservation(alone);
    expect(findingsOf(seen, { ...anExpectation(), nodes: alone.placement.nodes })).toEqual([]);
  });
});

describe('a data node that does not answer', () => {
  it.each([
    ['absent', 'node-missing'],
    ['paused', 'node-paused'],
    ['running', 'node-unreachable'],
    ['restarting', 'node-restarting'],
    ['exited', 'node-stopped'],
    ['created', 'node-stopped'],
    ['dead', 'node-stopped'],
  ] as const)('is told once, for a container that is %s', (container, code) => {
    expect(findingsOf(withSilent(healthyObservation(), 'redis-3', container))).toEqual([
      `${code} redis-3`,
    ]);
  });

  it('is missed when it is the master', () => {
    expect(findingsOf(withSilent(healthyObservation(), 'redis-1', 'exited'))).toEqual([
      'no-master lab',
      'node-stopped redis-1',
    ]);
  });

  it('is missed when nobody asked it', () => {
    const { nodes, ...rest } = healthyObservation();
    const without = { ...rest, nodes: nodes.filter(({ name }) => name !== 'redis-1') };
    expect(findingsOf(without)).toContain('no-master lab');
  });
});

describe('the state', () => {
  const change = (name: string, facts: Partial<RedisFacts>) =>
    withRedis(healthyObservation(), name, set(facts));

  it.each<[string, HealthState, ReturnType<typeof healthyObservation>]>([
    ['down without a master', 'down', withSilent(healthyObservation(), 'redis-1', 'exited')],
    ['down while the master loads', 'down', change('redis-1', { loading: true })],
    [
      'down when the master became a replica',
      'down',
      change('redis-1', { role: 'slave', roleCommand: 'slave' }),
    ],
    [
      'degraded when a replica is gone',
      'degraded',
      withSilent(healthyObservation(), 'redis-2', 'exited'),
    ],
    ['degraded while a replica loads', 'degraded', change('redis-2', { loading: true })],
    [
      'degraded without any Sentinel',
      'degraded',
      ['sentinel-1', 'sentinel-2', 'sentinel-3'].reduce(
        (seen, name) => withSilent(seen, name, 'exited'),
        healthyObservation(),
      ),
    ],
  ])('is %s', (_, state, observation) => {
    expect(judge(anExpectation(), observation)).toMatchObject({ state, healthy: false });
  });
});
