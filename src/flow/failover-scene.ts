import { parseSentinel } from '../health/parse-sentinel.js';
import type { SentinelFacts } from '../model/observation.js';
import type { SentinelEvent } from '../model/timeline.js';
import { addressText, ofKind, sameAddress, type TopologyRecord } from '../model/topology.js';
import type { Expectation, Verdict } from '../model/verdict.js';
import { sentinelQuestions } from '../redis/ask.js';
import type { Context } from './context.js';
import type { Observer, Target } from './observe.js';

/** What the two kinds of failover work on. */
export interface Scene {
  readonly context: Context;
  readonly record: TopologyRecord;
  readonly expectation: Expectation;
  readonly observer: Observer;
  readonly victim: Target;
  /** down-after for the time of this drill (ms). */
  readonly downAfterMs: number;
  /** What was wrong already before anything was done. */
  readonly before: Verdict;
  /** Everything the Sentinels have said since the listening began. */
  readonly events: readonly SentinelEvent[];
}

/** Told at once, so that the steps can be shown as they happen. Times: Date.now(), ms. */
export interface Moments {
  begin(faultAt: number, requestedOf?: string): void;
  rejoined(at: number): void;
}

/** What a kind of failover gives back; undefined moments never came. */
export interface Outcome {
  readonly faultAt: number;
  readonly promoted?: Target;
  readonly rejoinedAt?: number;
  readonly requestedOf?: string;
  /** Why nobody was promoted. */
  readonly failure?: string;
}

/** What each reachable Sentinel says now, by its name. */
export async function sentinelViews({
  record,
  observer,
  expectation,
}: Pick<Scene, 'record' | 'observer' | 'expectation'>): Promise<Map<string, SentinelFacts>> {
  const questions = sentinelQuestions(expectation.masterName);
  const views = await Promise.all(
    ofKind(record.placement.nodes, 'sentinel').map(async (node) => {
      const answer = parseSentinel(await observer.client(node).ask(questions));
      return answer.reached ? [[node.name, answer.facts] as const] : [];
    }),
  );
  return new Map(views.flat());
}

/**
 * The new master by the word of every reachable Sentinel. Undefined while they disagree, still
 * name the victim, or run a failover.
 */
export async function successor(scene: Scene): Promise<Target | undefined> {
  const { record, victim } = scene;
  const views = [...(await sentinelViews(scene)).values()];
  const running = views.some(
    ({ master }) => master.reached && master.facts.failoverState !== undefined,
  );
  const addresses = new Set(views.map(({ handsOut }) => (handsOut ? addressText(handsOut) : '')));
  const address = views[0]?.handsOut;
  if (running || addresses.size !== 1 || address === undefined) return undefined;
  if (sameAddress(address, victim.address)) return undefined;
  return record.placement.nodes.find((node) => sameAddress(node.address, address));
}
