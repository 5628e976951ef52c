/** What would be left as it is if rsent ended now. */
export interface Unended {
  /** One sentence. */
  readonly what: string;
  /** How to put it right: a sentence with a command that works. */
  readonly remedy: string;
}

/** All that is begun and not ended yet, so that whoever has to end at once can say what is left. */
export class Pending {
  readonly #all = new Set<Unended>();

  /** @returns what to call when it has ended */
  begin(unended: Unended): () => void {
    this.#all.add(unended);
    return () => void this.#all.delete(unended);
  }

  /** What puts all of it right, each command once: as whoever began last, and knows most, says it. */
  remedies(): string[] {
    const commands = new Map(
      this.all().map(
        ({ remedy }) => [/^rsent \S+ \S+/.exec(remedy)?.[0] ?? remedy, remedy] as const,
      ),
    );
    return [...commands.values()];
  }

  /** Oldest first. */
  all(): Unended[] {
    return [...this.#all];
  }
}
