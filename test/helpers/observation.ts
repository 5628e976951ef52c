import type {
  LinkFacts,
  MonitoredMaster,
  NodeObservation,
  Observation,
  RedisFacts,
  SentinelFacts,
} from '../../src/model/observation.js';
import { type Address, ofKind, type TopologyRecord } from '../../src/model/topology.js';
import { aRecord } from './topology.js';

const HISTORY = 'e'.repeat(40);

/** The run id that the healthy topology shows for the node of that name. */
export function runIdOf(name: string): string {
  return `run-id-of-${name}`.padEnd(40, '0');
}

function serverFacts(name: string) {
  return { product: 'redis', version: '7.0.15', runId: runIdOf(name), uptimeMs: 60_000 } as const;
}

function linkTo(address: Address, runId: string, flag: string): LinkFacts {
  return { address, flags: [flag], runId, lastPingSentMs: 0, lastOkPingReplyMs: 300 };
}

function redisFacts(name: string, record: TopologyRecord): RedisFacts {
  const [master, ...replicas] = ofKind(record.placement.nodes, 'redis');
  if (master === undefined) throw new Error('a topology without a master');
  const common = {
    server: serverFacts(name),
    loading: false,
    masterReplicationId: HISTORY,
    offset: 5000,
    appendOnly: true,
    lastWriteOk: true,
    lastSaveOk: true,
  };
  if (name === master.name) {
    const attached = replicas.map(({ address }) => {
      return { address, state: 'online', offset: 5000, lagS: 0 };
    });
    return { ...common, role: 'master', roleCommand: 'master', replicas: attached };
  }
  const upstream = {
    master: master.address,
    linkUp: true,
    syncInProgress: false,
    readOnly: true,
    priority: 100,
  };
  return { ...common, role: 'slave', roleCommand: 'slave', replicas: [], upstream };
}

function sentinelFacts(name: string, record: TopologyRecord): SentinelFacts {
  const { nodes } = record.placement;
  const { quorum, timing } = record.spec;
  const [master, ...replicas] = ofKind(nodes, 'redis');
  if (master === undefined) throw new Error('a topology without a master');
  const sentinels = ofKind(nodes, 'sentinel');
  const peers = sentinels.filter((each) => each.name !== name);
  const info = { infoRefreshMs: 4000 };
  const monitored: MonitoredMaster = {
    ...linkTo(master.address, runIdOf(master.name), 'master'),
    ...info,
    roleReported: 'master',
    configEpoch: 0,
    replicaCount: replicas.length,
    otherSentinelCount: peers.length,
    quorum,
    ...timing,
  };
  const myId = sentinels.find((each) => each.name === name)?.sentinelId ?? '';
  return {
    server: serverFacts(name),
    myId,
    tilt: false,
    simulateFailure: false,
    master: { reached: true, facts: monitored },
    handsOut: master.address,
    replicas: replicas.map((node) => ({
      ...linkTo(node.address, runIdOf(node.name), 'slave'),
      ...info,
      roleReported: 'slave',
      masterLinkOk: true,
      master: master.address,
      priority: 100,
    })),
    peers: peers.map(({ address, sentinelId }) => ({
      ...linkTo(address, sentinelId ?? '', 'sentinel'),
      lastHelloMs: 700,
    })),
    ckquorum: {
      ok: true,
      usable: sentinels.length,
      text: `OK ${sentinels.length} usable Sentinels. Quorum and failover authorization can be reached`,
    },
    pingPeriodMs: 1000,
  };
}

/** All that a healthy topology says; redis-1 is its master. */
export function healthyObservation(record = aRecord()): Observation {
  const { nodes } = record.placement;
  const sentinels = ofKind(nodes, 'sentinel').map(({ name }) => name);
  return {
    at: 1_700_000_000_000,
    nodes: nodes.map(({ name, kind }): NodeObservation => {
      const base = { name, container: 'running' as const };
      return kind === 'redis'
        ? { ...base, kind, answer: { reached: true, facts: redisFacts(name, record) } }
        : { ...base, kind, answer: { reached: true, facts: sentinelFacts(name, record) } };
    }),
    dials: nodes.map(({ name, address }) => {
      return { address, handedOutBy: sentinels.filter((each) => each !== name), reached: true };
    }),
  };
}

/** The same with other facts of one data node. */
export function withRedis(
  observation: Observation,
  name: string,
  change: (facts: RedisFacts) => RedisFacts,
): Observation {
  return withNode(observation, name, (node) =>
    node.kind === 'redis' && node.answer.reached
      ? { ...node, answer: { reached: true, facts: change(node.answer.facts) } }
      : node,
  );
}

/** The same with other facts of one Sentinel. */
export function withSentinel(
  observation: Observation,
  name: string,
  change: (facts: SentinelFacts) => SentinelFacts,
): Observation {
  return withNode(observation, name, (node) =>
    node.kind === 'sentinel' && node.answer.reached
      ? { ...node, answer: { reached: true, facts: change(node.answer.facts) } }
      : node,
  );
}

/** The same with another view that one Sentinel has of the master. */
export function withMasterView(
  observation: Observation,
  name: string,
  changes: Partial<MonitoredMaster>,
): Observation {
  return withSentinel(observation, name, (facts) => {
    const { master } = facts;
    if (!master.reached) throw new Error(`${name} describes no master`);
    return { ...facts, master: { reached: true, facts: { ...master.facts, ...changes } } };
  });
}

/** The same with one node that does not answer. */
export function withSilent(
  observation: Observation,
  name: string,
  container: NodeObservation['container'],
): Observation {
  const silent = { reached: false, why: 'connection refused' } as const;
  return withNode(observation, name, (node) => ({ ...node, container, answer: silent }));
}

function withNode(
  observation: Observation,
  name: string,
  change: (node: NodeObservation) => NodeObservation,
): Observation {
  if (!observation.nodes.some((node) => node.name === name)) throw new Error(`no node ${name}`);
  const nodes = observation.nodes.map((node) => (node.name === name ? change(node) : node));
  return { ...observation, nodes };
}
