import {
  type AttachedReplica,
  type Observation,
  observedOf,
  type RedisFacts,
  type RedisObservation,
  type SentinelFacts,
  type SentinelObservation,
} from '../model/observation.js';
import { type Address, addressText, majorityOf, ofKind, sameAddress } from '../model/topology.js';
import type { Expectation, ExpectedNode } from '../model/verdict.js';

/** Seconds since a replica's last acknowledgement that are still normal (it sends one a second). */
export const USUAL_LAG_S = 2;

/**
 * True of a replica that its master has just heard: it says once a second how far it is, and its link
 * counts as up until repl-timeout, 60 s (replication.c, replicationCron).
 * @param withinS how long ago that may be (s)
 */
export function isInTouch(
  { state, lagS }: Pick<AttachedReplica, 'state' | 'lagS'>,
  withinS: number = USUAL_LAG_S,
): boolean {
  return state === 'online' && lagS >= 0 && lagS <= withinS;
}

export interface RedisSeen {
  readonly node: ExpectedNode;
  readonly observed: RedisObservation;
  readonly facts?: RedisFacts;
}

export interface SentinelSeen {
  readonly node: ExpectedNode;
  readonly observed: SentinelObservation;
  readonly facts?: SentinelFacts;
}

/** Expectation and observation side by side, with the questions every rule asks of them. */
export interface Scene {
  readonly expectation: Expectation;
  readonly redis: readonly RedisSeen[];
  readonly sentinels: readonly SentinelSeen[];
  /** The node that is the master as far as can be told; undefined when nobody is. */
  readonly master?: RedisSeen;
}

/** Put what was seen beside what was expected. */
export function sceneOf(expectation: Expectation, observation: Observation): Scene {
  const redis = seen(expectation, 'redis', observedOf(observation, 'redis')) as RedisSeen[];
  const sentinels = seen(
    expectation,
    'sentinel',
    observedOf(observation, 'sentinel'),
  ) as SentinelSeen[];
  const address = agreedMaster(sentinels) ?? soleMaster(redis, sentinels);
  const master =
    address && redis.find(({ node, facts }) => facts && sameAddress(node.address, address));
  return { expectation, redis, sentinels, ...(master === undefined ? {} : { master }) };
}

/** Name of the node at an address, else the address itself. */
export function nameAt(scene: Scene, address: Address): string {
  const found = scene.expectation.nodes.find((node) => sameAddress(node.address, address));
  const text = addressText(address);
  // Of servers that rsent has not made, the address is the name.
  if (found === undefined || found.name.includes(text)) return found?.name ?? text;
  return `${found.name} (${text})`;
}

/** True when the node at this address is expected but did not answer: its absence is told once. */
export function isSilent(scene: Scene, address: Address): boolean {
  return [...scene.redis, ...scene.sentinels].some(
    ({ node, facts }) => facts === undefined && sameAddress(node.address, address),
  );
}

/** The data node that a majority of Sentinels hands out, where it answered nothing. */
export function silentMaster({ redis, sentinels }: Scene): RedisSeen | undefined {
  const address = agreedMaster(sentinels);
  if (address === undefined) return undefined;
  return redis.find(({ node, facts }) => !facts && sameAddress(node.address, address));
}

/**
 * The master that a majority of Sentinels hands out, taking the latest configuration where
 * opinions differ: during a switch the higher epoch is the newer truth (sentinel.c,
 * sentinelProcessHelloMessage).
 */
function agreedMaster(sentinels: readonly SentinelSeen[]): Address | undefined {
  const votes = new Map<string, { address: Address; count: number; epoch: number }>();
  for (const { facts } of sentinels) {
    if (facts?.handsOut === undefined) continue;
    const key = addressText(facts.handsOut);
    const vote = votes.get(key) ?? { address: facts.handsOut, count: 0, epoch: 0 };
    const epoch = facts.master.reached ? facts.master.facts.configEpoch : 0;
    votes.set(key, { ...vote, count: vote.count + 1, epoch: Math.max(vote.epoch, epoch) });
  }
  const ranked = [...votes.values()].sort((a, b) => b.count - a.count || b.epoch - a.epoch);
  const [first] = ranked;
  return first !== undefined && first.count >= majorityOf(sentinels.length)
    ? first.address
    : undefined;
}

/**
 * Without a majority of Sentinels: the node that says it is master. Of several the one that some Sentinel
 * hands out.
 */
function soleMaster(
  redis: readonly RedisSeen[],
  sentinels: readonly SentinelSeen[],
): Address | undefined {
  const masters = redis.filter(({ facts }) => facts?.role === 'master');
  const told = masters.filter(({ node }) =>
    sentinels.some(({ facts }) => facts?.handsOut && sameAddress(facts.handsOut, node.address)),
  );
  const [master, ...others] = masters.length === 1 ? masters : told;
  return others.length === 0 ? master?.node.address : undefined;
}

function seen(
  expectation: Expectation,
  kind: 'redis' | 'sentinel',
  observed: readonly (RedisObservation | SentinelObservation)[],
) {
  return ofKind(expectation.nodes, kind).map((node) => {
    const found = observed.find((each) => each.name === node.name) ?? {
      name: node.name,
      kind,
      container: 'absent' as const,
      answer: { reached: false as const, why: 'nobody asked it' },
    };
    return found.answer.reached
      ? { node, observed: found, facts: found.answer.facts }
      : { node, observed: found };
  });
}
