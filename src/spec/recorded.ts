import type { Directives } from '../model/directives.js';
import type { TopologySpec } from '../model/spec.js';
import type { SpecInput } from './fields.js';
import type { Layer } from './layers.js';

/** The spec of a topology that exists already, as the layer that stands in for the defaults. */
export function recordedLayer(spec: TopologySpec): Layer {
  const values: Readonly<Record<string, unknown>> &
    Omit<SpecInput, 'redisConfig' | 'sentinelConfig'> = {
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
    fsync: spec.fsync,
    redisConfig: furtherSaid(spec.further.redis),
    sentinelConfig: furtherSaid(spec.further.sentinel),
    allowUnsafe: true,
    image: spec.image.ref,
    ...(spec.redisPorts.named ? { redisPort: spec.redisPorts.first } : {}),
    ...(spec.sentinelPorts.named ? { sentinelPort: spec.sentinelPorts.first } : {}),
    ...(spec.templates === undefined ? {} : { templates: spec.templates }),
  };
  return { values, isKept: true, where: (key) => `${key} of the existing topology` };
}

/** As a spec file says it. */
function furtherSaid(directives: Directives): Readonly<Record<string, readonly string[]>> {
  return structuredClone(directives);
}
