import { randomBytes } from 'node:crypto';
import type { Engine } from '../engine/engine.js';
import { HELPER_KIND, LABEL } from '../model/constants.js';
import type { TopologyRecord } from '../model/topology.js';
import { topologyLabels } from '../plan/labels.js';
import { ownContainers } from '../plan/ownership.js';
import { helperContainer, nodesWithVolume } from '../plan/volumes.js';

/** A container that is there for its mounts alone. */
interface Helper {
  readonly container: string;
  /** Nodes whose volumes it has. */
  readonly nodes: ReadonlySet<string>;
}

/**
 * Containers through which files pass into the volumes of a topology and out of them, made when
 * they are needed first. Usually it is one; a volume that was made later needs another.
 */
export class Helpers {
  readonly #engine: Engine;
  readonly #record: TopologyRecord;
  readonly #directory: string;
  #made: Helper[] = [];
  /** One is made at a time, or each of many files would have its own. */
  #last: Promise<unknown> = Promise.resolve();

  constructor(engine: Engine, record: TopologyRecord, directory: string) {
    this.#engine = engine;
    this.#record = record;
    this.#directory = directory;
  }

  /** One that is there already and has the volume of this node. */
  present(node: string): string | undefined {
    return this.#made.find(({ nodes }) => nodes.has(node))?.container;
  }

  /** The same, made where there is none; undefined when the node has no volume. */
  async for(node: string): Promise<string | undefined> {
    const turn = this.#last.then(() => this.present(node) ?? this.#make(node));
    this.#last = turn.catch(() => undefined);
    return turn;
  }

  /** Remove them all. */
  async close(): Promise<void> {
    await this.#last;
    for (const { container } of this.#made.splice(0)) await this.#engine.removeContainer(container);
  }

  async #make(node: string): Promise<string | undefined> {
    const engine = this.#engine;
    const { name } = this.#record.spec;
    const volumes = await engine.volumes(topologyLabels(name));
    const nodes = nodesWithVolume(this.#record, this.#directory, volumes);
    if (!nodes.has(node)) return undefined;
    const container = `${name}-files-${randomBytes(4).toString('hex')}`;
    // Noted first: it may be there although its making failed half-way.
    this.#made.push({ container, nodes: new Set() });
    await engine.createContainer(helperContainer(this.#record, this.#directory, container, nodes));
    this.#made = this.#made.map((each) =>
      each.container === container ? { container, nodes } : each,
    );
    return container;
  }
}

/** Remove the helpers that an rsent which was killed has left behind. */
export async function removeHelpers(engine: Engine, name: string): Promise<void> {
  const labels = { ...topologyLabels(name), [LABEL.kind]: HELPER_KIND };
  const left = await engine.containers(labels);
  const { own } = ownContainers(left, undefined);
  await Promise.all(own.map((each) => engine.removeContainer(each.name)));
}
