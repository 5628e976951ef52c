import { constants } from 'node:fs';
import { type FileHandle, open } from 'node:fs/promises';
import { codeOf } from '../model/errors.js';

/** More than anybody writes by hand, and nothing that could fill the memory. */
export const MOST_BYTES = 1024 ** 2;

/** What a file is where it is no plain one of a sensible size. */
export type NotPlain = 'missing' | 'a directory' | 'a pipe' | 'special' | 'too large';

/** What is in a file, or why that was not read. */
export type PlainFile = { readonly bytes: Buffer } | { readonly not: NotPlain };

/**
 * Read a small file that the user, or a program of theirs, has put there. Links are followed. Nothing
 * but a plain file of up to 1 MiB is read: a pipe may never end, and a device may have no end.
 * @throws Error of the system where it may not be read
 */
export async function readPlainFile(path: string): Promise<PlainFile> {
  let file: FileHandle | undefined;
  try {
    // Without it, opening a pipe would wait for somebody who writes.
    file = await open(path, constants.O_RDONLY | constants.O_NONBLOCK);
    const not = notPlain(await file.stat());
    return not === undefined ? await contentOf(file) : { not };
  } catch (error) {
    const code = codeOf(error);
    if (code === 'ENOENT' || code === 'ENOTDIR') return { not: 'missing' };
    // A socket (open(2)).
    if (code === 'ENXIO') return { not: 'special' };
    throw error;
  } finally {
    await file?.close();
  }
}

async function contentOf(file: FileHandle): Promise<PlainFile> {
  const buffer = Buffer.alloc(MOST_BYTES + 1);
  let length = 0;
  for (let read = -1; read !== 0 && length <= MOST_BYTES; length += read) {
    ({ bytesRead: read } = await file.read(buffer, length, buffer.length - length));
  }
  // A copy: the buffer is 1 MiB, whatever is in it.
  return length > MOST_BYTES
    ? { not: 'too large' }
    : { bytes: Buffer.from(buffer.subarray(0, length)) };
}

function notPlain(facts: {
  isFile(): boolean;
  isDirectory(): boolean;
  isFIFO(): boolean;
  readonly size: number;
}): NotPlain | undefined {
  if (facts.isDirectory()) return 'a directory';
  if (facts.isFIFO()) return 'a pipe';
  if (!facts.isFile()) return 'special';
  return facts.size > MOST_BYTES ? 'too large' : undefined;
}
