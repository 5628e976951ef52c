import { type Engine, failedWith } from '../engine/engine.js';
import { firstFile, inPlaceOf, type TarEntry, tarOf } from '../host/tar.js';
import type { Owner } from '../model/container.js';
import { RsentError } from '../model/errors.js';
import { VOLUME_MOUNT } from '../model/inside.js';
import { type TopologyRecord, withLeaving } from '../model/topology.js';
import { topologyLabels } from '../plan/labels.js';
import { helperPath, type InVolume, inVolume } from '../plan/volumes.js';
import { Helpers } from './helper.js';

/** A container, and a path in it. */
export interface Spot {
  readonly container: string;
  readonly path: string;
}

/** A file, or a directory, as it is put into a volume. */
export interface FileToPut {
  readonly mode: number;
  readonly owner: Owner | undefined;
  /** Absent: a directory. */
  readonly content?: string;
}

/** Where a file goes: a container, a directory in it, and the name that it has there. */
export interface Place {
  readonly container: string;
  readonly into: string;
  readonly name: string;
}

/**
 * How files get into the volumes of a topology, and out of them. They are read through the node's own
 * container where there is one, and written through a helper: that way reading makes nothing on the
 * engine of a topology that runs.
 *
 * A file arrives in a tar. The engine removes the old one before it unpacks the new one, and stops
 * at the first error: so the new one is unpacked beside the old one, and then linked into its place
 * (`inPlaceOf`).
 */
export class VolumeTransfer {
  readonly #engine: Engine;
  readonly #record: TopologyRecord;
  readonly #directory: string;
  readonly #helpers: Helpers;
  #containers: Promise<ReadonlySet<string>> | undefined;

  /** @param directory of the topology, which the paths of all files begin with */
  constructor(engine: Engine, record: TopologyRecord, directory: string) {
    this.#engine = engine;
    this.#record = withLeaving(record);
    this.#directory = directory;
    this.#helpers = new Helpers(engine, this.#record, directory);
  }

  async close(): Promise<void> {
    await this.#helpers.close();
  }

  /** Where a path is in a volume; undefined for what is no node's. */
  locate(path: string): InVolume | undefined {
    return inVolume(this.#directory, this.#record.placement.nodes, path);
  }

  /** Where it is read; undefined when the node has no volume. */
  async toRead(at: InVolume): Promise<Spot | undefined> {
    const present = this.#helpers.present(at.node);
    if (present !== undefined) return { container: present, path: helperPath(at) };
    const own = this.#record.placement.nodes.find(({ name }) => name === at.node)?.container;
    if (own !== undefined && (await this.#ownContainers()).has(own)) {
      return { container: own, path: [VOLUME_MOUNT, ...at.parts].join('/') };
    }
    const container = await this.#helpers.for(at.node);
    return container === undefined ? undefined : { container, path: helperPath(at) };
  }

  async #toWrite(at: InVolume, path: string): Promise<Spot> {
    const container = await this.#helpers.for(at.node);
    if (container === undefined) throw cannot('write', path, `${at.node} has no volume`);
    return { container, path: helperPath(at) };
  }

  /** Asked once: within a verb they go only where all its files have been read. */
  #ownContainers(): Promise<ReadonlySet<string>> {
    this.#containers ??= this.#engine
      .containers(topologyLabels(this.#record.spec.name))
      .then((rows) => new Set(rows.map(({ name }) => name)));
    return this.#containers;
  }

  /**
   * A file in a volume; undefined where there is none.
   * @param path by which it is called in what is said of it
   * @throws RsentError `topology` when it is no plain file
   */
  async read(at: InVolume, path: string) {
    // The node's container may have been taken away meanwhile, by a step of the same verb.
    try {
      return await this.#readAt(await this.toRead(at), path);
    } catch (error) {
      if (!failedWith(error, 'not-found')) throw error;
      this.#containers = undefined;
      return this.#readAt(await this.toRead(at), path);
    }
  }

  /**
   * The same, read where it can be written.
   * @throws RsentError `topology`, also when the node has no volume
   */
  async readToWrite(at: InVolume, path: string) {
    return this.#readAt(await this.#toWrite(at, path), path);
  }

  async #readAt(spot: Spot | undefined, path: string) {
    const archive = spot && (await this.#engine.getArchive(spot.container, spot.path));
    if (archive === undefined) return undefined;
    const file = await firstFile(archive);
    if (file === undefined) throw cannot('read', path, 'it is no plain file');
    return file;
  }

  /** Put a file in its place, whole or not at all. */
  async put(at: InVolume, path: string, file: FileToPut): Promise<void> {
    const place = await this.place(at, path);
    const { beside, after } = inPlaceOf(entryOf(place.name, file));
    try {
      await this.unpack(place, [beside, ...after]);
    } catch (error) {
      await this.#putBack(place, file, error);
    }
  }

  /**
   * Where the file system of a volume has no links, the old file has gone, and the new one is there
   * under its other name alone.
   * @throws what went wrong, in any other case
   */
  async #putBack(place: Place, file: FileToPut, error: unknown): Promise<void> {
    const there = (name: string) =>
      this.#readAt({ container: place.container, path: `${place.into}/${name}` }, name);
    try {
      const { beside } = inPlaceOf(entryOf(place.name, file));
      const isWhole = (await there(beside.name))?.content.toString('utf8') === file.content;
      if (!isWhole || (await there(place.name)) !== undefined) throw error;
      await this.unpack(place, [entryOf(place.name, file)]);
    } catch {
      throw error;
    }
  }

  /**
   * Unpack files and directories in a place.
   * @param replaces whether a file may take the place of a directory, and a directory that of a file
   */
  unpack({ container, into }: Place, entries: readonly TarEntry[], replaces = false) {
    return tarOf(entries).then((tar) => this.#engine.putArchive(container, into, tar, replaces));
  }

  /**
   * Where something of this path is put.
   * @throws RsentError `topology` when the node has no volume
   */
  async place(at: InVolume, path: string): Promise<Place> {
    const name = at.parts.at(-1);
    if (name === undefined) throw new RsentError('bug', `${path} is a whole volume.`);
    const parts = at.parts.slice(0, -1);
    const { container, path: into } = await this.#toWrite({ ...at, parts }, path);
    return { container, into, name };
  }
}

/** A file or directory in a tar. */
export function entryOf(name: string, { mode, owner, content }: FileToPut): TarEntry {
  return {
    ...{ name, mode },
    ...(owner === undefined ? {} : { owner }),
    ...(content === undefined ? {} : { content }),
  };
}

/** What to throw where a file in a volume cannot be read or written. */
export function cannot(verb: string, path: string, why: string): RsentError {
  return new RsentError('topology', `Cannot ${verb} ${path} in its volume: ${why}.`);
}
