/** The last commands of a data node's append-only file. */
export interface Tail {
  /** As `commandsIn` gives them. */
  readonly commands: readonly string[];
  /** Its form: one file before 7.0, several since. */
  readonly form: 'single' | 'parts';
  /** There were no others since the file was begun or rewritten. */
  readonly isWhole: boolean;
  /** No later than this was it begun or rewritten (ms since 1970); undefined where nothing says so. */
  readonly beganAt: number | undefined;
  /** When a command was last added to it (ms since 1970). */
  readonly addedAt: number;
  /** When any of its files was last written (ms since 1970). */
  readonly writtenAt: number;
  /** False when its files are copies that have lost their times; undefined where that cannot be told. */
  readonly hasOwnTimes: boolean | undefined;
}

/** What the file of a master's replica says about that of the master. */
export type Comparison =
  /** Nothing that speaks against the master. */
  | { readonly is: 'fine' }
  /** The replica has all that the master has, and so many commands more. */
  | { readonly is: 'behind'; readonly commands: number }
  /** The replica has taken commands that are not in the master's file. */
  | { readonly is: 'lacks' };

const FINE: Comparison = { is: 'fine' };
/** Times of files are told to the second in some places, and a replica may be a moment late (ms). */
const SLACK_MS = 2000;
/** So much alike is no coincidence where the rest of a file is not known. */
const TELLING_BYTES = 64 * 1024;

/**
 * Compare what a master and one of its replicas have written down. Commands repeat themselves, so
 * every way in which both files may belong together counts: the master is behind only when it is in
 * all of them. The one way that leaves no trace is that the master has rewritten its file since the
 * replica was last heard of; that is out of the question when the replica's last command came later.
 */
export function compareTails(own: Tail, other: Tail): Comparison {
  if (other.commands.length === 0 || own.form !== other.form) return FINE;
  const missing = leastAhead(own.commands, other.commands);
  if (missing !== undefined && missing <= 0) return FINE;
  if (missing !== undefined && isProof(own, other, missing))
    return { is: 'behind', commands: missing };
  return tookOthers(own, other) || cameLater(own, other) ? { is: 'lacks' } : FINE;
}

/** True when to know more of both files would not change what the comparison says. */
export function isSettled(own: Tail, other: Tail): boolean {
  return (own.isWhole && other.isWhole) || endAlike(own.commands, other.commands);
}

/** One is how the other ends. */
function endAlike(own: readonly string[], other: readonly string[]): boolean {
  const common = Math.min(own.length, other.length);
  const [a, b] = [own.length - common, other.length - common];
  return other.slice(b).every((command, i) => command === own[a + i]);
}

function isProof(own: Tail, other: Tail, missing: number): boolean {
  if (own.isWhole) return cameSinceBegun(own, other);
  const common = Math.min(own.commands.length, other.commands.length - missing);
  const alike = own.commands.slice(own.commands.length - common);
  return alike.reduce((sum, { length }) => sum + length, 0) >= TELLING_BYTES;
}

function cameSinceBegun(own: Tail, other: Tail): boolean {
  if (own.beganAt === undefined || other.hasOwnTimes === false) return false;
  return other.addedAt > own.beganAt + SLACK_MS;
}

/** The replica's last commands came since the master's file was begun, and none of them is in it. */
function tookOthers(own: Tail, other: Tail): boolean {
  if (!own.isWhole || !cameSinceBegun(own, other)) return false;
  const known = new Set(own.commands);
  return !other.commands.some((each) => known.has(each));
}

/** The replica took its last one when nothing of the master's was written any more. */
function cameLater(own: Tail, other: Tail): boolean {
  const areTrue = own.hasOwnTimes === true && other.hasOwnTimes === true;
  return areTrue && other.addedAt > own.writtenAt + SLACK_MS;
}

/**
 * How many commands the second history is ahead of the first by at least, over all ways in which one
 * continues the other and both have a command in common; negative when it may be behind, undefined
 * when there is no such way. In linear time (Knuth, Morris, Pratt).
 */
export function leastAhead(own: readonly string[], other: readonly string[]): number | undefined {
  const inOther = search(own, other);
  const inOwn = search(other, own);
  const ahead = [
    ...inOther.ends.map((end) => other.length - end),
    ...inOther.overlaps.map((length) => length - own.length),
    ...inOwn.ends.map((end) => end - own.length),
    ...inOwn.overlaps.map((length) => other.length - length),
  ];
  return ahead.length === 0 ? undefined : ahead.reduce((a, b) => Math.min(a, b));
}

/**
 * Where a row of commands ends within another one, and how many of its first ones may be the last
 * ones there.
 */
function search(wanted: readonly string[], within: readonly string[]) {
  const ends: number[] = [];
  const overlaps: number[] = [];
  if (wanted.length === 0) return { ends, overlaps };
  const borders = bordersOf(wanted);
  let matched = 0;
  for (let i = 0; i < within.length; i++) {
    matched = advance(wanted, borders, matched, within[i]);
    if (matched === wanted.length) ends.push(i + 1);
  }
  for (let length = matched; length > 0; length = borders[length] ?? 0) overlaps.push(length);
  return { ends, overlaps };
}

/** How many commands match after one more, when so many did before it. */
function advance(
  wanted: readonly string[],
  borders: readonly number[],
  before: number,
  next: string | undefined,
): number {
  let matched = before;
  while (matched > 0 && wanted[matched] !== next) matched = borders[matched] ?? 0;
  return wanted[matched] === next ? matched + 1 : 0;
}

/** For each length: how many of the first commands are also the last ones among so many, fewer than all. */
function bordersOf(commands: readonly string[]): number[] {
  const borders = [0, 0];
  for (let i = 1; i < commands.length; i++)
    borders.push(advance(commands, borders, borders[i] ?? 0, commands[i]));
  return borders;
}
