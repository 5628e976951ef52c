import { randomBytes } from 'node:crypto';
import {
  access,
  chown,
  constants,
  type FileHandle,
  link,
  lstat,
  mkdir,
  open,
  readdir,
  rename,
  rm,
  stat,
} from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import type { Owner } from '../model/container.js';
import { codeOf, RsentError } from '../model/errors.js';
import { diskError, wordsOf } from './disk-error.js';
import { readPlain, textOf, within } from './guarded.js';
import { removeServerData } from './server-data.js';

/**
 * Text of a file, or undefined when there is none. Links are followed: it is for files that the
 * user names. Those of a topology are read through a `FileStore`.
 * @throws RsentError `topology` when it cannot be read, or is larger than any text of rsent
 */
export async function readText(path: string): Promise<string | undefined> {
  let file: FileHandle | undefined;
  try {
    file = await open(path, 'r');
    return await textOf(file);
  } catch (error) {
    if (codeOf(error) === 'ENOENT' || codeOf(error) === 'ENOTDIR') return undefined;
    throw diskError('read', path, error);
  } finally {
    await file?.close();
  }
}

/** Names in a directory; none when it does not exist. */
export async function namesIn(path: string): Promise<string[]> {
  try {
    return await readdir(path);
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return [];
    throw diskError('list', path, error);
  }
}

/**
 * Make a directory with this mode and owner: made beside its place and then renamed, so that it is
 * never there with another owner, whoever is killed meanwhile. True when it was not there before.
 */
export async function makeDirectory(path: string, mode: number, owner?: Owner): Promise<boolean> {
  try {
    await mkdir(dirname(path), { recursive: true, mode });
    if (await isDirectory(path)) return false;
    const draft = besides(path);
    await mkdir(draft, { mode });
    try {
      await handOver(draft, mode, owner);
      await rename(draft, path);
    } catch (error) {
      await rm(draft, { recursive: true, force: true });
      // Another rsent was faster, and has put something in it already.
      if (/^(ENOTEMPTY|EEXIST)$/.test(codeOf(error) ?? '') && (await isDirectory(path)))
        return false;
      throw error;
    }
    return true;
  } catch (error) {
    throw diskError('create', path, error);
  }
}

/** By its number: another one that takes its name meanwhile keeps its own owner. */
async function handOver(directory: string, mode: number, owner?: Owner): Promise<void> {
  const { O_RDONLY, O_DIRECTORY, O_NOFOLLOW } = constants;
  const handle = await open(directory, O_RDONLY | O_DIRECTORY | O_NOFOLLOW);
  try {
    await handle.chmod(mode);
    if (owner !== undefined) await handle.chown(owner.uid, owner.gid);
  } finally {
    await handle.close();
  }
}

async function isDirectory(path: string): Promise<boolean> {
  const there = await stat(path).catch((error: unknown) => {
    if (codeOf(error) === 'ENOENT') return undefined;
    throw error;
  });
  return there?.isDirectory() === true;
}

/** Write a file that must not be there yet. False, and nothing changed, when it is. */
export async function writeOnce(
  path: string,
  content: string,
  mode: number,
  owner?: Owner,
): Promise<boolean> {
  try {
    const draft = await writeDraft(path, content, mode, owner);
    // A link, unlike a rename, never takes the place of what is there.
    await link(draft, path).finally(() => rm(draft, { force: true }));
    return true;
  } catch (error) {
    if (codeOf(error) === 'EEXIST') return false;
    throw diskError('write', path, error);
  }
}

/**
 * Put a file in place whole or not at all: written beside it, made durable, then renamed.
 * @throws RsentError `topology` when the disk refuses; the old file is then still there
 */
export async function replaceFile(
  path: string,
  content: string,
  mode: number,
  owner?: Owner,
): Promise<void> {
  try {
    const draft = await writeDraft(path, content, mode, owner);
    await rename(draft, path).catch(async (error: unknown) => {
      await rm(draft, { force: true });
      throw error;
    });
  } catch (error) {
    throw diskError('write', path, error);
  }
}

