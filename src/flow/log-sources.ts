import type { Engine } from '../engine/engine.js';
import { LogFile } from '../host/log-file.js';
import { instantAt, redisInstant } from '../logs/instant.js';
import { RsentError } from '../model/errors.js';
import type { LogLine, NodeLine } from '../model/log.js';
import { waitFor } from './wait.js';

/** How soon a file is looked at again (ms). */
const FILE_EVERY_MS = 100;

/** Which lines of each log are wanted. */
export interface LogRange {
  /** As in LogLine. */
  readonly since?: string;
  readonly tail?: number;
  readonly signal: AbortSignal;
}

/** The log of one node. */
export interface LogSource {
  /** What it holds until now. */
  history(): AsyncIterable<NodeLine>;
  /** What came after that; may be asked for again when it has ended. */
  follow(): AsyncIterable<NodeLine>;
}

/** Takes a line, and says when it is ready for the next one. */
export type LineTaker = (line: NodeLine) => Promise<void>;

/** What a container has written; what comes after the last line that was seen when it starts anew. */
export class ContainerLog implements LogSource {
  readonly #engine: Engine;
  readonly #node: string;
  readonly #container: string;
  readonly #range: LogRange;
  #last: { readonly at: string; readonly count: number } | undefined;

  /** @param container its id: another one of the same name is another log */
  constructor(engine: Engine, node: string, container: string, range: LogRange) {
    this.#engine = engine;
    this.#node = node;
    this.#container = container;
    this.#range = range;
  }

  async *history(): AsyncGenerator<NodeLine> {
    const { tail } = this.#range;
    // Without a line nobody would know, in the engine's own time, what comes after it.
    const query = { ...this.#range, ...(tail === undefined ? {} : { tail: Math.max(tail, 1) }) };
    for await (const line of this.#engine.logLines(this.#container, { ...query, follow: false })) {
      this.#note(line);
      if (tail !== 0) yield { ...line, node: this.#node };
    }
  }

  async *follow(): AsyncGenerator<NodeLine> {
    const { signal } = this.#range;
    const last = this.#last;
    const since = last?.at ?? this.#range.since;
    const query = { signal, follow: true, ...(since === undefined ? {} : { since }) };
    let seen = last?.count ?? 0;
    for await (const line of this.#engine.logLines(this.#container, query)) {
      // The engine gives those of that same moment once more.
      if (line.at === last?.at && seen-- > 0) continue;
      this.#note(line);
      yield { ...line, node: this.#node };
    }
  }

  #note({ at }: LogLine): void {
    this.#last = { at, count: at === this.#last?.at ? this.#last.count + 1 : 1 };
  }
}

/** What a node has written into a file of its data directory, with the times that Redis puts there. */
export class FileLog implements LogSource {
  readonly #node: string;
  readonly #file: LogFile;
  readonly #range: LogRange;
  #at = instantAt(0);

  constructor(node: string, path: string, range: LogRange) {
    this.#node = node;
    this.#file = new LogFile(path);
    this.#range = range;
  }

  async *history(): AsyncGenerator<NodeLine> {
    const { tail } = this.#range;
    if (tail === undefined) return yield* this.#unread();
    const last: NodeLine[] = [];
    for await (const line of this.#unread()) {
      last.push(line);
      if (last.length > tail) last.shift();
    }
    yield* last;
  }

  async *follow(): AsyncGenerator<NodeLine> {
    const options = {
      deadline: Number.POSITIVE_INFINITY,
      everyMs: FILE_EVERY_MS,
      signal: this.#range.signal,
    };
    const more = async () => {
      const texts = await this.#file.read();
      return texts.length > 0 ? texts : undefined;
    };
    for (;;) yield* this.#wanted((await waitFor(more, options)) ?? []);
  }

  /** Let go of the file. */
  close(): Promise<void> {
    return this.#file.close();
  }

  async *#unread(): AsyncGenerator<NodeLine> {
    for (;;) {
      const texts = await this.#file.read();
      if (texts.length === 0) return;
      yield* this.#wanted(texts);
    }
  }

  #wanted(texts: readonly string[]): NodeLine[] {
    const lines = texts.map((text): NodeLine => {
      this.#at = redisInstant(text, this.#at);
      return { at: this.#at, node: this.#node, stream: 'file', text };
    });
    const { since } = this.#range;
    return since === undefined ? lines : lines.filter(({ at }) => at >= since);
  }
}

/** True for what only this log concerns: the others can still be read. */
export function isOfOneLog(error: unknown): error is RsentError {
  return error instanceof RsentError && error.kind !== 'interrupted';
}
