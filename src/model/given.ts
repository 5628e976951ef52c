import { presentName } from './directives.js';
import { insideOf, tlsFiles } from './inside.js';
import type { Setting } from './settings.js';
import type { NodePlacement, TopologyRecord } from './topology.js';

/** A setting that rsent gives a data node, whatever the spec says. */
export interface Given extends Setting {
  /** It stands in the conf; else it is Redis's own value (redis.conf), and the conf has no line. */
  readonly isSaid: boolean;
  /** Another value breaks the topology, or will at the next failover, resync or start. */
  readonly isGrave: boolean;
}

/**
 * What rsent's own redis.conf makes of one data node besides the settings of the spec, as CONFIG GET
 * tells it, and what else would break a topology. No secrets. None with the user's own templates,
 * and nothing that the spec passes through.
 */
export function givenSettings(
  { spec, placement }: Pick<TopologyRecord, 'spec' | 'placement'>,
  node: Pick<NodePlacement, 'address'>,
): Given[] {
  if (spec.templates !== undefined) return [];
  const passed = new Set(Object.keys(spec.further.redis).map(presentName));
  const { ip, port } = node.address;
  const { acl, tls } = spec.security;
  const announced = placement.form === 'announce';
  const settings = [
    said('port', tls ? '0' : String(port)),
    said('bind', '0.0.0.0'),
    said('protected-mode', 'no'),
    said('dir', insideOf(placement).data),
    acl ? said('masteruser', 'replication') : usual('masteruser', ''),
    announced ? said('replica-announce-ip', ip) : usual('replica-announce-ip', ''),
    announced ? said('replica-announce-port', String(port)) : usual('replica-announce-port', '0'),
    usual('replica-announced', 'yes'),
    // From 7.0 on: what a node calls others from. At another address than its own nobody answers.
    usual('bind-source-addr', ''),
    said('replica-read-only', 'yes'),
    { ...said('stop-writes-on-bgsave-error', 'no'), isGrave: false },
    { ...said('repl-diskless-sync-delay', '0'), isGrave: false },
    ...REPLICATION.map((each) => ({ ...each, isGrave: false })),
    ...(tls ? tlsSettings(placement, port) : []),
  ];
  return settings.filter(({ name }) => !passed.has(name));
}

/** By which replicas are chosen, kept in touch and let go: Redis's own values (redis.conf, the same from 6.0 on). */
const REPLICATION = [
  usual('replica-priority', '100'),
  usual('replica-serve-stale-data', 'yes'),
  usual('repl-timeout', '60'),
  usual('repl-ping-replica-period', '10'),
  usual(
    'client-output-buffer-limit',
    'normal 0 0 0 slave 268435456 67108864 60 pubsub 33554432 8388608 60',
  ),
];

function tlsSettings(placement: TopologyRecord['placement'], port: number): Given[] {
  const { certificate, key, authority } = tlsFiles(placement);
  return [
    said('tls-port', String(port)),
    said('tls-cert-file', certificate),
    said('tls-key-file', key),
    said('tls-ca-cert-file', authority),
    said('tls-auth-clients', 'no'),
    said('tls-replication', 'yes'),
    // Peers that share no protocol or cipher cannot talk; they notice only as they connect.
    usual('tls-protocols', ''),
    usual('tls-ciphers', ''),
    usual('tls-ciphersuites', ''),
    usual('tls-client-cert-file', ''),
    usual('tls-client-key-file', ''),
  ];
}

function said(name: string, value: string): Given {
  return { name, value, isSaid: true, isGrave: true };
}

function usual(name: string, value: string): Given {
  return { name, value, isSaid: false, isGrave: true };
}
