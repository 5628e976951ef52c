import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import type { RedisQuestion } from '../../src/health/parse-info.js';
import { parseRedis } from '../../src/health/parse-info.js';
import { parseSentinel, type SentinelQuestion } from '../../src/health/parse-sentinel.js';
import type {
  Dial,
  NodeObservation,
  Observation,
  Replies,
  Reply,
} from '../../src/model/observation.js';
import type { SentinelEvent } from '../../src/model/timeline.js';
import type { Address, ContainerState } from '../../src/model/topology.js';
import type { Expectation } from '../../src/model/verdict.js';

type RedisReplies = Replies<RedisQuestion>;
type SentinelReplies = Replies<SentinelQuestion> & { readonly flush: Reply };

/** One look at real servers, as fixtures/capture.js wrote it down. */
export interface Captured {
  readonly server: string;
  readonly expectation: Expectation;
  readonly containers: Readonly<Record<string, ContainerState>>;
  readonly dials: readonly Dial[];
  readonly replies: Readonly<
    Record<
      string,
      | { readonly kind: 'redis'; readonly replies: RedisReplies | null }
      | { readonly kind: 'sentinel'; readonly replies: SentinelReplies | null }
    >
  >;
}

/** A failover as the Sentinels published it; times count from the fault. */
export interface CapturedEvents {
  readonly server: string;
  readonly failoverTimeoutMs: number;
  readonly victim: Address;
  readonly promoted?: string;
  readonly requestedOf?: string;
  readonly rejoinedAt?: number;
  readonly events: readonly SentinelEvent[];
}

/** Path of something in fixtures/. */
export function fixturePath(name: string): string {
  return fileURLToPath(new URL(`../../fixtures/${name}`, import.meta.url));
}

export function readFixture(name: string): string {
  return readFileSync(fixturePath(name), 'utf8');
}

/** Names of the captured replies, without `.json`. */
export function capturedNames(): string[] {
  return readdirSync(fixturePath('replies'))
    .map((file) => file.replace(/\.json$/, ''))
    .sort();
}

export function captured(name: string): Captured {
  return JSON.parse(readFixture(`replies/${name}.json`));
}

export function capturedEvents(name: string): CapturedEvents {
  return JSON.parse(readFixture(`events/${name}.json`));
}

/** The observation that these replies are parsed into. */
export function observationOf({ containers, dials, replies }: Captured): Observation {
  const nodes = Object.entries(replies).map(([name, asked]): NodeObservation => {
    const container = containers[name] ?? 'absent';
    const silent = { reached: false, why: `its container is ${container}` } as const;
    return asked.kind === 'redis'
      ? {
          name,
          container,
          kind: asked.kind,
          answer: asked.replies ? parseRedis(asked.replies) : silent,
        }
      : {
          name,
          container,
          kind: asked.kind,
          answer: asked.replies ? parseSentinel(asked.replies) : silent,
        };
  });
  return { at: 0, nodes, dials };
}
