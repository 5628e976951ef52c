import { randomBytes } from 'node:crypto';
import { mkdir, readdir, rename, stat } from 'node:fs/promises';
import { basename, dirname, join, relative } from 'node:path';
import { codeOf, RsentError } from '../model/errors.js';
import { removeTree } from './disk.js';
import { wordsOf } from './disk-error.js';

/** For its owner alone: secrets may be in it. */
const MODE = 0o700;

/**
 * Make a directory with all that is in it, or nothing at all: it is filled beside its place, and
 * renamed when all is there.
 * @param path absolute; not there yet, or empty
 * @param fill puts files into the directory that it is given
 * @returns what `fill` gave, and the files that it made, relative to the directory
 * @throws RsentError `usage` when the place is taken; whatever `fill` throws
 */
export async function wholeDirectory<T>(
  path: string,
  fill: (draft: string) => Promise<T>,
): Promise<T & { readonly files: string[] }> {
  await requireFree(path);
  const draft = join(dirname(path), `.${basename(path)}.${randomBytes(4).toString('hex')}.tmp`);
  try {
    await mkdir(draft, { mode: MODE });
  } catch (error) {
    throw refused(`Cannot write ${path}: ${wordsOf(error)}`, error);
  }
  try {
    const filled = await fill(draft);
    const files = await filesIn(draft);
    await rename(draft, path).catch((error: unknown) => {
      throw refused(`Cannot put ${path} in place: ${wordsOf(error)}`, error);
    });
    return { ...filled, files };
  } catch (error) {
    await removeTree(draft);
    throw error;
  }
}

async function requireFree(path: string): Promise<void> {
  const names = await readdir(path).catch((error: unknown) => {
    if (codeOf(error) === 'ENOENT') return [];
    throw refused(`Cannot write ${path}: ${wordsOf(error)}`, error);
  });
  if (names.length > 0) throw refused(`${path} is there already, and not empty.`);
  const parent = dirname(path);
  const isThere = await stat(parent).then(
    (each) => each.isDirectory(),
    () => false,
  );
  if (!isThere) throw refused(`Cannot write ${path}: there is no directory ${parent}.`);
}

function refused(message: string, cause?: unknown): RsentError {
  const hint = 'Nothing was written. Name a directory that is not there yet.';
  return new RsentError('usage', message, { hint, ...(cause === undefined ? {} : { cause }) });
}

async function filesIn(directory: string): Promise<string[]> {
  const entries = await readdir(directory, { recursive: true, withFileTypes: true });
  return entries
    .filter((entry) => entry.isFile())
    .map((entry) => relative(directory, join(entry.parentPath, entry.name)))
    .sort();
}
