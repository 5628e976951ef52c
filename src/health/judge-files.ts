import type { Observation, RedisObservation } from '../model/observation.js';
import type { Expectation, Finding } from '../model/verdict.js';
import { type RedisSeen, type Scene, sceneOf } from './scene.js';

/** Data nodes whose data is not in their files: they go on, and nobody sees it until they end. */
export function judgeFiles(scene: Scene): Finding[] {
  const lost = scene.redis.filter(({ observed }) => isOnlyInMemory(observed));
  return lost.map((seen) => ({
    code: 'data-gone',
    severity: seen === scene.master ? 'error' : 'warning',
    subject: seen.node.name,
    saw:
      seen.observed.onDisk === 'other'
        ? 'what is in its data directory is not what it has written: its own files are gone'
        : 'the files of its data are gone; it has it in memory only',
    expected: 'in its data directory',
    fix: wayOut(scene, lost),
    // A file that is just being rewritten.
    settling: true,
  }));
}

/** True when what it has would go when it ends. */
function isOnlyInMemory({ onDisk }: RedisObservation): boolean {
  return onDisk === 'gone' || onDisk === 'other';
}

/** What would be lost if all nodes ended now. */
export interface InMemory {
  /** Names of the nodes that have it. */
  readonly nodes: readonly string[];
  /** Commands by which it gets into files. */
  readonly wayOut: string;
}

/**
 * Data that no file has: some nodes have theirs in memory only, and no other one that is in sync has it
 * in its files. In doubt nothing is lost.
 */
export function lostAtRest(
  expectation: Expectation,
  observation: Observation,
): InMemory | undefined {
  const scene = sceneOf(expectation, observation);
  const lost = scene.redis.filter(
    ({ observed, facts }) => isOnlyInMemory(observed) && facts?.written?.keys !== 0,
  );
  const isKept = scene.redis.some(
    (seen) => !isOnlyInMemory(seen.observed) && isInSync(scene, seen),
  );
  if (lost.length === 0 || isKept) return undefined;
  return { nodes: lost.map(({ node }) => node.name), wayOut: wayOut(scene, lost) };
}

function isInSync(scene: Scene, seen: RedisSeen): boolean {
  const { facts } = seen;
  if (facts === undefined || facts.loading) return false;
  if (seen === scene.master) return true;
  return facts.upstream?.linkUp === true && !facts.upstream.syncInProgress;
}

/** Replicas first: they are given all by the master, which then becomes one of them. */
function wayOut({ expectation: { topology }, master }: Scene, lost: readonly RedisSeen[]): string {
  const rebuild = (names: readonly string[]) => `rsent up ${topology} --rebuild ${names.join(',')}`;
  const replicas = lost.filter((seen) => seen !== master).map(({ node }) => node.name);
  const first = replicas.length > 0 ? [rebuild(replicas)] : [];
  if (master === undefined || !lost.includes(master)) return first.join('');
  return [...first, `rsent failover ${topology} --manual`, rebuild([master.node.name])].join(
    ', then ',
  );
}
