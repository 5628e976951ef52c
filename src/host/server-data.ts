import { lstat, readdir, readlink, rmdir, unlink } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { codeOf } from '../model/errors.js';
import {
  isAppendOnlyPart,
  isServerFile,
  type ServerFiles,
  serverFiles,
} from '../plan/server-files.js';
import { readPlain } from './guarded.js';

/**
 * Remove what its server has in a data directory; its conf, in the directory beside it, says how that is
 * called. Who asks for all data of a topology to go means what Redis keeps: a file that a user has put
 * there, and a link, stay.
 * @throws Error of the system when the disk refuses
 */
export async function removeServerData(path: string): Promise<void> {
  const files = await filesOf(path);
  for (const name of await readdir(path)) {
    const at = join(path, name);
    const kind = await kindOf(at);
    if (kind === 'file' && isServerFile(name, files)) await unlink(at);
    if (kind === 'directory' && files.directories.includes(name)) await removeAppendOnly(at, files);
  }
}

async function removeAppendOnly(path: string, files: ServerFiles): Promise<void> {
  for (const name of await readdir(path)) {
    const at = join(path, name);
    if ((await kindOf(at)) === 'file' && isAppendOnlyPart(name, files)) await unlink(at);
  }
  await rmdir(path).catch((error: unknown) => {
    if (!/^(ENOTEMPTY|EEXIST)$/.test(codeOf(error) ?? '')) throw error;
  });
}

/**
 * What is in a data directory and not its server's, as names from there on. Nothing where there is no
 * such directory.
 * @throws Error of the system when it cannot be read
 */
export async function othersInData(path: string): Promise<string[]> {
  const files = await filesOf(path);
  const found = await Promise.all(
    (await namesIn(path)).map(async (name) => {
      const kind = await kindOf(join(path, name));
      if (kind === 'file') return isServerFile(name, files) ? [] : [name];
      if (kind !== 'directory' || !files.directories.includes(name)) return [name];
      const parts = await namesIn(join(path, name));
      return parts.filter((part) => !isAppendOnlyPart(part, files)).map((part) => join(name, part));
    }),
  );
  return found.flat();
}

/**
 * Links in a data directory that a server would take for its own data, as names.
 * @throws Error of the system when it cannot be read
 */
export async function linksInData(path: string): Promise<string[]> {
  const files = await filesOf(path);
  const own = (await namesIn(path)).filter(
    (name) => isServerFile(name, files) || files.directories.includes(name),
  );
  const links = await Promise.all(
    own.map(async (name) => ((await kindOf(join(path, name))) === 'link' ? [name] : [])),
  );
  return links.flat();
}

/** Where a link leads; undefined for what is none. */
export async function linkAt(path: string): Promise<string | undefined> {
  return readlink(path).catch(() => undefined);
}

/** A conf that cannot be read, or is none of a server's, names nothing. */
async function filesOf(path: string): Promise<ServerFiles> {
  const conf = join(dirname(path), 'conf');
  const texts = await Promise.all(
    ['redis.conf', 'sentinel.conf'].map((name) =>
      readPlain(join(conf, name)).catch(() => undefined),
    ),
  );
  return serverFiles(texts.find((each) => each !== undefined)?.text);
}

async function namesIn(path: string): Promise<string[]> {
  return (await readdir(path).catch(unlessMissing)) ?? [];
}

async function kindOf(path: string): Promise<'file' | 'directory' | 'link' | 'other' | undefined> {
  const found = await lstat(path).catch(unlessMissing);
  if (found === undefined) return undefined;
  if (found.isSymbolicLink()) return 'link';
  if (found.isDirectory()) return 'directory';
  return found.isFile() ? 'file' : 'other';
}

function unlessMissing(error: unknown): undefined {
  if (codeOf(error) === 'ENOENT' || codeOf(error) === 'ENOTDIR') return undefined;
  throw error;
}
