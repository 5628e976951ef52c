import { USERS } from '../model/access.js';
import type { Directives } from '../model/directives.js';
import { insideOf, tlsFiles } from '../model/inside.js';
import type { Security, TopologySpec } from '../model/spec.js';
import {
  type Address,
  type NodePlacement,
  ofKind,
  type Placement,
  sameAddress,
} from '../model/topology.js';
import { directiveLines } from './conf-settings.js';
import { endedOnce } from './conf-text.js';
import type { Epochs } from './kept.js';
import { hashMark, passwordMark } from './marks.js';
import { render, type Template, type Variables } from './render.js';

export interface Templates {
  readonly redis: Template;
  readonly sentinel: Template;
}

/**
 * The conf that a node is born with.
 * @param master the address of the master at birth
 * @param epochs what Sentinels knew in an earlier life
 * @throws RsentError `spec` when a template of the user's cannot be rendered
 */
export function renderConf(
  node: NodePlacement,
  spec: TopologySpec,
  placement: Placement,
  master: Address,
  templates: Templates,
  epochs: Epochs = { config: 0, current: 0 },
): string {
  const conf =
    node.kind === 'redis'
      ? render(templates.redis, redisVariables(node, spec, placement, master))
      : render(templates.sentinel, {
          ...sentinelVariables(node, spec, placement, master),
          epochs: epochs.current > 0 ? { ...epochs } : undefined,
        });
  return withFurther(conf, spec.further[node.kind]);
}

/** Last, whatever the template: where a directive stands twice, Redis believes the last one. */
function withFurther(conf: string, further: Directives): string {
  const lines = directiveLines(further);
  if (lines.length === 0) return conf;
  return `${endedOnce(conf)}\n# Asked for by name.\n${lines.join('\n')}\n`;
}

function common(node: NodePlacement, spec: TopologySpec, placement: Placement) {
  return {
    node: node.name,
    topology: spec.name,
    port: node.address.port,
    bind: '0.0.0.0',
    dir: insideOf(placement).data,
    logfile: spec.logFile,
    announce: placement.form === 'announce' ? { ...node.address } : undefined,
    tls: spec.security.tls ? tlsFiles(placement) : undefined,
    ...accessVariables(spec.security),
  };
}

/** Either one password for all, or a user for each. The marks are replaced as the file is written. */
function accessVariables({ auth, acl }: Security): Variables {
  const users = USERS.map((user) => {
    return [user, { password: passwordMark(user), hash: `#${hashMark(user)}` }] as const;
  });
  return {
    password: auth && !acl ? passwordMark('app') : undefined,
    acl: acl ? Object.fromEntries(users) : undefined,
  };
}

function redisVariables(
  node: NodePlacement,
  spec: TopologySpec,
  placement: Placement,
  master: Address,
): Variables {
  const isMaster = sameAddress(node.address, master);
  const given = (name: string) => spec.further.redis[name]?.length;
  return {
    ...common(node, spec, placement),
    minReplicasToWrite: spec.guard.minReplicas,
    minReplicasMaxLag: spec.guard.maxLagS,
    maxmemory: spec.limits.maxmemoryBytes,
    fsync: spec.fsync,
    // What is passed through comes last, and not twice.
    given: { save: given('save'), stopWrites: given('stop-writes-on-bgsave-error') },
    master: isMaster ? undefined : { ...master },
  };
}

/**
 * What a Sentinel knows before its first start. Never the master among the replicas: after 10 s
 * it would be told to replicate itself. Never the Sentinel's own id among its peers: its vote
 * would count twice.
 */
function sentinelVariables(
  node: NodePlacement,
  spec: TopologySpec,
  placement: Placement,
  master: Address,
): Variables {
  const replicas = ofKind(placement.nodes, 'redis').filter(
    (each) => !sameAddress(each.address, master),
  );
  const peers = ofKind(placement.nodes, 'sentinel').filter((each) => each.name !== node.name);
  return {
    ...common(node, spec, placement),
    id: node.sentinelId ?? '',
    masterName: spec.masterName,
    master: { ...master },
    quorum: spec.quorum,
    downAfterMs: spec.timing.downAfterMs,
    failoverTimeoutMs: spec.timing.failoverTimeoutMs,
    parallelSyncs: spec.timing.parallelSyncs,
    replicas: replicas.map((each) => ({ ...each.address })),
    peers: peers.map((each) => ({ ...each.address, id: each.sentinelId ?? '' })),
  };
}
