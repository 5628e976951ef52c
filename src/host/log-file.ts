import { type FileHandle, lstat } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { StringDecoder } from 'node:string_decoder';
import { codeOf, RsentError } from '../model/errors.js';
import { wordsOf } from './disk-error.js';
import { openPlain, within } from './guarded.js';

const CHUNK = 64 * 1024;
/** A line that never ends must not fill the memory (characters). */
const LONGEST = 64 * 1024;

/**
 * A log file as it grows. It lies where a container can write: a link is not followed, and nothing
 * but a plain file is opened, as these could lead to what only this user may read, or to waiting.
 */
export class LogFile {
  readonly #path: string;
  readonly #buffer = Buffer.alloc(CHUNK);
  #file: FileHandle | undefined;
  #position = 0;
  #decoder = new StringDecoder('utf8');
  #begun = '';

  constructor(path: string) {
    this.#path = path;
  }

  /**
   * Some of the lines that were added since the last call; none when there are no more for now.
   * @throws RsentError `topology` when it cannot be read
   */
  async read(): Promise<string[]> {
    try {
      for (;;) {
        this.#file ??= await this.#open();
        if (this.#file === undefined) return [];
        const { bytesRead } = await this.#file.read(this.#buffer, 0, CHUNK, this.#position);
        this.#position += bytesRead;
        if (bytesRead === 0) return (await this.#isReplaced()) ? await this.#endOfFile() : [];
        const lines = this.#split(this.#decoder.write(this.#buffer.subarray(0, bytesRead)));
        if (lines.length > 0) return lines;
      }
    } catch (error) {
      throw new RsentError('topology', `Cannot read ${this.#path}: ${wordsOf(error)}.`, {
        cause: error,
      });
    }
  }

  async close(): Promise<void> {
    await this.#file?.close();
    this.#file = undefined;
  }

  async #open(): Promise<FileHandle | undefined> {
    try {
      return await within(dirname(this.#path), (base) =>
        openPlain(join(base, basename(this.#path))),
      );
    } catch (error) {
      if (codeOf(error) === 'ENOENT' || codeOf(error) === 'ENOTDIR') return undefined;
      throw error;
    }
  }

  /** Another file has its name now, or it was cut short: both is what rotation does. */
  async #isReplaced(): Promise<boolean> {
    const now = await lstat(this.#path).catch(() => undefined);
    const own = await this.#file?.stat();
    return (
      now !== undefined && own !== undefined && (now.ino !== own.ino || own.size < this.#position)
    );
  }

  /** The next read begins with the file that is there then. */
  async #endOfFile(): Promise<string[]> {
    await this.close();
    this.#position = 0;
    this.#decoder = new StringDecoder('utf8');
    return this.#rest();
  }

  /** The last line, when nothing will end it any more. */
  #rest(): string[] {
    const text = this.#begun;
    this.#begun = '';
    return text === '' ? [] : [text];
  }

  #split(text: string): string[] {
    const lines = `${this.#begun}${text}`.split('\n');
    this.#begun = lines.pop() ?? '';
    if (this.#begun.length >= LONGEST) lines.push(...this.#rest());
    return lines;
  }
}
