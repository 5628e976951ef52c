import { lstat } from 'node:fs/promises';
import { openPlain } from './guarded.js';

/** What is known of a file without reading it. */
export interface FileLook {
  readonly isDirectory: boolean;
  /** It is neither a directory nor a plain file: a pipe, a link, a device. */
  readonly isOther?: true;
  /** Of a directory it means nothing. */
  readonly bytes: number;
  /** When it was last written (ms since 1970, by the clock of the machine that it is on). */
  readonly writtenAt: number;
}

/**
 * What a file or a directory is like.
 * @throws Error of the system, ENOENT when it is not there
 */
export async function lookAt(path: string): Promise<FileLook> {
  const there = await lstat(path);
  const isDirectory = there.isDirectory();
  const isOther = !isDirectory && !there.isFile() ? ({ isOther: true } as const) : {};
  return { isDirectory, ...isOther, bytes: there.size, writtenAt: there.mtimeMs };
}

/**
 * The first bytes of a plain file; undefined when there is none.
 * @throws Error when it is anything else, or cannot be read
 */
export async function readHead(path: string, most: number): Promise<Buffer | undefined> {
  const file = await openPlain(path);
  if (file === undefined) return undefined;
  try {
    const { buffer, bytesRead } = await file.read(Buffer.alloc(most), 0, most, 0);
    return buffer.subarray(0, bytesRead);
  } finally {
    await file.close();
  }
}

/** The last bytes of a file. */
export interface FileEnd {
  readonly bytes: Buffer;
  /** There are no others before them. */
  readonly isWhole: boolean;
}

/**
 * The last bytes of a plain file; undefined when there is none.
 * @param most so many of them
 * @throws Error when it is anything else, or cannot be read
 */
export async function readTail(path: string, most: number): Promise<FileEnd | undefined> {
  const file = await openPlain(path);
  if (file === undefined) return undefined;
  try {
    const { size } = await file.stat();
    const length = Math.min(size, most);
    const { buffer, bytesRead } = await file.read(Buffer.alloc(length), 0, length, size - length);
    return { bytes: buffer.subarray(0, bytesRead), isWhole: length === size };
  } finally {
    await file.close();
  }
}
