import type { User } from '../../src/model/access.js';
import type { TopologySpec } from '../../src/model/spec.js';
import type { Address, NodePlacement, TopologyRecord } from '../../src/model/topology.js';
import { hashMark, passwordMark } from '../../src/plan/marks.js';
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
  ];
}

const NOBODY = 'user default off resetpass -@all'.split(' ');

function user(name: User, rules: string): Word[] {
  return ['user', name, 'on', `#${hashMark(name)}`, ...rules.split(' ')];
}

/** Who gets into a data node, with no right more than this, and how it gets into its master. */
function redisAccess({ auth, acl }: TopologySpec['security']): Word[][] {
  if (!auth) return [];
  if (!acl) {
    return [
      ['requirepass', passwordMark('app')],
      ['masterauth', passwordMark('app')],
    ];
  }
  return [
    NOBODY,
    user('replication', '-@all +psync +replconf +ping'),
    user(
      'sentinel',
      'resetchannels &__sentinel__:hello -@all +multi +exec +slaveof +ping +info +subscribe +publish +config|rewrite +client|setname +client|kill +script|kill',
    ),
    user('rsent', '~rsent:* &* +@all'),
    user(
      'app',
      '~* &* +@all -@admin -@dangerous +info +role +keys +sort +client|setname +client|getname +client|id',
    ),
    ['masteruser', 'replication'],
    ['masterauth', passwordMark('replication')],
  ];
}

/** The same for a Sentinel, and how it gets into the others. */
function sentinelAccess({ auth, acl }: TopologySpec['security']): Word[][] {
  if (!auth) return [];
  if (!acl) return [['requirepass', passwordMark('app')]];
  return [
    NOBODY,
    user(
      'sentinel',
      'resetchannels &__sentinel__:hello -@all +ping +publish +client|setname +sentinel|is-master-down-by-addr',
    ),
    user('rsent', '&* +@all'),
    user(
      'app',
      '&* -@all +ping +info +role +command +subscribe +psubscribe +unsubscribe +punsubscribe +client|setname +client|getname +client|id +sentinel|get-master-addr-by-name +sentinel|master +sentinel|masters +sentinel|replicas +sentinel|slaves +sentinel|sentinels +sentinel|ckquorum +sentinel|myid',
    ),
    ['sentinel', 'sentinel-user', 'sentinel'],
    ['sentinel', 'sentinel-pass', passwordMark('sentinel')],
  ];
}

/** How a Sentinel gets into the data nodes. */
function watchAccess({ masterName, security: { auth, acl } }: TopologySpec): Word[][] {
  if (!auth) return [];
  if (!acl) return [['sentinel', 'auth-pass', masterName, passwordMark('app')]];
  return [
    ['sentinel', 'auth-user', masterName, 'sentinel'],
    ['sentinel', 'auth-pass', masterName, passwordMark('sentinel')],
  ];
}

/** Where a node says that it is. */
function announced({ ip, port }: Address, prefix: string): Word[][] {
  return [
    [`${prefix}ip`, ip],
    [`${prefix}port`, port],
  ];
}

/** Every directive that a data node's first conf has to have, in order, as bytes. */
export function redisDirectives(
  { address }: NodePlacement,
  { spec, placement }: TopologyRecord,
  master: Address,
): string[][] {
  const { maxmemoryBytes } = spec.limits;
  const follows = address.ip !== master.ip || address.port !== master.port;
  return bytes([
    ...common(address, spec),
    ...redisAccess(spec.security),
    ...(maxmemoryBytes === undefined ? [] : [['maxmemory', maxmemoryBytes]]),
    ...(placement.form === 'announce' ? announced(address, 'replica-announce-') : []),
    ['appendonly', 'yes'],
    ['appendfsync', spec.fsync],
    ['save', ''],
    ['stop-writes-on-bgsave-error', 'no'],
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
    ...sentinelAccess(spec.security),
    ...(placement.form === 'announce'
      ? announced(node.address, 'announce-').map((words) => ['sentinel', ...words])
      : []),
    ['sentinel', 'myid', node.sentinelId ?? ''],
    ['sentinel', 'monitor', masterName, master.ip, master.port, spec.quorum],
    ...watchAccess(spec),
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
