import { constants, type FileHandle, lstat, open, readdir } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { LARGEST_TEXT } from '../model/constants.js';
import { codeOf, RsentError } from '../model/errors.js';

/**
 * The door to files that somebody else may put there: a container writes into the conf and data
 * directories of its node, and may leave a link there to what only this user may read, a pipe that
 * nobody fills, or a file that fills the memory.
 */

const { O_RDONLY, O_NOFOLLOW, O_NONBLOCK, O_DIRECTORY } = constants;
const LOOK = 'A container may have put it there. Look at it, and move it away.';

/**
 * Do something in a directory that stays the one it is: another one that takes its name meanwhile
 * is not touched.
 * @param act is given the path by which the directory is reached
 * @throws RsentError `topology` when the directory, or the one above it, is a link of somebody else
 */
export async function within<T>(directory: string, act: (base: string) => Promise<T>): Promise<T> {
  await requireOwnWay(dirname(directory));
  const handle = await openDirectory(directory);
  // Linux reaches an open directory by its number (proc(5), /proc/[pid]/fd).
  const base = process.platform === 'linux' ? `/proc/self/fd/${handle.fd}` : directory;
  try {
    return await act(base);
  } catch (error) {
    if (error instanceof Error) error.message = error.message.replaceAll(base, directory);
    throw error;
  } finally {
    await handle.close();
  }
}

async function openDirectory(path: string): Promise<FileHandle> {
  try {
    return await open(path, O_RDONLY | O_DIRECTORY | O_NOFOLLOW);
  } catch (error) {
    const code = codeOf(error);
    if (code !== 'ELOOP' && code !== 'ENOTDIR') throw error;
    await requireOwnWay(path);
    return open(path, O_RDONLY | O_DIRECTORY);
  }
}

/** A user may keep the data on another disk, by a link; nobody else may send rsent elsewhere. */
async function requireOwnWay(path: string): Promise<void> {
  const found = await lstat(path).catch(() => undefined);
  const own = [0, process.geteuid?.() ?? 0];
  if (!found?.isSymbolicLink() || own.includes(found.uid)) return;
  throw new RsentError('topology', `${path} is a link that user ${found.uid} has made.`, {
    hint: 'It was not followed. Look where it leads; if you want that, make the link yourself.',
  });
}

/**
 * A file to read from, of which it is certain that it is a plain one, and stands in no other place.
 * @returns undefined when there is none
 * @throws Error that says what it is instead
 */
export async function openPlain(path: string): Promise<FileHandle | undefined> {
  let file: FileHandle;
  try {
    file = await open(path, O_RDONLY | O_NOFOLLOW | O_NONBLOCK);
  } catch (error) {
    const code = codeOf(error);
    if (code === 'ENOENT' || code === 'ENOTDIR') return undefined;
    // A socket cannot be opened at all (open(2), ENXIO).
    if (code === 'ELOOP') throw new Error('it is a link');
    throw code === 'ENXIO' ? new Error('it is no plain file') : error;
  }
  try {
    const facts = await file.stat();
    if (!facts.isFile()) throw new Error('it is no plain file');
    if (facts.nlink > 1 && facts.nlink > 1 + (await draftsOf(path, facts.ino))) {
      throw new Error('it has another name elsewhere (a hard link)');
    }
    return file;
  } catch (error) {
    await file.close();
    throw error;
  }
}

/** A file that is just being put in place, or was when rsent was killed, has that second name. */
async function draftsOf(path: string, ino: number): Promise<number> {
  const directory = dirname(path);
  const names = await readdir(directory);
  const isDraft = (name: string) =>
    name.startsWith(`${basename(path)}.`) && /\.[0-9a-f]{8}\.tmp$/.test(name);
  const found = await Promise.all(
    names.filter(isDraft).map((name) => lstat(join(directory, name)).catch(() => undefined)),
  );
  return found.filter((each) => each?.ino === ino).length;
}

/** The text of an open file, and whose it is. */
export interface PlainText {
  readonly text: string;
  readonly uid: number;
  readonly gid: number;
  /** The last nine bits of its mode. */
  readonly mode: number;
}

/**
 * The text of a plain file.
 * @returns undefined when there is none
 * @throws RsentError `topology` when it is anything else, or too large
 */
export async function readPlain(path: string): Promise<PlainText | undefined> {
  let file: FileHandle | undefined;
  try {
    file = await openPlain(path);
    if (file === undefined) return undefined;
    const { uid, gid, mode } = await file.stat();
    return { text: await textOf(file), uid, gid, mode: mode & 0o777 };
  } catch (error) {
    // What the system itself says has a code.
    if (error instanceof RsentError || codeOf(error) !== undefined) throw error;
    const why = error instanceof Error ? error.message : String(error);
    throw new RsentError('topology', `${path} was not read: ${why}.`, { cause: error, hint: LOOK });
  } finally {
    await file?.close();
  }
}

/**
 * What is left to read of a file, as text.
 * @throws Error when that is more than any text of rsent
 */
export async function textOf(file: FileHandle): Promise<string> {
  const pieces: Buffer[] = [];
  let size = 0;
  for (;;) {
    const { bytesRead, buffer } = await file.read({ buffer: Buffer.alloc(64 * 1024) });
    if (bytesRead === 0) return Buffer.concat(pieces).toString('utf8');
    size += bytesRead;
    if (size > LARGEST_TEXT) {
      throw new Error(`it is larger than ${LARGEST_TEXT / 1024 ** 2} MB, as no such file is`);
    }
    pieces.push(buffer.subarray(0, bytesRead));
  }
}
