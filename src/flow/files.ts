import { join } from 'node:path';
import type { Engine } from '../engine/engine.js';
import { type FileStore, LOCAL_FILES } from '../host/file-store.js';
import type { TopologyRecord } from '../model/topology.js';
import { VolumeFiles } from './volume-files.js';

/** The files of the topologies that a verb works on: of this machine, or in volumes. */
export class Files {
  readonly #engine: Engine;
  readonly #home: string;
  readonly #open = new Map<string, FileStore>();

  constructor(engine: Engine, home: string) {
    this.#engine = engine;
    this.#home = home;
  }

  /**
   * The same store for the same placement, so that its users share one helper. A topology that is
   * placed anew, as a port was taken, has other volumes; one that nodes join has more of them.
   */
  of(record: TopologyRecord): FileStore {
    const { spec, placement } = record;
    if (placement.storage !== 'volume') return LOCAL_FILES;
    const key = JSON.stringify([spec.name, placement]);
    const store =
      this.#open.get(key) ?? new VolumeFiles(this.#engine, record, join(this.#home, spec.name));
    this.#open.set(key, store);
    return store;
  }

  /** Leave nothing on the engine but what the verb was to leave there. */
  async close(): Promise<void> {
    await Promise.all([...this.#open.values()].map((store) => store.close()));
  }
}
