import {
  type MonitoredMaster,
  type NodeObservation,
  type Observation,
  observedOf,
  type RedisFacts,
  type SentinelFacts,
} from '../model/observation.js';
import { type Address, addressText, majorityOf, ofKind, sameAddress } from '../model/topology.js';
import type { ExpectedNode, Verdict } from '../model/verdict.js';

/** All that a report of a topology's state is made of. */
export interface Subject {
  readonly topology: string;
  readonly masterName: string;
  readonly targets: readonly (ExpectedNode & { readonly published: Address })[];
  readonly observation: Observation;
  readonly verdict: Verdict;
  readonly master?: { readonly node: string; readonly address: Address };
}

/** A data node as it is shown. */
export interface RedisRow {
  readonly name: string;
  readonly kind: 'redis';
  readonly role: 'master' | 'replica' | 'unknown';
  readonly container: string;
  readonly running: boolean;
  readonly address: string;
  readonly published: string;
  /** A replica's link to its master; null for a master and for a node that did not answer. */
  readonly link: 'up' | 'down' | null;
  readonly offset: number | null;
  /** Bytes behind the master; null where that has no meaning. */
  readonly lagBytes: number | null;
}

/** A Sentinel as it is shown, with its own view. */
export interface SentinelRow {
  readonly name: string;
  readonly container: string;
  readonly running: boolean;
  readonly address: string;
  readonly published: string;
  readonly sees: SentinelView | null;
}

export interface SentinelView {
  readonly master: string | null;
  readonly replicas: number;
  /** Sentinels it counts on that are not down in its eyes, itself included. */
  readonly sentinels: number;
  readonly quorum: string;
  readonly epoch: number | null;
}

/** The data nodes in their order. */
export function redisRows(subject: Subject): RedisRow[] {
  const masterOffset = factsAt(subject)?.offset;
  return ofKind(subject.targets, 'redis').map((target) => {
    const seen = observedOf(subject.observation, 'redis').find(({ name }) => name === target.name);
    const facts = seen?.answer.reached ? seen.answer.facts : undefined;
    return { ...common(target, seen), kind: 'redis', ...redisView(facts, masterOffset) };
  });
}

/** The Sentinels in their order. */
export function sentinelRows(subject: Subject): SentinelRow[] {
  return ofKind(subject.targets, 'sentinel').map((target) => {
    const seen = observedOf(subject.observation, 'sentinel').find(
      ({ name }) => name === target.name,
    );
    const facts = seen?.answer.reached ? seen.answer.facts : undefined;
    return {
      ...common(target, seen),
      sees: facts === undefined ? null : sentinelView(subject, facts),
    };
  });
}

function common(target: Subject['targets'][number], seen: NodeObservation | undefined) {
  return {
    name: target.name,
    container: target.container,
    running: seen?.container === 'running' || seen?.container === 'cut',
    address: addressText(target.address),
    published: addressText(target.published),
  };
}

function redisView(facts: RedisFacts | undefined, masterOffset: number | undefined) {
  if (facts === undefined)
    return { role: 'unknown', link: null, offset: null, lagBytes: null } as const;
  const { offset } = facts;
  if (facts.role === 'master')
    return { role: 'master', link: null, offset, lagBytes: null } as const;
  const lagBytes = masterOffset === undefined ? null : Math.max(0, masterOffset - offset);
  return {
    role: 'replica',
    link: facts.upstream?.linkUp ? 'up' : 'down',
    offset,
    lagBytes,
  } as const;
}

function sentinelView(subject: Subject, facts: SentinelFacts): SentinelView {
  const alive = (flags: readonly string[]) =>
    !flags.includes('s_down') && !flags.includes('disconnected');
  const sentinels = 1 + facts.peers.filter(({ flags }) => alive(flags)).length;
  const master = facts.master.reached ? facts.master.facts : undefined;
  return {
    master: facts.handsOut === undefined ? null : addressText(facts.handsOut),
    replicas: facts.replicas.filter(({ flags }) => alive(flags)).length,
    sentinels,
    quorum: quorumText(subject, facts, master, sentinels),
    epoch: master?.configEpoch ?? null,
  };
}

/** `ok` when all Sentinels are usable in its eyes, else how many are and what that means. */
function quorumText(
  subject: Subject,
  facts: SentinelFacts,
  master: MonitoredMaster | undefined,
  sentinels: number,
): string {
  const all = ofKind(subject.targets, 'sentinel').length;
  const usable = Math.min(facts.ckquorum.usable ?? 0, sentinels);
  if (facts.ckquorum.ok && usable === all) return 'ok';
  const needed = Math.max(majorityOf(all), master?.quorum ?? 0);
  return usable >= needed && facts.ckquorum.ok
    ? `${usable} of ${all} usable`
    : `no quorum: ${usable} of ${all} usable`;
}

function factsAt({ observation, master, targets }: Subject): RedisFacts | undefined {
  const target = targets.find(({ address }) => master && sameAddress(address, master.address));
  const seen = observedOf(observation, 'redis').find(({ name }) => name === target?.name);
  return seen?.answer.reached ? seen.answer.facts : undefined;
}
