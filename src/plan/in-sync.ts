import { type Mark, type Rest, sinceRest } from './at-rest.js';

/**
 * What was noted when an `up` had ended well: all data nodes had what the files of the master held when
 * it began, as each of them had been in sync with it since.
 */
export interface InSync {
  readonly schemaVersion: 1;
  /** Name of the master. */
  readonly master: string;
  /** How far its files had come. */
  readonly mark: Mark;
}

/**
 * How many bytes a server has added to its files since a mark; undefined where they are others, as after a
 * rewrite. A dump is never added to.
 */
export function bytesSince(then: Mark, now: Mark): number | undefined {
  if (then.form !== now.form || then.generation !== now.generation) return undefined;
  const added = now.bytes - then.bytes;
  return added < 0 || (then.form === 'dump' && added > 0) ? undefined : added;
}

/**
 * What the note says of the nodes where nobody noted how they were stopped, by name: that the files of
 * the master were cut, or are an older copy, while others still have what they had. Undefined where they are not.
 * @param now how far the files of the noted master have come
 * @param others data nodes that have data
 */
export function restSince(
  { master, mark }: InSync,
  now: Mark,
  others: readonly string[],
): ReadonlyMap<string, Rest> | undefined {
  if (sinceRest(mark, now) !== 'less') return undefined;
  const rest = (name: string): [string, Rest] => {
    const wasMaster = name === master;
    return [name, { since: wasMaster ? 'less' : 'more', inSync: true, wasMaster }];
  };
  return new Map([...others.filter((name) => name !== master), master].map(rest));
}
