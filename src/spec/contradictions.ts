import type { NodeChoice, TopologySpec } from '../model/spec.js';
import { isLoopback } from '../model/topology.js';
import type { SpecInput } from './fields.js';
import { ownedProblems } from './owned.js';
import { nodeProblems, reachProblems } from './reach.js';

/**
 * What of a spec cannot be, although each value by itself is legal; a line each.
 * @param where how the user knows a key
 */
export function contradictions(
  spec: TopologySpec,
  input: SpecInput,
  where: (key: keyof SpecInput) => string,
): string[] {
  const problems: string[] = [];
  if (spec.quorum > spec.sentinels) {
    problems.push(
      `${where('quorum')} is ${spec.quorum}, but there are ${spec.sentinels} Sentinels; legal is 1 to ${spec.sentinels}`,
    );
  }
  if (spec.guard.minReplicas > spec.replicas) {
    problems.push(
      `${where('minReplicasToWrite')} is ${spec.guard.minReplicas}, but there are ${spec.replicas} replicas; legal is 0 to ${spec.replicas}`,
    );
  }
  if (spec.security.acl && !spec.security.auth) {
    problems.push(
      `${where('auth')} is off, but ${where('acl')} is on; legal is both, as each user has a password`,
    );
  }
  const { auth, publish } = spec.security;
  if (!auth && !isLoopback(publish) && publish !== spec.reach.address) {
    problems.push(
      `${where('publish')} is ${spec.security.publish}, where others can reach the ports, and there is no password; an open Redis is found and abused within hours: add --auth (or publish on 127.0.0.1)`,
    );
  }
  if (input.allowUnsafe !== true) problems.push(...unsafeCounts(spec, where));
  problems.push(
    ...reachProblems(spec, input, where),
    ...nodeProblems(spec, input, where),
    ...portProblems(spec, where),
    ...ownedProblems(spec, where),
  );
  return problems;
}

/** True when it has counts that --allow-unsafe is for. */
export function isUnsafe(spec: TopologySpec): boolean {
  return unsafeCounts(spec, (key) => key).length > 0;
}

function unsafeCounts(spec: TopologySpec, where: (key: keyof SpecInput) => string): string[] {
  const problems: string[] = [];
  if (spec.sentinels < 3 || spec.sentinels % 2 === 0) {
    problems.push(
      `${where('sentinels')} is ${spec.sentinels}; legal is an odd number of at least 3, so that a majority survives a loss (or say --allow-unsafe)`,
    );
  }
  if (spec.replicas < 1) {
    problems.push(
      `${where('replicas')} is 0; legal is at least 1, as a failover needs someone to promote (or say --allow-unsafe)`,
    );
  }
  return problems;
}

/** How many nodes have a port of their own. */
function withPort(nodes: readonly NodeChoice[] = []): number {
  return nodes.filter(({ port }) => port !== undefined).length;
}

function portProblems(spec: TopologySpec, where: (key: keyof SpecInput) => string): string[] {
  const redis = {
    key: 'redisPort',
    first: spec.redisPorts.first,
    count: spec.replicas + 1 - withPort(spec.nodes?.redis),
  } as const;
  const sentinel = {
    key: 'sentinelPort',
    first: spec.sentinelPorts.first,
    count: spec.sentinels - withPort(spec.nodes?.sentinel),
  } as const;
  const problems: string[] = [];
  for (const { key, first, count } of [redis, sentinel]) {
    if (count > 0 && first + count - 1 > 65535) {
      problems.push(`${where(key)} is ${first}, but ${count} ports from there go past 65535`);
    }
  }
  const apart =
    redis.count <= 0 ||
    sentinel.count <= 0 ||
    redis.first + redis.count <= sentinel.first ||
    sentinel.first + sentinel.count <= redis.first;
  if (!apart) {
    problems.push(
      `${where('redisPort')} and ${where('sentinelPort')} overlap: ${redis.count} ports from ${redis.first}, ${sentinel.count} from ${sentinel.first}`,
    );
  }
  return problems;
}
