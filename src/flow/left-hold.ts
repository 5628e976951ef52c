import { MORE_THAN_ANY } from '../drill/hand-over.js';
import { roleOf } from '../health/parse-info.js';
import { parseSentinel } from '../health/parse-sentinel.js';
import { messageOf } from '../model/errors.js';
import type { SentinelFacts } from '../model/observation.js';
import { addressText, ofKind, sameAddress, type TopologyRecord } from '../model/topology.js';
import { sentinelQuestions } from '../redis/ask.js';
import type { NodeClient } from '../redis/client.js';
import type { Context } from './context.js';
import type { Observer, Target } from './observe.js';
import { settingOf, type Told } from './tell.js';
import { waitFor } from './wait.js';

/** Replicas that a master must hear from to take a write. */
export const GUARD = 'min-replicas-to-write';
/** A Sentinel that stalls does nothing for 30 s (sentinel.c, tilt_period); and some more. */
const STALL_MS = 40_000;
const AGAIN_MS = 100;

/** True when writes are held back on a node, or it cannot be asked. */
export async function mayBeHeld(client: NodeClient): Promise<boolean> {
  const value = await settingOf(client, GUARD).catch(() => String(MORE_THAN_ANY));
  return value === String(MORE_THAN_ANY);
}

/**
 * Give writes back to nodes on which a planned hand-over that was killed still holds them back. As
 * long as a failover is under way, or its end has not come to the old master, they would be lost, so
 * that both are waited for.
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
    why = await whyUnderWay(record, observer, held);
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

/**
 * Every Sentinel has to say that it carries out none: one that is silent may do so yet. After its end
 * the old master says for some 8 s that it is master still, until a Sentinel makes it a replica
 * (sentinel.c, +convert-to-slave): what it took until then would be lost.
 */
async function whyUnderWay(
  { placement, spec }: TopologyRecord,
  observer: Observer,
  held: readonly Target[],
): Promise<string | undefined> {
  const views = await Promise.all(
    ofKind(placement.nodes, 'sentinel').map(async ({ name, ...node }) => {
      const answer = parseSentinel(
        await observer.client(node).ask(sentinelQuestions(spec.masterName)),
      );
      return { name, facts: answer.reached ? answer.facts : undefined };
    }),
  );
  const atIt = views.map(whyOneIsAtIt).find((each) => each !== undefined);
  if (atIt !== undefined) return atIt;
  const olds = await Promise.all(held.map((node) => whyNotReplaced(node, observer, views)));
  return olds.find((each) => each !== undefined);
}

interface View {
  readonly name: string;
  /** Undefined while it does not answer. */
  readonly facts: SentinelFacts | undefined;
}

function whyOneIsAtIt({ name, facts }: View): string | undefined {
  if (facts === undefined) return `${name} does not answer`;
  const state = facts.master.reached ? facts.master.facts.failoverState : undefined;
  return state === undefined ? undefined : `${name}: ${state}`;
}

/** A node is master for all, or knows that it is none. */
async function whyNotReplaced(
  node: Target,
  observer: Observer,
  views: readonly View[],
): Promise<string | undefined> {
  const other = views.find(
    ({ facts }) => !(facts?.handsOut && sameAddress(facts.handsOut, node.address)),
  );
  if (other === undefined) return undefined;
  const { role } = await observer.client(node).ask({ role: ['ROLE'] });
  if (roleOf(role) === 'slave') return undefined;
  const named = other.facts?.handsOut;
  return `${node.name} does not know yet that it is no master, and ${other.name} names ${named ? addressText(named) : 'none'}`;
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
  told.push({ node: node.name, name: GUARD, was, now });
  return [];
}
