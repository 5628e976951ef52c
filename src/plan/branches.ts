import type { Tail } from './tails.js';

/** What the files of a data node say about those of the master that it is to copy. */
export type Branch =
  /** The master has had every command that the node has. */
  | { readonly is: 'prefix' }
  /** Both have the first commands in common, and then the node has this many of its own. */
  | { readonly is: 'diverged'; readonly commands: number }
  /** Nothing proves that the master has had them all. */
  | { readonly is: 'unknown' };

/** The append-only file of a data node, and where its history is known to begin. */
export interface Branching {
  readonly tail: Tail | undefined;
  /** No command came before those of its tail: the file was begun with nothing. */
  readonly isAll: boolean;
  /** Its last commands that not all others are known to have had; undefined where that was not noted. */
  readonly sinceSync?: number | undefined;
}

/** As many commands alike, one after the other, are no coincidence. */
const TELLING_COMMANDS = 16;

/** One way to lay both histories side by side. */
interface Alignment {
  /** Commands in common, from the first one that both files have. */
  readonly alike: number;
  /** Commands of the node after them. */
  readonly beyond: number;
}

/**
 * Compare a data node with the master that it is about to copy, which empties it. Commands repeat
 * themselves, so the node counts as a part of the master's history only where the best way to lay
 * both side by side says so, and enough is alike: all that the node ever took, all that it took since
 * the nodes were last in sync, or a telling number of commands.
 * @param master the end of the master's append-only file; undefined where it cannot be read
 */
export function branchOf(master: Tail | undefined, node: Branching): Branch {
  const { tail, isAll, sinceSync } = node;
  if (sinceSync === 0) return { is: 'prefix' };
  if (tail === undefined || master === undefined || tail.form !== master.form)
    return { is: 'unknown' };
  const all = alignments(master.commands, tail.commands);
  const within = longest(all.filter(({ beyond }) => beyond === 0));
  const beyond = longest(all.filter((each) => each.beyond > 0));
  const needed = Math.min(
    TELLING_COMMANDS,
    sinceSync ?? TELLING_COMMANDS,
    isAll && tail.isWhole ? tail.commands.length : TELLING_COMMANDS,
  );
  if (within > beyond && within >= needed) return { is: 'prefix' };
  if (within >= beyond) return { is: 'unknown' };
  const counts = new Set(all.filter(({ alike }) => alike === beyond).map((each) => each.beyond));
  const [commands = 0, ...others] = counts;
  return others.length > 0 ? { is: 'unknown' } : { is: 'diverged', commands };
}

function longest(all: readonly Alignment[]): number {
  return all.reduce((most, { alike }) => Math.max(most, alike), 0);
}

/** All ways in which one file begins within the other, with at least one command in common. */
function alignments(master: readonly string[], node: readonly string[]): Alignment[] {
  const begunLater = matches(master, node).map((alike, at) => ({
    ...{ alike, beyond: node.length - at - alike },
  }));
  const begunEarlier = matches(node, master).map((alike) => ({
    ...{ alike, beyond: node.length - alike },
  }));
  return [...begunLater, ...begunEarlier].filter(({ alike }) => alike > 0);
}

/** For each place in a row of commands, how many of another row's first ones stand there. In linear time (Z). */
function matches(wanted: readonly string[], within: readonly string[]): number[] {
  // Nothing is equal to what stands between both.
  const row: readonly (string | undefined)[] = [...wanted, undefined, ...within];
  const found = new Array<number>(row.length).fill(0);
  let [start, end] = [0, 0];
  for (let i = 1; i < row.length; i++) {
    let alike = i < end ? Math.min(end - i, found[i - start] ?? 0) : 0;
    while (row[alike] !== undefined && row[alike] === row[i + alike]) alike++;
    found[i] = alike;
    if (i + alike > end) [start, end] = [i, i + alike];
  }
  return found.slice(wanted.length + 1);
}
