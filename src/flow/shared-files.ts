import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import { makeThrowAway, nearestDirectory } from '../host/throw-away.js';
import type { Context } from './context.js';

/** Whether a path means the same to this process and to the engine; `unknown` counts for neither. */
export type Sharing = 'shared' | 'apart' | 'unknown';

/**
 * Whether the engine sees the files of a directory that this process sees. It is tried, as the form
 * of the engine's address says nothing: a socket may lead to another machine (`ssh -L`), and a process
 * in a container sees other files than the engine on the same machine. An empty directory of a random
 * name is made in it, or in the nearest one above that exists, the engine is asked for it, and for one
 * that is not there, and it is removed again. Nothing is made on the engine.
 * @param directory an absolute path; it need not exist
 * @returns `unknown` where nothing can be made there, or the engine does not say
 * @throws EngineError when the engine cannot be reached
 */
export async function sharesFiles(
  { engine }: Pick<Context, 'engine'>,
  directory: string,
): Promise<Sharing> {
  const at = await nearestDirectory(directory);
  const absent = join(at, `.rsent-${randomBytes(16).toString('hex')}`);
  // One that says yes to everything, or does not look, says nothing.
  if ((await engine.hasPath(absent)) !== false) return 'unknown';
  const sign = await makeThrowAway(at);
  if (sign === undefined) return 'unknown';
  try {
    const seen = await engine.hasPath(sign.path);
    if (seen === undefined) return 'unknown';
    return seen ? 'shared' : 'apart';
  } finally {
    await sign.remove();
  }
}
