import { lstat, readdir, readlink, rmdir, unlink } from 'node:fs/promises';
import { join } from 'node:path';
import type { Removal } from '../model/change.js';
import { codeOf, RsentError } from '../model/errors.js';
import type { Entry, Place } from '../plan/own-files.js';
import { diskError } from './disk-error.js';
import { removeServerData } from './server-data.js';

/** A topology's directory, a node's in it, the conf directory in that. */
const DEPTH = 3;
/** The same, and what is in the directories of data. */
const WHOLE_DEPTH = 4;

/**
 * What is in the place of a topology's directory: down to the confs of its nodes. No link is followed.
 * @param how `whole`: also what is in the directories of data
 * @throws RsentError `topology` when it cannot be read
 */
export async function placeAt(path: string, how: 'outline' | 'whole' = 'outline'): Promise<Place> {
  const kind = await kindAt(path);
  if (kind === undefined) return { kind: 'nothing' };
  if (kind === 'link') return { kind, to: await readlink(path) };
  if (kind !== 'directory') return { kind: 'other' };
  const depth = how === 'whole' ? WHOLE_DEPTH : DEPTH;
  return { kind, entries: await entriesIn(path, depth, how) };
}

/** What is in a directory, so many levels deep. */
async function entriesIn(
  path: string,
  depth: number,
  how: 'outline' | 'whole' = 'outline',
): Promise<Entry[]> {
  const names = await readdir(path).catch((error: unknown) => {
    throw diskError('list', path, error);
  });
  const found = await Promise.all(
    names.sort().map(async (name): Promise<Entry[]> => {
      const kind = await kindAt(join(path, name));
      if (kind === undefined) return [];
      const isOpened = kind === 'directory' && depth > 1 && (how === 'whole' || name !== 'data');
      if (!isOpened) return [{ name, kind }];
      return [{ name, kind, inside: await entriesIn(join(path, name), depth - 1, how) }];
    }),
  );
  return found.flat();
}

/**
 * Remove these, one by one. What is gone already is no error; a directory that something else is in,
 * and what has become a link, stays.
 * @param directory of the topology
 * @throws RsentError `topology` when the disk refuses
 */
export async function removeOwn(directory: string, removals: readonly Removal[]): Promise<void> {
  for (const { way, how } of removals) {
    const path = join(directory, ...way);
    const kind = await kindAt(path);
    if (kind !== (how === 'file' ? 'file' : 'directory')) continue;
    await removeOne(path, how).catch((error: unknown) => {
      throw diskError('remove', path, error);
    });
  }
}

async function removeOne(path: string, how: Removal['how']): Promise<void> {
  try {
    if (how === 'file') await unlink(path);
    else await removeDirectory(path, how);
  } catch (error) {
    const isStaying = how !== 'file' && /^(ENOTEMPTY|EEXIST)$/.test(codeOf(error) ?? '');
    if (!isStaying && codeOf(error) !== 'ENOENT') throw error;
  }
}

async function removeDirectory(path: string, how: 'data' | 'empty'): Promise<void> {
  if (how === 'data') await removeServerData(path);
  await rmdir(path);
}

/**
 * Remove a directory that this run has made, with what is its own in it.
 * @throws RsentError `topology` when something else is in it: it is left then, and named
 */
export async function removeMade(
  directory: string,
  way: readonly string[],
  ownOf: (way: readonly string[], entries: readonly Entry[]) => Removal[],
): Promise<void> {
  const path = join(directory, ...way);
  if ((await kindAt(path)) !== 'directory') return;
  await removeOwn(directory, ownOf(way, await entriesIn(path, 1)));
  if ((await kindAt(path)) === undefined) return;
  const left = (await entriesIn(path, 1)).map(({ name }) => name).join(', ');
  throw new RsentError(
    'topology',
    `${path} is left, as this run did not make what is in it: ${left}`,
  );
}

/** Undefined when nothing is there. */
async function kindAt(path: string): Promise<Entry['kind'] | undefined> {
  try {
    const found = await lstat(path);
    if (found.isSymbolicLink()) return 'link';
    if (found.isDirectory()) return 'directory';
    return found.isFile() ? 'file' : 'other';
  } catch (error) {
    if (codeOf(error) === 'ENOENT' || codeOf(error) === 'ENOTDIR') return undefined;
    throw diskError('look at', path, error);
  }
}
