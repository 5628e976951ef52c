import { redisSettings } from '../model/settings.js';
import type { RunningTopology, TopologyRecord } from '../model/topology.js';
import type { Expectation } from '../model/verdict.js';

/** What a topology should look like, from what was asked. */
export function expectRecord(record: TopologyRecord): Expectation {
  const { spec, placement, unfinished } = record;
  return {
    topology: spec.name,
    masterName: spec.masterName,
    nodes: placement.nodes,
    settings: {
      quorum: spec.quorum,
      ...spec.timing,
      minReplicas: spec.guard.minReplicas,
      redisSettings: redisSettings(spec),
      auth: spec.security.auth,
      acl: spec.security.acl,
      tls: spec.security.tls,
      ...(placement.pod === undefined ? {} : { pod: placement.pod }),
      ...(spec.reach.clients === 'containers'
        ? { vantage: spec.reach.join ?? placement.network }
        : {}),
      ...(unfinished?.upgradingFrom === undefined
        ? {}
        : { upgrading: { from: unfinished.upgradingFrom, to: spec.image.ref } }),
      ...(spec.security.givenCertificate ? { givenCertificate: true } : {}),
    },
  };
}

/**
 * The same for a topology whose record is not on this machine: its containers are all that is
 * known, so a node that was removed altogether cannot be missed, and settings cannot be judged.
 */
export function expectRunning(topology: RunningTopology): Expectation {
  return {
    topology: topology.name,
    masterName: topology.nodes[0]?.masterName ?? 'mymaster',
    nodes: topology.nodes,
  };
}
