import type { Argv } from 'yargs';
import { readsLikeTarget } from '../drill/target.js';
import { RsentError } from '../model/errors.js';
import { shown } from '../model/shown.js';
import { readName } from './inputs.js';
import { type Arguments, declare, NAME, once } from './options.js';
import type { DeclaredOptions } from './typed.js';

const A_TARGET =
  'A target is master, replica, sentinel, one of these with a count (sentinel:2), or a node such as redis-2.';

/** Two names are enough to see what is wrong. */
const MOST_LISTED = 2;

/** What the words after a verb mean, in whatever order they stand. */
export interface Words {
  /** The topology; absent: the default one. */
  readonly name?: string;
  /** Nodes or roles. */
  readonly targets: readonly string[];
}

/**
 * Tell a topology's name from targets by the form alone: what could be a target is one. A topology
 * that is called like one is named with --name.
 * @param given what --name says
 * @param hint what to do where there is a word too many
 * @throws RsentError `usage` when more than one word can only be a name
 */
export function readWords(words: readonly string[], given?: string, hint = A_TARGET): Words {
  const targets = words.filter(readsLikeTarget);
  const names = words.filter((word) => !readsLikeTarget(word));
  if (given !== undefined) names.unshift(given);
  const [name, ...more] = names;
  if (more.length > 0) {
    const list = names.slice(0, MOST_LISTED).map(shown).join(' and ');
    throw new RsentError('usage', `${list} would both be names of a topology.`, { hint });
  }
  return { targets, ...(name === undefined ? {} : { name }) };
}

/**
 * Declare words in any order as positionals, for a topology and nodes of it, and the options beside.
 * @param nodes what the verb takes of nodes, and what it does without any
 */
export function declareWhere<T>(yargs: Argv<T>, nodes: string, options: DeclaredOptions) {
  const rule = 'A word that reads like a node is one, any other is the topology';
  const where = yargs.positional('where', {
    type: 'string',
    array: true,
    describe: `topology (rsent) and ${nodes}. ${rule}`,
  });
  return declare(where, { name: NAME, ...options });
}

/**
 * The topology, and the nodes of it, that a verb with such words is about.
 * @param hint what to do where there is a word too many
 * @throws RsentError `usage` when the words do not tell; else as `readName` does
 */
export async function readWhere(
  args: Arguments,
  hint?: string,
): Promise<{ readonly name: string; readonly targets: readonly string[] }> {
  const { where } = args;
  const said = Array.isArray(where) ? where.map(String) : [];
  const { targets, ...named } = readWords(said, once(args, 'name'), hint);
  return { name: await readName({ ...args, ...named }), targets };
}

/**
 * The node of a verb that takes one at most.
 * @throws RsentError `usage` when there are more
 */
export function onlyTarget(targets: readonly string[]): string | undefined {
  if (targets.length <= 1) return targets[0];
  throw new RsentError('usage', `${targets.join(' and ')} are several nodes; one can be named.`, {
    hint: 'Without any it is the whole topology. sentinel:2 is a way to say two of a role.',
  });
}
