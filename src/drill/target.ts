import { RsentError } from '../model/errors.js';
import type { RedisObservation, SentinelObservation } from '../model/observation.js';

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
 * @throws RsentError `usage` when a part of it means nobody, naming what is legal
 */
export function chooseTargets(target: string, candidates: readonly Candidate[]): Candidate[] {
  const chosen = target.split(',').flatMap((part) => choose(part.trim(), candidates));
  return candidates.filter((each) => chosen.includes(each));
}

function choose(part: string, candidates: readonly Candidate[]): Candidate[] {
  const named = candidates.find(({ name }) => name === part);
  if (named !== undefined) return [named];
  const [, role, count] = /^(master|replica|sentinel)(?::(\d{1,3}))?$/.exec(part) ?? [];
  if (role === undefined) throw misaimed(part, candidates);
  const wanted = Number(count ?? 1);
  const found = candidates.filter((each) => each.role === role).slice(0, wanted);
  if (wanted > 0 && found.length === wanted) return found;
  throw new RsentError(
    'usage',
    `${part} means ${wanted} nodes, but ${found.length} have that role now.`,
    {
      hint: 'Name a node instead: rsent status shows who is what.',
    },
  );
}

/** What each node is, by its own account; a node that does not answer is of unknown role. */
export function candidateOf(node: RedisObservation | SentinelObservation): Candidate {
  if (node.kind === 'sentinel') return { name: node.name, kind: 'sentinel', role: 'sentinel' };
  if (!node.answer.reached) return { name: node.name, kind: 'redis', role: 'unknown' };
  const role = node.answer.facts.role === 'master' ? 'master' : 'replica';
  return { name: node.name, kind: 'redis', role };
}

function misaimed(target: string, candidates: readonly Candidate[]): RsentError {
  const names = candidates.map(({ name }) => name).join(', ');
  return new RsentError(
    'usage',
    `${JSON.stringify(target)} is no target; legal is ${ROLES.join(', ')}, one of these with a count (sentinel:2), several with commas between, or a node: ${names}.`,
  );
}
