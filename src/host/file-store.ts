import type { Owner } from '../model/container.js';
import type { Rights } from '../plan/barred.js';
import {
  editFile,
  emptyDirectory,
  fileRights,
  fileVersion,
  makeDirectory,
  readText,
  removeFile,
  replaceFile,
  writeOnce,
} from './disk.js';
import { type LargeFile, replaceLarge } from './large-file.js';

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
  /** The same directory with nothing in it; made where there is none. */
  emptyDirectory(path: string, mode: number, owner?: Owner): Promise<void>;
  /** Not being there is no error. Never a directory, and of a link only the link. */
  removeFile(path: string): Promise<void>;
  /** What tells a file from what stood in its place before; undefined when it cannot be told. */
  fileVersion(path: string): Promise<string | undefined>;
  /** Whose it is and who may use it; undefined when it is not there, or cannot be told. */
  rights(path: string): Promise<Rights | undefined>;
  /** Let go of whatever was needed for it; it can be used again afterwards. */
  close(): Promise<void>;
}

/** Files of this machine. */
export const LOCAL_FILES: FileStore = {
  readText,
  makeDirectory,
  writeOnce,
  replaceFile,
  replaceLarge,
  editFile,
  emptyDirectory,
  removeFile,
  fileVersion,
  rights: fileRights,
  close: async () => {},
};
