import { MORE_THAN_ANY } from '../drill/hand-over.js';
import { parseSentinel } from '../health/parse-sentinel.js';
import { messageOf } from '../model/errors.js';
import { ofKind, type TopologyRecord } from '../model/topology.js';
import { sentinelQuestions } from '../redis/ask.js';
import type { Context } from './context.js';
import type { Observer, Target } from './observe.js';
import { settingOf, type Told } from './tell.js';
import { waitFor } from './wait.js';

/** Replicas that a master must hear from to take a write. */
export const GUARD = 'min-replicas-to-write';
/** A Sentinel that stalls does nothing for 30 s (sentinel.c, tilt_period); and some more. */
const STALL_MS = 40_000;
const AGAIN_MS = 100;

/**
 * Give writes back to nodes on which a planned hand-over that was killed still holds them back. As
 * long as a failover is under way they would be lost, so that it is waited for.
 * @param told what a node was told is added
 * @returns names of those that go on refusing writes, each with the reason
 */
export async function liftLeftHolds(
  context: Context,
  record: TopologyRecord,
  observer: Observer,
  targets: readonly Target[],
  told: Told[],
): Promise<ReadonlyMap<string, string>> {
  const asked = await Promise.all(
    ofKind(targets, 'redis').map(async (node) => {
      const value = await settingOf(observer.client(node), GUARD).catch(() => undefined);
      return value === String(MORE_THAN_ANY) ? [node] : [];
    }),
  );
  const held = asked.flat();
  if (held.length === 0) return new Map();
  context.progress.stage('Waiting until no failover is under way');
  const { failoverTimeoutMs } = record.spec.timing;
  let why: string | undefined = 'nobody was asked';
  const deadline = Date.now() + 2 * failoverTimeoutMs + STALL_MS;
  const isOver = async () => {
    why = await whyUnderWay(record, observer);
    return why === undefined ? true : undefined;
  };
  await waitFor(isOver, { deadline, everyMs: AGAIN_MS, signal: context.signal });
  if (why !== undefined) {
    const reason = `${why}: a failover may be under way, and writes would be lost`;
    return new Map(held.map(({ name }) => [name, reason]));
  }
  const left = await Promise.all(held.map((node) => lift(record, observer, node, told)));
  return new Map(left.flat());
}

/** Every Sentinel has to say that it carries out none: one that is silent may do so yet. */
async function whyUnderWay(
  { placement, spec }: TopologyRecord,
  observer: Observer,
): Promise<string | undefined> {
  const reasons = await Promise.all(
    ofKind(placement.nodes, 'sentinel').map(async (node) => {
      const answer = parseSentinel(
        await observer.client(node).ask(sentinelQuestions(spec.masterName)),
      );
      if (!answer.reached) return `${node.name} does not answer`;
      const { master } = answer.facts;
      const state = master.reached ? master.facts.failoverState : undefined;
      return state === undefined ? undefined : `${node.name}: ${state}`;
    }),
  );
  return reasons.find((each) => each !== undefined);
}

async function lift(
  { spec }: TopologyRecord,
  observer: Observer,
  node: Target,
  told: Told[],
): Promise<[string, string][]> {
  const client = observer.client(node);
  const now = String(spec.guard.minReplicas);
  const was = String(MORE_THAN_ANY);
  try {
    await client.call('CONFIG', 'SET', GUARD, now);
    await client.call('CONFIG', 'REWRITE');
  } catch (error) {
    return [[node.name, messageOf(error)]];
  }
  // It was never asked for, so that nothing takes it back.
  told.push({ node: node.name, name: GUARD, was, now, takeBack: async () => undefined });
  return [];
}
