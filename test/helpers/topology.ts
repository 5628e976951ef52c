import { expectRecord } from '../../src/health/expect.js';
import type { NetworkForm, TopologySpec } from '../../src/model/spec.js';
import type { NodeKind, NodePlacement, TopologyRecord } from '../../src/model/topology.js';
import type { Expectation } from '../../src/model/verdict.js';
import { aSecurity } from './security.js';

/** A legal spec: 1 + 2 + 3 with the timings of the profile `ci`. */
export function aSpec(changes: Partial<TopologySpec> = {}): TopologySpec {
  return {
    name: 'lab',
    masterName: 'mymaster',
    image: { ref: 'redis:8.0', named: false },
    replicas: 2,
    sentinels: 3,
    quorum: 2,
    timing: { downAfterMs: 2000, failoverTimeoutMs: 10_000, parallelSyncs: 1 },
    guard: { minReplicas: 1, maxLagS: 1 },
    reach: { clients: 'host' },
    security: aSecurity(),
    limits: { pids: 256 },
    fsync: 'everysec',
    further: { redis: {}, sentinel: {} },
    redisPorts: { first: 6379, named: false },
    sentinelPorts: { first: 26379, named: false },
    logFile: '',
    ...changes,
  };
}

/** A Sentinel id: 40 times the same hex digit. */
export function anId(digit: number): string {
  return digit.toString(16).repeat(40);
}

function nodeOf(kind: NodeKind, number: number): NodePlacement {
  const [host, port] = kind === 'redis' ? [10, 6379] : [200, 26379];
  const name = `${kind}-${number}`;
  return {
    name,
    kind,
    container: `lab-${name}`,
    folder: name,
    address: { ip: `172.30.5.${host + number}`, port },
    published: { ip: '127.0.0.1', port: port + number - 1 },
    ...(kind === 'sentinel' ? { sentinelId: anId(number) } : {}),
  };
}

/** The record of a topology of `aSpec`, its nodes at 172.30.5.11 … and 172.30.5.201 …. */
export function aRecord(changes: Partial<TopologySpec> = {}): TopologyRecord {
  const spec = aSpec(changes);
  const count = (many: number) => Array.from({ length: many }, (_, i) => i + 1);
  const nodes = [
    ...count(spec.replicas + 1).map((number) => nodeOf('redis', number)),
    ...count(spec.sentinels).map((number) => nodeOf('sentinel', number)),
  ];
  return {
    schemaVersion: 1,
    spec,
    placement: {
      form: 'bridge',
      network: 'lab-net',
      subnet: '172.30.5.0/24',
      joined: false,
      nodes,
    },
  };
}

/** The same in another form: every node is known by where it is published. */
export function aRecordIn(form: NetworkForm, changes: Partial<TopologySpec> = {}): TopologyRecord {
  const { spec, placement } = aRecord(changes);
  if (form === 'bridge') return { schemaVersion: 1, spec, placement };
  const ip = form === 'pod' ? '127.0.0.1' : '192.168.1.7';
  const nodes = placement.nodes.map((node) => {
    const address = { ip, port: node.published.port };
    return { ...node, address, published: address };
  });
  const pod = form === 'pod' ? { pod: 'lab-pod' } : {};
  return { schemaVersion: 1, spec, placement: { ...placement, form, ...pod, nodes } };
}

/** The same with conf and data in volumes of an engine, wherever that is. */
export function aRecordInVolumes(changes: Partial<TopologySpec> = {}): TopologyRecord {
  const record = aRecordIn('announce', changes);
  return { ...record, placement: { ...record.placement, storage: 'volume' } };
}

export function anExpectation(): Expectation {
  return expectRecord(aRecord());
}

/** The node of that name. */
export function nodeNamed(record: TopologyRecord, name: string): NodePlacement {
  const node = record.placement.nodes.find((each) => each.name === name);
  if (node === undefined) throw new Error(`no node ${name}`);
  return node;
}
