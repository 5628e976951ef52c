import type Docker from 'dockerode';
import { instantAt, instantOf, unixTime } from '../../logs/instant.js';
import type { LogLine } from '../../model/log.js';
import type { LogQuery } from '../engine.js';
import { type Frame, Frames } from './frames.js';
import { openLog } from './printed.js';

/** A line that never ends must not fill the memory (bytes). */
const LONGEST = 64 * 1024;
const LINE_END = 0x0a;

/** What a container has written, line by line (GET /containers/{id}/logs). */
export async function* readLog(
  container: Docker.Container,
  { since, tail, follow, signal }: LogQuery,
): AsyncGenerator<LogLine> {
  const lines = new LogLines();
  const options = {
    ...{ follow, timestamps: true },
    ...(since === undefined ? {} : { since: unixTime(since) }),
    ...(tail === undefined ? {} : { tail }),
  };
  for await (const chunk of await openLog(container, options, signal)) yield* lines.push(chunk);
  yield* lines.end();
}

interface Begun {
  readonly at: string;
  readonly pieces: Buffer[];
  size: number;
}

/**
 * Makes lines of a log stream with timestamps. A frame is one message of the log and begins with
 * its time; a line of more than 16 kB is several messages, of which only the last one ends it.
 */
export class LogLines {
  readonly #frames = new Frames();
  readonly #begun = new Map<Frame['stream'], Begun>();
  #lastAt = instantAt(0);

  /**
   * The lines that are whole with this chunk.
   * @throws EngineError `other` when it is no such stream
   */
  push(chunk: Buffer): LogLine[] {
    return this.#frames.push(chunk).flatMap((frame) => this.#read(frame));
  }

  /** Those that were begun and not ended. */
  end(): LogLine[] {
    return [...this.#begun.keys()].map((stream) => this.#finish(stream));
  }

  #read({ stream, content, continues }: Frame): LogLine[] {
    const { at, rest } = continues ? { at: this.#lastAt, rest: content } : this.#timed(content);
    const found: LogLine[] = [];
    for (let from = 0; from < rest.length; ) {
      const end = rest.indexOf(LINE_END, from);
      const begun = this.#begun.get(stream) ?? { at, pieces: [], size: 0 };
      this.#begun.set(stream, begun);
      const piece = rest.subarray(from, end < 0 ? rest.length : end);
      begun.pieces.push(piece);
      begun.size += piece.length;
      if (end >= 0 || begun.size >= LONGEST) found.push(this.#finish(stream));
      from = end < 0 ? rest.length : end + 1;
    }
    return found;
  }

  #timed(content: Buffer): { at: string; rest: Buffer } {
    const space = content.subarray(0, 40).indexOf(' ');
    const at = space < 0 ? undefined : instantOf(content.toString('latin1', 0, space));
    if (at === undefined) return { at: this.#lastAt, rest: content };
    this.#lastAt = at;
    return { at, rest: content.subarray(space + 1) };
  }

  #finish(stream: Frame['stream']): LogLine {
    const { at, pieces } = this.#begun.get(stream) ?? { at: this.#lastAt, pieces: [] };
    this.#begun.delete(stream);
    return { at, stream, text: Buffer.concat(pieces).toString('utf8') };
  }
}
