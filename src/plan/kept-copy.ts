import { followMaster, readRedisConf } from './kept.js';

/**
 * The copy of a conf that is kept while the servers change: a newer server writes what an older one
 * does not understand.
 */

const MARK = '# As it was under ';

/** Where the copy of a conf is: beside it. */
export function copyPath(path: string): string {
  return `${path}.before-upgrade`;
}

/** The copy of a conf, with the image whose server has written it. */
export function copyOf(text: string, image: string): string {
  return `${MARK}${image}\n${text}`;
}

/** The image whose server has written what was copied; undefined when that is not known. */
export function imageOfCopy(copy: string): string | undefined {
  const [first = ''] = copy.split('\n', 1);
  return first.startsWith(MARK) ? first.slice(MARK.length) : undefined;
}

/**
 * A conf as it was, but for whom the node follows: the master may be another one meanwhile.
 * @param present the conf as it is now
 */
export function restoredConf(copy: string, present: string, kind: 'redis' | 'sentinel'): string {
  const text = imageOfCopy(copy) === undefined ? copy : copy.slice(copy.indexOf('\n') + 1);
  return kind === 'sentinel' ? text : followMaster(text, readRedisConf(present).replicaOf);
}
