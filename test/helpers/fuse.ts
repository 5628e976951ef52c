/**
 * Kills a run before one of the things that it does outside itself. A process that is dead goes on
 * with nothing, not even with what it does on its way out: what it waited for never comes.
 */
export class Fuse {
  /** What was done, in its order. */
  readonly done: string[] = [];
  readonly #length: number;
  readonly #killed: Promise<'killed'>;
  #kill: () => void = () => undefined;

  /** @param length so many things are done before the kill */
  constructor(length = Number.POSITIVE_INFINITY) {
    this.#length = length;
    this.#killed = new Promise((resolve) => {
      this.#kill = () => resolve('killed');
    });
  }

  /** Resolves when this may be done; never once the fuse has burnt down. */
  async burn(what: string): Promise<void> {
    if (this.done.length >= this.#length) {
      this.#kill();
      await new Promise<never>(() => undefined);
    }
    this.done.push(what);
  }

  /** What came of a run: it ended, it failed, or it was killed. */
  async over(run: Promise<unknown>): Promise<'ended' | 'killed' | Error> {
    const ended = run.then(
      () => 'ended' as const,
      (error: Error) => error,
    );
    return Promise.race([ended, this.#killed]);
  }
}
