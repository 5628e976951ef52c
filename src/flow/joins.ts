import { EventEmitter } from 'node:events';
import type { Engine } from '../engine/engine.js';

/** Which containers have got on a network since this was made. */
export class Joins {
  readonly #end = new AbortController();
  readonly #joined = new Set<string>();
  readonly #told = new EventEmitter();

  /** Begins to listen to the engine. */
  constructor(engine: Engine, network: string) {
    // Without what the engine tells, the end of each start tells it, only later.
    this.#listen(engine, network).catch(() => undefined);
  }

  /** Resolves when this container is on the network; never where the engine does not tell. */
  of(container: string): Promise<void> {
    return new Promise((resolve) => {
      if (this.#joined.has(container)) resolve();
      else this.#told.once(container, resolve);
    });
  }

  close(): void {
    this.#end.abort();
  }

  async #listen(engine: Engine, network: string): Promise<void> {
    for await (const container of engine.joins(network, this.#end.signal)) {
      this.#joined.add(container);
      this.#told.emit(container);
    }
  }
}
