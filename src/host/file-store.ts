import { basename, dirname, join } from 'node:path';
import type { Owner } from '../model/container.js';
import { codeOf } from '../model/errors.js';
import type { Rights } from '../plan/barred.js';
import {
  editFile,
  emptyDirectory,
  linkAside,
  makeDirectory,
  namesIn,
  removeFile,
  replaceFile,
  setAside,
  writeOnce,
} from './disk.js';
import { diskError } from './disk-error.js';
import { fileRights, fileVersion } from './file-facts.js';
import { readPlain, within } from './guarded.js';
import { type LargeFile, replaceLarge } from './large-file.js';
import { type FileEnd, type FileLook, lookAt, readHead, readTail } from './look.js';

/**
 * The files of a topology, wherever they are. Their paths are those below its directory in the
 * data home, whether or not there is anything of them on this machine.
 */
export interface FileStore {
  /** Text of a file, or undefined when there is none. */
  readText(path: string): Promise<string | undefined>;
  /** True when it was not there before. */
  makeDirectory(path: string, mode: number, owner?: Owner): Promise<boolean>;
  /** Write a file that must not be there yet. False, and nothing changed, when it is. */
  writeOnce(path: string, content: string, mode: number, owner?: Owner): Promise<boolean>;
  /** Put a file in place, whatever was there. */
  replaceFile(path: string, content: string, mode: number, owner?: Owner): Promise<void>;
  /** The same for a content of so many bytes that comes piece by piece. */
  replaceLarge(file: LargeFile, bytes: number): Promise<void>;
  /** The same file with other content: mode and owner stay as they are. */
  editFile(path: string, edit: (text: string) => string): Promise<void>;
  /**
   * The same data directory without what its server has in it; made where there is none. In a volume
   * nothing is left: an engine lists nothing of a directory without sending all of it.
   */
  emptyDirectory(path: string, mode: number, owner?: Owner): Promise<void>;
  /** Not being there is no error. Never a directory, and of a link only the link. */
  removeFile(path: string): Promise<void>;
  /** What tells a file from what stood in its place before; undefined when it cannot be told. */
  fileVersion(path: string): Promise<string | undefined>;
  /** Give a directory another name beside its place. One that is not there is no error. */
  setAside(path: string, to: string): Promise<void>;
  /** Keep what is in a directory beside it, while its server goes on with it. One that is not there is no error. */
  copyAside(path: string, to: string): Promise<void>;
  /** What a file or a directory is like; undefined when it is not there. Links are not followed. */
  look(path: string): Promise<FileLook | undefined>;
  /**
   * The first bytes of a plain file; undefined when there is none.
   * @param most so many of them
   */
  readHead(path: string, most: number): Promise<Buffer | undefined>;
  /**
   * The last bytes of a plain file; undefined when there is none, or they would cost too much.
   * @param most so many of them
   */
  readTail(path: string, most: number): Promise<FileEnd | undefined>;
  /** Names in a directory; undefined where they cannot be told. */
  names(path: string): Promise<readonly string[] | undefined>;
  /** Whose it is and who may use it; undefined when it is not there, or cannot be told. */
  rights(path: string): Promise<Rights | undefined>;
  /** Let go of whatever was needed for it; it can be used again afterwards. */
  close(): Promise<void>;
}

/**
 * Files of this machine. Containers write into some of these directories, so each is reached as
 * `guarded.ts` says.
 */
export const LOCAL_FILES: FileStore = {
  readText: async (path) => (await inPlace(path, readPlain).catch(unlessMissing))?.text,
  makeDirectory,
  writeOnce: (path, ...rest) => inPlace(path, (at) => writeOnce(at, ...rest)),
  replaceFile: (path, ...rest) => inPlace(path, (at) => replaceFile(at, ...rest)),
  replaceLarge: (file) => inPlace(file.path, (path) => replaceLarge({ ...file, path })),
  editFile: (path, edit) => inPlace(path, (at) => editFile(at, edit)),
  emptyDirectory: async (path, mode, owner) => {
    if (await makeDirectory(path, mode, owner)) return;
    await inPlace(path, emptyDirectory);
  },
  removeFile: (path) => inPlace(path, removeFile).catch(unlessMissing),
  fileVersion: (path) => inPlace(path, fileVersion).catch(() => undefined),
  setAside: (path, to) => inPlace(path, (at) => setAside(at, basename(to))).catch(unlessMissing),
  copyAside: (path, to) => inPlace(path, (at) => linkAside(at, basename(to))).catch(unlessMissing),
  look: (path) => inPlace(path, lookAt).catch(unlessMissing),
  readHead: (path, most) => inPlace(path, (at) => readHead(at, most)).catch(unlessMissing),
  readTail: (path, most) => inPlace(path, (at) => readTail(at, most)).catch(unlessMissing),
  names: (path) => within(path, namesIn).catch(unlessMissing),
  rights: fileRights,
  close: async () => {},
};

/** Do something with a file by a path that stays the way to it. */
async function inPlace<T>(path: string, act: (path: string) => Promise<T>): Promise<T> {
  try {
    return await within(dirname(path), (base) => act(join(base, basename(path))));
  } catch (error) {
    throw isMissing(error) ? error : diskError('reach', path, error);
  }
}

/** A directory that is not there has no file in it. */
function unlessMissing(error: unknown): undefined {
  if (isMissing(error)) return undefined;
  throw error;
}

function isMissing(error: unknown): boolean {
  return codeOf(error) === 'ENOENT' || codeOf(error) === 'ENOTDIR';
}