/**
 * Make sure that a file could be put there.
 * @throws RsentError `topology` when it could not
 */
export async function assertWritable(path: string): Promise<void> {
  try {
    const there = await stat(path).catch(() => undefined);
    if (there?.isDirectory()) throw Object.assign(new Error(), { code: 'EISDIR' });
    const parent = dirname(resolve(path));
    if (!(await stat(parent)).isDirectory()) throw Object.assign(new Error(), { code: 'ENOTDIR' });
    await access(parent, constants.W_OK | constants.X_OK);
  } catch (error) {
    throw new RsentError('topology', `Cannot write ${path}: ${wordsOf(error)}.`, { cause: error });
  }
}

/** Where something is made before it takes its place: beside it, under a name that nobody else has. */
export function besides(path: string): string {
  return `${path}.${randomBytes(4).toString('hex')}.tmp`;
}

/** The content beside its place, whole and durable. Leaves nothing behind when it fails. */
async function writeDraft(
  path: string,
  content: string,
  mode: number,
  owner?: Owner,
): Promise<string> {
  const draft = besides(path);
  const file = await open(draft, 'wx', mode);
  try {
    await file.chmod(mode);
    if (owner !== undefined) await file.chown(owner.uid, owner.gid);
    await file.writeFile(content);
    await file.sync();
    await file.close();
    return draft;
  } catch (error) {
    await file.close().catch(() => undefined);
    await rm(draft, { force: true });
    throw error;
  }
}

/**
 * The same file with other content: mode and owner stay as they are.
 * @throws RsentError `topology` when there is none, or it is not a plain file
 */
export async function editFile(path: string, edit: (text: string) => string): Promise<void> {
  try {
    const there = await readPlain(path);
    if (there === undefined) throw new Error('there is no such file');
    const { text, mode, ...owner } = there;
    const chownNeeded = process.getuid?.() === 0;
    await replaceFile(path, edit(text), mode, chownNeeded ? owner : undefined);
  } catch (error) {
    throw diskError('change', path, error);
  }
}

/**
 * Take out of a data directory what its server has in it (server-data.ts).
 * @throws RsentError `topology` for a link: what it leads to is elsewhere, and not emptied
 */
export async function emptyDirectory(path: string): Promise<void> {
  const found = await lstat(path).catch(() => undefined);
  if (found?.isSymbolicLink()) throw diskError('empty', path, new Error('it is a link'));
  await removeServerData(path).catch((error: unknown) => {
    throw diskError('empty', path, error);
  });
}

/** Remove a file; of a link only the link. Not being there is no error. */
export async function removeFile(path: string): Promise<void> {
  try {
    await rm(path, { force: true });
  } catch (error) {
    throw diskError('remove', path, error);
  }
}

/** Give a directory another name beside its place. */
export async function setAside(path: string, name: string): Promise<void> {
  await rename(path, join(dirname(path), name));
}

/**
 * Keep the files of a directory beside it, under another name, while a server goes on with them: as links
 * to the same files, which a rewrite replaces and does not change.
 */
export async function linkAside(path: string, name: string): Promise<void> {
  const to = join(dirname(path), name);
  await linkAll(path, to);
  const entries = await readdir(path, { withFileTypes: true });
  for (const entry of entries.filter((each) => each.isDirectory()))
    await within(join(path, entry.name), (base) => linkAll(base, join(to, entry.name)));
}

async function linkAll(from: string, to: string): Promise<void> {
  const { uid, gid } = await stat(from);
  await mkdir(to, { mode: 0o700 });
  // Whoever may read the files must get there.
  if (uid !== process.getuid?.()) await chown(to, uid, gid);
  const entries = await readdir(from, { withFileTypes: true });
  for (const entry of entries.filter((each) => each.isFile()))
    await link(join(from, entry.name), join(to, entry.name));
}

/** Remove a directory and all in it. Not being there is no error. */
export async function removeTree(path: string): Promise<void> {
  try {
    await rm(path, { recursive: true, force: true });
  } catch (error) {
    throw diskError('remove', path, error);
  }
}
