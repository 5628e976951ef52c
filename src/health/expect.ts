import { firstAddress } from '../model/cidr.js';
import { givenSettings } from '../model/given.js';
import { joinedOf } from '../model/joined.js';
import { redisSettings } from '../model/settings.js';
import { ofKind, type RunningTopology, type TopologyRecord } from '../model/topology.js';
import type { Expectation } from '../model/verdict.js';

/** What a topology should look like, from what was asked. */
export function expectRecord(record: TopologyRecord): Expectation {
  const { spec, placement, unfinished } = record;
  const joined = joinedOf(record);
  const gateway = placement.form === 'bridge' ? firstAddress(placement.subnet) : undefined;
  return {
    topology: spec.name,
    masterName: spec.masterName,
    nodes: placement.nodes,
    settings: {
      quorum: spec.quorum,
      ...spec.timing,
      minReplicas: spec.guard.minReplicas,
      redisSettings: redisSettings(spec),
      limits: spec.limits,
      ...givenOf(record),
      ...maxClientsOf(spec),
      auth: spec.security.auth,
      acl: spec.security.acl,
      ...(spec.templates === undefined ? { ownUsers: true } : {}),
      tls: spec.security.tls,
      ...(placement.pod === undefined ? {} : { pod: placement.pod }),
      ...(spec.reach.clients === 'containers'
        ? { vantage: spec.reach.join ?? placement.network }
        : {}),
      ...(joined === undefined ? {} : { joined }),
      ...(gateway === undefined ? {} : { gateway }),
      ...unfinishedOf(record),
      ...(unfinished?.rotating === 'password' ? { isRotating: true } : {}),
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

function givenOf(record: TopologyRecord): Pick<NonNullable<Expectation['settings']>, 'given'> {
  if (record.spec.templates !== undefined) return {};
  const nodes = ofKind(record.placement.nodes, 'redis');
  return {
    given: Object.fromEntries(nodes.map((node) => [node.name, givenSettings(record, node)])),
  };
}

/** Redis's own value (redis.conf, maxclients), unless another was asked for. */
const USUAL_CLIENTS = 10_000;

function maxClientsOf({ further, templates }: TopologyRecord['spec']) {
  const asked = Number(further.redis['maxclients']?.at(-1) ?? Number.NaN);
  if (asked > 0) return { maxClients: asked };
  return templates === undefined ? { maxClients: USUAL_CLIENTS } : {};
}

/** What the record says of a change that was cut short; an upgrade is told by what nodes run. */
function unfinishedOf({ unfinished = {} }: TopologyRecord): {
  readonly unfinished?: readonly string[];
} {
  const { moves = [], remaking, resetting, joining = [], leaving = [], ...others } = unfinished;
  const { restoring, rotating } = others;
  const words = [
    ...(resetting ? ['all its data is to be removed'] : []),
    ...(restoring ? [`its data is to be restored from ${restoring.from}`] : []),
    ...(remaking ? ['its containers and confs are to be made anew'] : []),
    ...(moves.length > 0 && !remaking ? ['its nodes are to have other addresses'] : []),
    ...(joining.length > 0 ? [`${joining.join(', ')} are to join`] : []),
    ...(leaving.length > 0 ? [`${leaving.map(({ name }) => name).join(', ')} are to leave`] : []),
    ...(rotating === 'password' ? ['its password is to be replaced'] : []),
    ...(rotating === 'certificates' ? ['its certificates are to be replaced'] : []),
  ];
  return words.length > 0 ? { unfinished: words } : {};
}
