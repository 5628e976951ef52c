import type { FaultSpan } from '../../drill/roles.js';
import { parseSentinel } from '../../health/parse-sentinel.js';
import type { Access } from '../../model/access.js';
import type { DrillReport, Expected } from '../../model/drill.js';
import type { SentinelFacts } from '../../model/observation.js';
import type { SentinelEvent } from '../../model/timeline.js';
import { addressText, ofKind, sameAddress, type TopologyRecord } from '../../model/topology.js';
import type { Expectation, Verdict } from '../../model/verdict.js';
import { sentinelQuestions } from '../../redis/ask.js';
import type { Context } from '../context.js';
import type { Observer, Target } from '../observe.js';

/** What every kind of drill works on. */
export interface Scene {
  readonly context: Context;
  readonly record: TopologyRecord;
  readonly access: Access;
  readonly expectation: Expectation;
  readonly observer: Observer;
  /** Who is master before anything is done. */
  readonly master: Target;
  /** Whom the fault is made on. */
  readonly struck: readonly Target[];
  readonly expected: Expected;
  /** down-after for the time of this drill (ms). */
  readonly downAfterMs: number;
  /** What was wrong already before anything was done. */
  readonly before: Verdict;
  /** Everything the Sentinels have said since the listening began. */
  readonly events: readonly SentinelEvent[];
  /** The faults as they are made and ended. */
  readonly faults: FaultSpan[];
}

/** What a planned hand-over needs of it. */
export type HandOverScene = Pick<
  Scene,
  'context' | 'record' | 'observer' | 'expectation' | 'master' | 'downAfterMs' | 'faults'
>;

/** Told at once, so that the steps can be shown as they happen. Times: Date.now(), ms. */
export interface Moments {
  begin(faultAt: number, requestedOf?: string): void;
  rejoined(at: number): void;
}

/** What a drill's act gives back; undefined moments never came. */
export interface Outcome {
  readonly faultAt: number;
  readonly zero: DrillReport['zero'];
  readonly promoted?: Target;
  readonly rejoinedAt?: number;
  readonly requestedOf?: string;
  /** Why nobody was promoted. */
  readonly failure?: string;
}

/** What each reachable Sentinel says now, by its name. One under a fault is not asked. */
export async function sentinelViews({
  record,
  observer,
  expectation,
  faults,
}: Pick<Scene, 'record' | 'observer' | 'expectation' | 'faults'>): Promise<
  Map<string, SentinelFacts>
> {
  const questions = sentinelQuestions(expectation.masterName);
  const hidden = faults.filter(({ toAt }) => toAt === undefined).map(({ node }) => node);
  const asked = ofKind(record.placement.nodes, 'sentinel').filter(
    ({ name }) => !hidden.includes(name),
  );
  const views = await Promise.all(
    asked.map(async (node) => {
      const answer = parseSentinel(await observer.client(node).ask(questions));
      return answer.reached ? [[node.name, answer.facts] as const] : [];
    }),
  );
  return new Map(views.flat());
}

/**
 * The new master by the word of every reachable Sentinel. Undefined while they disagree, still
 * name the old one, or run a failover.
 */
export async function successor(
  scene: Omit<HandOverScene, 'context' | 'downAfterMs'>,
): Promise<Target | undefined> {
  const { record, master } = scene;
  const views = [...(await sentinelViews(scene)).values()];
  const running = views.some((view) => view.master.reached && view.master.facts.failoverState);
  const addresses = new Set(views.map(({ handsOut }) => (handsOut ? addressText(handsOut) : '')));
  const address = views[0]?.handsOut;
  if (running || addresses.size !== 1 || address === undefined) return undefined;
  if (sameAddress(address, master.address)) return undefined;
  return record.placement.nodes.find((node) => sameAddress(node.address, address));
}
