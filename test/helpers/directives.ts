import { PASSWORD_MARK } from '../../src/model/constants.js';
import type { TopologySpec } from '../../src/model/spec.js';
import type { Address, NodePlacement, TopologyRecord } from '../../src/model/topology.js';
import { bytesOf } from './redis-conf.js';

type Word = string | number;

function bytes(rows: readonly (readonly Word[])[]): string[][] {
  return rows.map((row) => row.map((word) => bytesOf(String(word))));
}

/** What both kinds of conf begin with. */
function common({ port }: Address, spec: TopologySpec): Word[][] {
  const files = ['cert-file', 'key-file', 'ca-cert-file'].map((what, i) => [
    `tls-${what}`,
    `/etc/redis/${['tls.crt', 'tls.key', 'ca.crt'][i]}`,
  ]);
  const ports = spec.security.tls
    ? [
        ['port', 0],
        ['tls-port', port],
        ...files,
        ['tls-auth-clients', 'no'],
        ['tls-replication', 'yes'],
      ]
    : [['port', port]];
  return [
    ...ports,
    ['bind', '0.0.0.0'],
    ['protected-mode', 'no'],
    ['daemonize', 'no'],
    ['dir', '/data'],
    ['logfile', spec.logFile],
    ...(spec.security.auth ? [['requirepass', PASSWORD_MARK]] : []),
  ];
}

/** Every directive that a data node's first conf has to have, in order, as bytes. */
export function redisDirectives(
  { address }: NodePlacement,
  spec: TopologySpec,
  master: Address,
): string[][] {
  const { maxmemoryBytes } = spec.limits;
  const follows = address.ip !== master.ip || address.port !== master.port;
  return bytes([
    ...common(address, spec),
    ...(spec.security.auth ? [['masterauth', PASSWORD_MARK]] : []),
    ...(maxmemoryBytes === undefined ? [] : [['maxmemory', maxmemoryBytes]]),
    ['appendonly', 'yes'],
    ['appendfsync', 'everysec'],
    ['replica-read-only', 'yes'],
    ['min-replicas-to-write', spec.guard.minReplicas],
    ['min-replicas-max-lag', spec.guard.maxLagS],
    ['repl-diskless-sync-delay', 0],
    ...(follows ? [['replicaof', master.ip, master.port]] : []),
  ]);
}

/** The same of a Sentinel. */
export function sentinelDirectives(
  node: NodePlacement,
  { spec, placement }: TopologyRecord,
  master: Address,
): string[][] {
  const { masterName, timing } = spec;
  const others = placement.nodes.filter(({ name }) => name !== node.name);
  const replicas = others.filter(
    ({ kind, address }) =>
      kind === 'redis' && (address.ip !== master.ip || address.port !== master.port),
  );
  const peers = others.filter(({ kind }) => kind === 'sentinel');
  return bytes([
    ...common(node.address, spec),
    ['sentinel', 'myid', node.sentinelId ?? ''],
    ['sentinel', 'monitor', masterName, master.ip, master.port, spec.quorum],
    ...(spec.security.auth ? [['sentinel', 'auth-pass', masterName, PASSWORD_MARK]] : []),
    ['sentinel', 'down-after-milliseconds', masterName, timing.downAfterMs],
    ['sentinel', 'parallel-syncs', masterName, timing.parallelSyncs],
    ['sentinel', 'failover-timeout', masterName, timing.failoverTimeoutMs],
    ...replicas.map(({ address: { ip, port } }) => [
      ...['sentinel', 'known-replica', masterName, ip],
      port,
    ]),
    ...peers.map(({ address: { ip, port }, sentinelId = '' }) => [
      ...['sentinel', 'known-sentinel', masterName, ip],
      port,
      sentinelId,
    ]),
  ]);
}
