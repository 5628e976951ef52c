import { RsentError } from '../model/errors.js';
import type { RedisObservation, SentinelFacts, SentinelObservation } from '../model/observation.js';
import { shown } from '../model/shown.js';
import { type Address, sameAddress } from '../model/topology.js';

/** A node that a move or a fault may be aimed at. */
export interface Candidate {
  readonly name: string;
  readonly kind: 'redis' | 'sentinel';
  readonly role: 'master' | 'replica' | 'sentinel' | 'unknown';
}

const ROLES = ['master', 'replica', 'sentinel'] as const;

/**
 * The nodes that a target means: a node's name, a role, a role with a count (`sentinel:2`), or
 * several of these with commas between. Of several with the same role the first ones in the order
 * of their names are taken.
 * @param nodes all that there are, for the message: not each may be a candidate now
 * @throws RsentError `usage` when a part of it means nobody, naming what is legal
 */
export function chooseTargets(
  target: string,
  candidates: readonly Candidate[],
  nodes: readonly { readonly name: string }[] = candidates,
): Candidate[] {
  const chosen = target.split(',').flatMap((part) => choose(part.trim(), candidates, nodes));
  return candidates.filter((each) => chosen.includes(each));
}

/**
 * The same for whoever only looks: a bare role means all that have it, not the first one.
 * @throws RsentError `usage` when a part of one means nobody
 */
export function chooseAll(
  targets: readonly string[],
  candidates: readonly Candidate[],
): Candidate[] {
  const parts = targets.flatMap((target) => target.split(',').map((part) => part.trim()));
  const chosen = parts.flatMap((part) => {
    const all = candidates.filter(({ role }) => role === part);
    return all.length > 0 ? all : choose(part, candidates);
  });
  return candidates.filter((each) => chosen.includes(each));
}

/** True for a word that has the form of a target, whether or not there is such a node. */
export function readsLikeTarget(word: string): boolean {
  return word
    .split(',')
    .every((part) => /^((master|replica|sentinel)(:\d+)?|(redis|sentinel)-\d+)$/.test(part.trim()));
}

/** True when a target can only be understood by asking the nodes what they are now. */
export function asksForRole(target: string): boolean {
  return target.split(',').some((part) => /^(master|replica)(:|$)/.test(part.trim()));
}

function choose(
  part: string,
  candidates: readonly Candidate[],
  nodes: readonly { readonly name: string }[] = candidates,
): Candidate[] {
  const named = candidates.find(({ name }) => name === part);
  if (named !== undefined) return [named];
  const [, role, count] = /^(master|replica|sentinel)(?::(\d{1,3}))?$/.exec(part) ?? [];
  if (role === undefined) throw misaimed(part, nodes);
  const wanted = Number(count ?? 1);
  if (wanted === 0) {
    throw new RsentError('usage', `Invalid target "${part}": the count must be 1 or more.`, {
      hint: `Nothing was done. Without a count it is one: ${role}.`,
    });
  }
  const found = candidates.filter((each) => each.role === role).slice(0, wanted);
  if (found.length === wanted) return found;
  const meant = wanted === 1 ? '1 node' : `${wanted} nodes`;
  const have = found.length === 1 ? '1 has' : `${found.length} have`;
  const names = candidates.map(({ name }) => name).join(', ') || 'there is none';
  throw new RsentError('usage', `${part} means ${meant}, but ${have} that role now.`, {
    hint: `Nothing was done. Name a node instead (${names}); rsent status NAME shows who is what.`,
  });
}

/**
 * A node that does not answer is what the Sentinels say of it: master, where most of them hand it
 * out, or else a replica, where one lists it as such.
 * @param views what the Sentinels that answer say
 */
export function withTheirWord(
  candidate: Candidate,
  address: Address,
  views: readonly SentinelFacts[],
): Candidate {
  if (candidate.role !== 'unknown') return candidate;
  const named = views.filter(({ handsOut }) => handsOut && sameAddress(handsOut, address));
  if (named.length * 2 > views.length) return { ...candidate, role: 'master' };
  const isListed = views.some(({ replicas }) =>
    replicas.some((each) => sameAddress(each.address, address)),
  );
  return isListed ? { ...candidate, role: 'replica' } : candidate;
}

/** What each node is, by its own account; a node that does not answer is of unknown role. */
export function candidateOf(node: RedisObservation | SentinelObservation): Candidate {
  if (node.kind === 'sentinel') return { name: node.name, kind: 'sentinel', role: 'sentinel' };
  if (!node.answer.reached) return { name: node.name, kind: 'redis', role: 'unknown' };
  const role = node.answer.facts.role === 'master' ? 'master' : 'replica';
  return { name: node.name, kind: 'redis', role };
}

/**
 * The same of all nodes of a look. Of several that take themselves for the master only the one
 * that is counts.
 * @param master its name, undefined when there is none
 */
export function candidatesOf(
  nodes: readonly (RedisObservation | SentinelObservation)[],
  master: string | undefined,
): Candidate[] {
  return nodes.map((node) => {
    const candidate = candidateOf(node);
    const isPretender = candidate.role === 'master' && node.name !== master;
    return isPretender ? { ...candidate, role: 'unknown' } : candidate;
  });
}

function misaimed(target: string, nodes: readonly { readonly name: string }[]): RsentError {
  const names = nodes.map(({ name }) => name).join(', ');
  return new RsentError(
    'usage',
    `${shown(target)} is no target; legal is ${ROLES.join(', ')}, one of these with a count (sentinel:2), several with commas between, or a node: ${names}.`,
  );
}
