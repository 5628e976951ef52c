import type { TopologySpec } from '../model/spec.js';
import { durationText } from './duration.js';
import type { SpecInput } from './fields.js';
import type { Layer } from './layers.js';

/** The spec of a topology that exists already, as the layer that stands in for the defaults. */
export function recordedLayer(spec: TopologySpec): Layer {
  const values: SpecInput = {
    name: spec.name,
    masterName: spec.masterName,
    replicas: spec.replicas,
    sentinels: spec.sentinels,
    quorum: spec.quorum,
    downAfter: spec.timing.downAfterMs,
    failoverTimeout: spec.timing.failoverTimeoutMs,
    parallelSyncs: spec.timing.parallelSyncs,
    minReplicasToWrite: spec.guard.minReplicas,
    minReplicasMaxLag: spec.guard.maxLagS,
    logFile: spec.logFile,
    clients: spec.reach.clients,
    ...(spec.reach.network === undefined ? {} : { network: spec.reach.network }),
    ...(spec.reach.address === undefined ? {} : { address: spec.reach.address }),
    ...(spec.reach.join === undefined ? {} : { join: spec.reach.join }),
    ...(spec.storage === undefined ? {} : { storage: spec.storage }),
    ...(spec.nodes === undefined
      ? {}
      : { nodes: structuredClone(spec.nodes) as SpecInput['nodes'] & object }),
    auth: spec.security.auth,
    acl: spec.security.acl,
    tls: spec.security.tls,
    // The kept copies. They are read from where they are kept, never by these names.
    ...(spec.security.givenCertificate
      ? { tlsCert: 'tls.crt', tlsKey: 'tls.key', tlsCa: 'ca.crt' }
      : {}),
    publish: spec.security.publish,
    pids: spec.limits.pids,
    ...(spec.limits.memoryBytes === undefined ? {} : { memory: spec.limits.memoryBytes }),
    ...(spec.limits.maxmemoryBytes === undefined ? {} : { maxmemory: spec.limits.maxmemoryBytes }),
    allowUnsafe: true,
    image: spec.image.ref,
    ...(spec.redisPorts.named ? { redisPort: spec.redisPorts.first } : {}),
    ...(spec.sentinelPorts.named ? { sentinelPort: spec.sentinelPorts.first } : {}),
    ...(spec.templates === undefined ? {} : { templates: spec.templates }),
  };
  return { values, where: (key) => `${key} of the existing topology` };
}

const CHOSEN = '(chosen by rsent)';

/** What differs between an existing topology and what is asked for now, a line each. */
export function differences(existing: TopologySpec, asked: TopologySpec): string[] {
  const rows: [string, string | number, string | number][] = [
    ['master name', existing.masterName, asked.masterName],
    ['image', existing.image.ref, asked.image.ref],
    ['replicas', existing.replicas, asked.replicas],
    ['sentinels', existing.sentinels, asked.sentinels],
    ['quorum', existing.quorum, asked.quorum],
    ['down-after', ...durations(existing.timing.downAfterMs, asked.timing.downAfterMs)],
    [
      'failover-timeout',
      ...durations(existing.timing.failoverTimeoutMs, asked.timing.failoverTimeoutMs),
    ],
    ['parallel-syncs', existing.timing.parallelSyncs, asked.timing.parallelSyncs],
    ['min-replicas-to-write', existing.guard.minReplicas, asked.guard.minReplicas],
    ['min-replicas-max-lag', existing.guard.maxLagS, asked.guard.maxLagS],
    ['clients', existing.reach.clients, asked.reach.clients],
    ['network', existing.reach.network ?? CHOSEN, asked.reach.network ?? CHOSEN],
    ['address', existing.reach.address ?? CHOSEN, asked.reach.address ?? CHOSEN],
    ['join', existing.reach.join ?? '(nothing)', asked.reach.join ?? '(nothing)'],
    ['storage', existing.storage ?? CHOSEN, asked.storage ?? CHOSEN],
    ['nodes', described(existing), described(asked)],
    ['auth', onOff(existing.security.auth), onOff(asked.security.auth)],
    ['acl', onOff(existing.security.acl), onOff(asked.security.acl)],
    ['tls', onOff(existing.security.tls), onOff(asked.security.tls)],
    [
      'source of the certificates',
      issuer(existing.security, asked),
      issuer(asked.security, existing),
    ],
    ['publish', existing.security.publish, asked.security.publish],
    ['memory', sizeText(existing.limits.memoryBytes), sizeText(asked.limits.memoryBytes)],
    ['maxmemory', sizeText(existing.limits.maxmemoryBytes), sizeText(asked.limits.maxmemoryBytes)],
    ['pids', existing.limits.pids, asked.limits.pids],
    ['log-file', existing.logFile || '(container log)', asked.logFile || '(container log)'],
    ['templates', existing.templates ?? '(built in)', asked.templates ?? '(built in)'],
    ['redis-port', existing.redisPorts.first, asked.redisPorts.first],
    ['sentinel-port', existing.sentinelPorts.first, asked.sentinelPorts.first],
  ];
  return rows
    .filter(([, was, now]) => was !== now)
    .map(([what, was, now]) => `${what} is ${was}, asked ${now}`);
}

/** The nodes that are described one by one; describing none is the same as not describing them. */
function described({ nodes }: TopologySpec): string {
  return JSON.stringify({ redis: nodes?.redis ?? [], sentinel: nodes?.sentinel ?? [] });
}

function onOff(is: boolean): string {
  return is ? 'on' : 'off';
}

/** Without TLS there is nothing to tell: that it is off is a difference of its own. */
function issuer({ tls, givenCertificate }: TopologySpec['security'], other: TopologySpec): string {
  if (!(tls && other.security.tls)) return '';
  return givenCertificate ? 'your own file' : 'rsent';
}

function sizeText(bytes: number | undefined): string {
  return bytes === undefined ? 'not limited' : `${bytes} bytes`;
}

function durations(was: number, now: number): [string, string] {
  return [durationText(was), durationText(now)];
}
