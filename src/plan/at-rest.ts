/**
 * How far a data node's files have come. A server only adds to the last part of its append-only file, and
 * each rewrite gives the next part a higher number (aof.c, getNewIncrAofName); before 7.0 a rewrite makes a
 * dump that says when it was made.
 */
export interface Mark {
  readonly form: 'parts' | 'single' | 'dump';
  /** The number of the last part, or when the dump was made (ms since 1970; 0: there is none). */
  readonly generation: number;
  /** Size of the last part, or of the file. */
  readonly bytes: number;
  /** When that was last written (ms since 1970). */
  readonly writtenAt: number;
}

/** A data node when its topology was stopped. */
export interface RestingNode {
  readonly name: string;
  readonly mark: Mark;
  /** It was the master, or had all that the master had. */
  readonly inSync: boolean;
}

/** What a topology was when it was stopped: kept beside its data until something starts. */
export interface AtRest {
  readonly schemaVersion: 1;
  /** Name of its master; absent where that was not certain. */
  readonly master?: string | undefined;
  readonly nodes: readonly RestingNode[];
}

/** The files of a node, compared with what they were when it was stopped. */
export type SinceRest =
  /** Nothing has been written since. */
  | 'same'
  /** A server has gone on with them. */
  | 'more'
  /** They were cut, or are an older copy: no server takes away what it has written. */
  | 'less';

/** What is remembered of a data node. */
export interface Rest {
  readonly since: SinceRest;
  readonly inSync: boolean;
  readonly wasMaster: boolean;
}

/**
 * What became of a node's files since it was stopped; undefined where they have another form, as after an
 * upgrade.
 */
export function sinceRest(then: Mark, now: Mark): SinceRest | undefined {
  if (then.form !== now.form) return undefined;
  if (then.generation !== now.generation) return now.generation < then.generation ? 'less' : 'more';
  if (then.bytes === now.bytes) return then.writtenAt === now.writtenAt ? 'same' : 'more';
  // A dump is never added to: one of the same time and another size is damaged.
  if (then.form === 'dump') return undefined;
  return now.bytes < then.bytes ? 'less' : 'more';
}

/**
 * What is remembered of each node that has files now, by its name.
 * @param marks how far their files have come, by name
 */
export function restOf(
  { master, nodes }: AtRest,
  marks: ReadonlyMap<string, Mark>,
): ReadonlyMap<string, Rest> {
  const found = new Map<string, Rest>();
  for (const { name, mark, inSync } of nodes) {
    const now = marks.get(name);
    const since = now && sinceRest(mark, now);
    if (since !== undefined) found.set(name, { since, inSync, wasMaster: name === master });
  }
  return found;
}

/** What was seen of the data nodes before they ended. */
export interface Ending {
  /** Names of those that ran. */
  readonly ran: ReadonlySet<string>;
  /** Name of the master; undefined where it is not certain. */
  readonly master?: string | undefined;
  /** Names of those that had all that the master had. */
  readonly inSync: ReadonlySet<string>;
}

/**
 * What is to be remembered. A file that was cut while its node slept is remembered as it was before.
 * @param marks how far the files of all data nodes have come, by name
 */
export function remembering(
  before: AtRest | undefined,
  { ran, master, inSync }: Ending,
  marks: ReadonlyMap<string, Mark>,
): AtRest {
  const former = new Map(before?.nodes.map(({ name, mark }) => [name, mark]));
  const nodes = [...marks].map(([name, now]) => {
    const then = ran.has(name) ? undefined : former.get(name);
    const isLess = then !== undefined && sinceRest(then, now) === 'less';
    return { name, mark: isLess ? then : now, inSync: inSync.has(name) };
  });
  return { schemaVersion: 1, ...(master === undefined ? {} : { master }), nodes };
}
