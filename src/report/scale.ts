import type { TopologySpec } from '../model/spec.js';
import { seconds } from './text.js';

export interface ScaleReport {
  readonly spec: TopologySpec;
  readonly joined: readonly string[];
  readonly left: readonly string[];
  readonly elapsedMs: number;
}

/** The document that `scale --json` prints. */
export function scaleJson({ spec, joined, left, elapsedMs }: ScaleReport): object {
  const { name: topology, replicas, sentinels, quorum } = spec;
  const counts = { replicas, sentinels, quorum };
  return { schemaVersion: 1, topology, healthy: true, ...counts, joined, left, elapsedMs };
}

/** What `scale` says in the end. */
export function scaleText({ spec, joined, left, elapsedMs }: ScaleReport): string {
  const { name, replicas, sentinels, quorum } = spec;
  const replicaWord = replicas === 1 ? 'replica' : 'replicas';
  const counts = `${replicas} ${replicaWord} and ${sentinels} Sentinels, quorum ${quorum}`;
  if (joined.length + left.length === 0)
    return `${name} has ${counts} already; nothing was changed.`;
  return [
    `${name} has ${counts}, and is healthy (${seconds(elapsedMs)}).`,
    ...(joined.length > 0 ? [`Joined: ${joined.join(', ')}`] : []),
    ...(left.length > 0
      ? [`Left: ${left.join(', ')} (what they kept stays; rsent prune --volumes removes it)`]
      : []),
  ].join('\n');
}
