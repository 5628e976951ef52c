import type Docker from 'dockerode';
import { all, type Bench, secondsOf } from './bench.js';
import { copyOf, isGuest, type Model, networkCopyOf } from './model.js';

/** What the engine alone takes: the same containers as rsent's, made by the same API. */
export class Floor {
  readonly #bench: Bench;
  readonly #models: readonly Model[];
  #made: Docker.Container[] = [];
  #networks: Docker.Network[] = [];

  constructor(bench: Bench, models: readonly Model[]) {
    this.#bench = bench;
    this.#models = models;
  }

  /** Make all and remove all. @returns seconds of each; after an error whoever asked tidies up */
  async measure(): Promise<{ readonly up: number; readonly down: number }> {
    this.#made = [];
    this.#networks = [];
    const up = await secondsOf(() => this.#make());
    return { up, down: await secondsOf(() => this.#remove()) };
  }

  /** Networks, then all containers, created and started, guests after their host; all at once that can be. */
  async #make(): Promise<void> {
    await all(this.#models.map((model) => this.#makeOne(model)));
  }

  /** Remove all by force, then the networks. */
  async #remove(): Promise<void> {
    await all(this.#made.map((container) => container.remove({ force: true })));
    await all(this.#networks.map((network) => network.remove()));
  }

  async #makeOne(model: Model): Promise<void> {
    const { docker, labels } = this.#bench;
    const name = this.#bench.name('floor');
    this.#networks.push(await docker.createNetwork(networkCopyOf(model.network, name, labels)));
    const make = async (original: Docker.ContainerInspectInfo) => {
      const options = copyOf(original, { prefix: name, network: name, labels });
      const container = await docker.createContainer(options);
      this.#made.push(container);
      await container.start();
    };
    await all(model.containers.filter((each) => !isGuest(each)).map(make));
    await all(model.containers.filter(isGuest).map(make));
  }
}
