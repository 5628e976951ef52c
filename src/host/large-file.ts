import { type FileHandle, link, open, rename, rm, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import type { Owner } from '../model/container.js';
import { codeOf, RsentError } from '../model/errors.js';
import { besides } from './disk.js';
import { diskError } from './disk-error.js';

/** A file whose content comes piece by piece. */
export interface LargeFile {
  readonly path: string;
  readonly chunks: AsyncIterable<Uint8Array>;
  readonly mode: number;
  readonly owner?: Owner;
}

/** A part that is known only when all the rest is written, and where it belongs. */
export interface Amendment {
  readonly at: number;
  readonly content: () => Uint8Array;
}

/**
 * Put a file in place whole or not at all, whatever was there.
 * @throws RsentError `topology` when the disk refuses; whatever the content's source throws
 */
export async function replaceLarge(file: LargeFile): Promise<void> {
  await inPlace(file, (draft) => rename(draft, file.path));
}

/**
 * The same for a file that must not be there yet.
 * @throws RsentError `usage` when it is; nothing was changed then
 */
export async function writeLargeOnce(file: LargeFile, amendment: Amendment): Promise<void> {
  await inPlace(file, (draft) => linkOnce(draft, file.path), amendment);
}

async function inPlace(
  file: LargeFile,
  settle: (draft: string) => Promise<void>,
  amendment?: Amendment,
): Promise<void> {
  const draft = besides(file.path);
  try {
    await writeDraft(draft, file, amendment);
    await settle(draft);
    await syncDirectory(dirname(file.path));
  } catch (error) {
    if (codeOf(error) === undefined) throw error;
    throw diskError('write', file.path, error);
  } finally {
    await rm(draft, { force: true });
  }
}

async function writeDraft(
  draft: string,
  { chunks, mode, owner }: LargeFile,
  amendment?: Amendment,
): Promise<void> {
  const file = await open(draft, 'wx', mode);
  try {
    await file.chmod(mode);
    if (owner !== undefined) await file.chown(owner.uid, owner.gid);
    await writeFile(file, chunks);
    if (amendment !== undefined) await amend(file, amendment);
    await file.sync();
  } finally {
    await file.close();
  }
}

async function amend(file: FileHandle, { at, content }: Amendment): Promise<void> {
  const bytes = content();
  const { bytesWritten } = await file.write(bytes, 0, bytes.length, at);
  if (bytesWritten !== bytes.length) throw new Error('the disk took only a part of it');
}

/** A link, unlike a rename, never takes the place of what is there. */
async function linkOnce(draft: string, path: string): Promise<void> {
  try {
    await link(draft, path).catch((error: unknown) => {
      if (NO_LINKS.includes(codeOf(error) ?? '')) return renameOnce(draft, path);
      throw error;
    });
  } catch (error) {
    throw codeOf(error) === 'EEXIST' ? alreadyThere(path) : error;
  }
}

/** The name is taken empty first, so that nobody else can have it: an empty file is no whole one. */
async function renameOnce(draft: string, path: string): Promise<void> {
  await (await open(path, 'wx')).close();
  await rename(draft, path);
}

/** What file systems without links say (FAT, some networks). */
const NO_LINKS = ['EPERM', 'ENOTSUP', 'EOPNOTSUPP', 'ENOSYS', 'EMLINK'];

/** A file is never written over. */
export function alreadyThere(path: string): RsentError {
  return new RsentError('usage', `There is a file ${path} already.`, {
    hint: 'It was left as it is. Name another one, or a directory, where rsent finds a name by itself.',
  });
}

async function syncDirectory(path: string): Promise<void> {
  const directory = await open(path, 'r');
  // Not every file system can; the file itself is durable by then.
  await directory.sync().catch(() => undefined);
  await directory.close();
}
