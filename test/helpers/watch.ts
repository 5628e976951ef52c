import type { Step } from '../../src/model/plan.js';
import { majorityOf } from '../../src/model/topology.js';

/** Sentinels of a topology called lab while a plan is done: who runs, and who knows whom. */
export class Watch {
  readonly running: Set<string>;
  readonly known: Map<string, Set<string>>;
  /** One that stays and is down for a moment. */
  #restarting: string | undefined;
  /** How many more would have had to run at the worst moment, the one that restarts not counted. */
  missing = 0;
  readonly #staying: readonly string[];
  readonly #idOf: (name: string) => string;

  constructor(
    names: readonly string[],
    running: readonly string[],
    staying: readonly string[],
    idOf: (name: string) => string,
  ) {
    this.running = new Set(running);
    this.known = new Map(names.map((name) => [name, new Set(names)]));
    this.#staying = staying;
    this.#idOf = idOf;
  }

  /** @throws Error when two are down at once of those that stay */
  see(step: Step): void {
    if (step.kind === 'stop-container') this.#stop(step.container.slice(4));
    if (step.kind === 'start-container') this.running.add(step.container.slice(4));
    if (step.kind === 'await-view') this.#restarting = undefined;
    if (step.kind === 'forget-nodes') this.#forget(step.nodes.map(({ sentinelId }) => sentinelId));
    // Whoever leaves need not win an election.
    const most = Math.max(...this.#staying.map((name) => this.known.get(name)?.size ?? 0));
    const down = this.#restarting !== undefined && !this.running.has(this.#restarting) ? 1 : 0;
    this.missing = Math.max(this.missing, majorityOf(most) - this.running.size - down);
  }

  #stop(name: string): void {
    if (this.#restarting !== undefined) throw new Error(`${this.#restarting} is down, too`);
    this.running.delete(name);
    if (this.#staying.includes(name)) this.#restarting = name;
  }

  #forget(left: readonly (string | undefined)[]): void {
    const own = this.known.get(this.#restarting ?? '');
    for (const name of own ?? []) if (left.includes(this.#idOf(name))) own?.delete(name);
  }
}
