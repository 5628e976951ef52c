interface Timed {
  readonly at: string;
}

/**
 * What several logs hold, in the order of time. Lines of one log keep their order, whatever its
 * clock did, and no log is read further ahead than by one line.
 */
export async function* mergeByTime<Line extends Timed>(
  logs: readonly AsyncIterable<Line>[],
): AsyncGenerator<Line> {
  const readers = logs.map((log) => new Reader(log[Symbol.asyncIterator]()));
  await Promise.all(readers.map((reader) => reader.advance()));
  for (;;) {
    let first: Reader<Line> | undefined;
    for (const reader of readers) {
      if (reader.head === undefined) continue;
      if (first === undefined || reader.key < first.key) first = reader;
    }
    if (first?.head === undefined) return;
    yield first.head;
    await first.advance();
  }
}

class Reader<Line extends Timed> {
  head: Line | undefined;
  key = '';
  readonly #lines: AsyncIterator<Line>;

  constructor(lines: AsyncIterator<Line>) {
    this.#lines = lines;
  }

  async advance(): Promise<void> {
    const next = await this.#lines.next();
    this.head = next.done ? undefined : next.value;
    if (this.head !== undefined) this.key = later(this.key, this.head.at);
  }
}

/**
 * Holds lines back for a moment as they come, so that one that was written earlier on another
 * node and is late can still go first.
 */
export class Reorder<Line extends Timed> {
  readonly #windowMs: number;
  readonly #held: { readonly key: string; readonly until: number; readonly line: Line }[] = [];
  readonly #keys = new Map<string, string>();

  constructor(windowMs: number) {
    this.#windowMs = windowMs;
  }

  /** @param log whose lines keep their order among themselves */
  add(log: string, line: Line, now: number): void {
    const key = later(this.#keys.get(log) ?? '', line.at);
    this.#keys.set(log, key);
    const after = this.#held.findLastIndex((each) => each.key <= key);
    this.#held.splice(after + 1, 0, { key, until: now + this.#windowMs, line });
  }

  /** Those that have waited long enough, and all that was written before them. */
  take(now: number): Line[] {
    const last = this.#held.findLastIndex(({ until }) => until <= now);
    return this.#held.splice(0, last + 1).map(({ line }) => line);
  }

  /** All that is still held. */
  rest(): Line[] {
    return this.take(Number.POSITIVE_INFINITY);
  }
}

function later(a: string, b: string): string {
  return a > b ? a : b;
}
