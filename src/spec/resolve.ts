import { DEFAULT_IMAGE, DEFAULT_TOPOLOGY, LOOPBACK } from '../model/constants.js';
import { RsentError } from '../model/errors.js';
import type {
  Limits,
  NodeChoices,
  Security,
  Timing,
  TopologySpec,
  WriteGuard,
} from '../model/spec.js';
import { majorityOf } from '../model/topology.js';
import { boundProblems } from './bounds.js';
import { contradictions } from './contradictions.js';
import type { PROFILES, SpecInput } from './fields.js';
import { directivesOf, joinFurther } from './further.js';
import { checkLayer, type Layer } from './layers.js';
import { reachOf } from './reach.js';

/** Timings by profile. `seed` is the user's document; `ci` is the shortest that proved stable. */
const PROFILE_TIMING: Record<(typeof PROFILES)[number], { down: number; failover: number }> = {
  seed: { down: 30_000, failover: 180_000 },
  dev: { down: 5_000, failover: 30_000 },
  ci: { down: 2_000, failover: 10_000 },
};

/** Below this a second, spurious failover follows the first in one run of twenty. */
const SAFE_DOWN_AFTER_MS = 2000;

/** The smallest there is; no load that was tried made it refuse a write (docs/safety.md). */
const GUARD_MAX_LAG_S = 1;

/** Far more than a server needs, and no fork bomb. */
const USUAL_PIDS = 256;

export interface Resolved {
  readonly spec: TopologySpec;
  /** Legal, but the user should know. */
  readonly warnings: readonly string[];
}

/**
 * The full spec from what was said, first layer first: a flag wins over the file.
 * @param parseProblems problems found while reading the layers, reported with the rest
 * @throws RsentError `spec` that lists every problem at once
 */
export function resolveSpec(
  layers: readonly Layer[],
  parseProblems: readonly string[] = [],
): Resolved {
  const checked = layers.map((layer) => ({ layer, ...checkLayer(layer) }));
  const problems = [...parseProblems, ...checked.flatMap((each) => each.problems)];
  const input = merge(checked.map((each) => each.input));
  const where = (key: keyof SpecInput) =>
    checked.find((each) => each.input[key] !== undefined)?.layer.where(key) ?? key;

  const spec = withDefaults(input);
  problems.push(...contradictions(spec, input, where));
  problems.push(...checked.flatMap((each) => boundProblems(each.layer, each.input)));
  if (problems.length > 0) {
    const count = problems.length === 1 ? 'a problem' : `${problems.length} problems`;
    throw new RsentError(
      'spec',
      `The spec has ${count}:\n${problems.map((p) => `  - ${p}`).join('\n')}`,
      {
        hint: 'Nothing was created. Put these right and run the command again.',
      },
    );
  }
  return { spec, warnings: warningsOf(spec) };
}

/**
 * The first layer that has a value wins; a profile wins over the timings of the layers below it.
 * Directives that are passed through are joined one by one.
 */
function merge(inputs: readonly SpecInput[]): SpecInput {
  const merged: SpecInput = {};
  for (const input of [...inputs].reverse()) {
    if (input.profile !== undefined) {
      delete merged.downAfter;
      delete merged.failoverTimeout;
    }
    const { redisConfig, sentinelConfig } = merged;
    Object.assign(merged, input);
    if (input.redisConfig) merged.redisConfig = joinFurther(redisConfig, input.redisConfig);
    if (input.sentinelConfig) {
      merged.sentinelConfig = joinFurther(sentinelConfig, input.sentinelConfig);
    }
  }
  return merged;
}

function withDefaults(input: SpecInput): TopologySpec {
  const { nodes } = input;
  const sentinels = input.sentinels ?? (nodes?.sentinel.length || 3);
  const replicas = input.replicas ?? (nodes?.redis.length || 3) - 1;
  return {
    name: input.name ?? DEFAULT_TOPOLOGY,
    masterName: input.masterName ?? 'mymaster',
    image: { ref: input.image ?? DEFAULT_IMAGE, named: input.image !== undefined },
    replicas,
    sentinels,
    quorum: input.quorum ?? majorityOf(sentinels),
    timing: timingOf(input),
    guard: guardOf(input, replicas),
    reach: reachOf(input),
    security: securityOf(input),
    limits: limitsOf(input),
    fsync: input.fsync ?? 'everysec',
    further: {
      redis: directivesOf(input.redisConfig),
      sentinel: directivesOf(input.sentinelConfig),
    },
    redisPorts: { first: input.redisPort ?? 6379, named: input.redisPort !== undefined },
    sentinelPorts: { first: input.sentinelPort ?? 26379, named: input.sentinelPort !== undefined },
    ...(nodes === undefined ? {} : { nodes: nodes as NodeChoices }),
    logFile: input.logFile ?? '',
    ...(input.storage === undefined ? {} : { storage: input.storage }),
    ...(input.templates === undefined ? {} : { templates: input.templates }),
  };
}

/** Each of them is off until somebody asks for it; users need passwords. */
function securityOf(input: SpecInput): Security {
  return {
    auth: input.auth ?? input.acl ?? false,
    acl: input.acl ?? false,
    tls: input.tls ?? false,
    ...(input.tls && input.tlsCert !== undefined ? { givenCertificate: true as const } : {}),
    publish: input.publish ?? input.address ?? LOOPBACK,
  };
}

function timingOf(input: SpecInput): Timing {
  const profile = PROFILE_TIMING[input.profile ?? 'seed'];
  return {
    downAfterMs: input.downAfter ?? profile.down,
    failoverTimeoutMs: input.failoverTimeout ?? profile.failover,
    parallelSyncs: input.parallelSyncs ?? 1,
  };
}

function limitsOf({ memory, maxmemory, pids }: SpecInput): Limits {
  return {
    pids: pids ?? USUAL_PIDS,
    ...(memory === undefined ? {} : { memoryBytes: memory }),
    ...(maxmemory ? { maxmemoryBytes: maxmemory } : {}),
  };
}

/** With a single replica the guard would stop all writes whenever that one is down. */
export function usualGuard(replicas: number): number {
  return replicas >= 2 ? 1 : 0;
}

function guardOf(input: SpecInput, replicas: number): WriteGuard {
  return {
    minReplicas: input.minReplicasToWrite ?? usualGuard(replicas),
    maxLagS: input.minReplicasMaxLag ?? GUARD_MAX_LAG_S,
  };
}

function warningsOf({ timing, limits }: TopologySpec): string[] {
  const warnings: string[] = [];
  if (timing.downAfterMs < SAFE_DOWN_AFTER_MS) {
    warnings.push(
      `down-after ${timing.downAfterMs} ms is below ${SAFE_DOWN_AFTER_MS} ms: a second, spurious failover may follow the first one`,
    );
  }
  const { memoryBytes, maxmemoryBytes } = limits;
  if (memoryBytes !== undefined && (maxmemoryBytes ?? Number.POSITIVE_INFINITY) >= memoryBytes) {
    const max = maxmemoryBytes === undefined ? 'not set' : `${maxmemoryBytes} bytes`;
    warnings.push(
      `maxmemory is ${max}, the container's memory ${memoryBytes} bytes: Redis will be killed before it reaches its own limit`,
    );
  }
  return warnings;
}
