import { Readable } from 'node:stream';
import { type Engine, failedWith } from '../engine/engine.js';
import { type FileStore, LOCAL_FILES } from '../host/file-store.js';
import type { LargeFile } from '../host/large-file.js';
import { firstFile, tarAround, tarOf } from '../host/tar.js';
import type { Owner } from '../model/container.js';
import { RsentError } from '../model/errors.js';
import { type TopologyRecord, withLeaving } from '../model/topology.js';
import type { Rights } from '../plan/barred.js';
import { VOLUME_MOUNT } from '../plan/inside.js';
import { topologyLabels } from '../plan/labels.js';
import { helperPath, type InVolume, inVolume } from '../plan/volumes.js';
import { Helpers } from './helper.js';

/** A container, and a path in it. */
interface Spot {
  readonly container: string;
  readonly path: string;
}

interface FileToPut {
  readonly mode: number;
  readonly owner: Owner | undefined;
  /** Absent: a directory. */
  readonly content?: string;
}

/**
 * The files of a topology that keeps those of its nodes in volumes. They are read through the
 * node's own container where there is one, and written through a helper: that way reading makes
 * nothing on the engine of a topology that runs. What is no node's stays on this machine.
 *
 * A file arrives as a tar with nothing else in it: the engine unpacks it in the place of the old
 * one. There is no way to take a file away, so an empty one counts as none.
 */
export class VolumeFiles implements FileStore {
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

  async readText(path: string): Promise<string | undefined> {
    const at = this.#locate(path);
    if (at === undefined) return LOCAL_FILES.readText(path);
    const text = (await this.#readAt(at, path))?.content.toString('utf8');
    return text === '' ? undefined : text;
  }

  async makeDirectory(path: string, mode: number, owner?: Owner): Promise<boolean> {
    const at = this.#locate(path);
    if (at === undefined) return LOCAL_FILES.makeDirectory(path, mode, owner);
    // Nobody could take it away again, so nobody needs to know whether it is new.
    await this.#put(at, path, { mode, owner });
    return false;
  }

  async writeOnce(path: string, content: string, mode: number, owner?: Owner): Promise<boolean> {
    const at = this.#locate(path);
    if (at === undefined) return LOCAL_FILES.writeOnce(path, content, mode, owner);
    const there = await this.#read(await this.#toWrite(at, path), path);
    if (there !== undefined && there.content.length > 0) return false;
    await this.#put(at, path, { mode, owner, content });
    return true;
  }

  async replaceFile(path: string, content: string, mode: number, owner?: Owner): Promise<void> {
    const at = this.#locate(path);
    if (at === undefined) return LOCAL_FILES.replaceFile(path, content, mode, owner);
    await this.#put(at, path, { mode, owner, content });
  }

  async replaceLarge(file: LargeFile, bytes: number): Promise<void> {
    const { path, chunks, mode, owner } = file;
    const at = this.#locate(path);
    if (at === undefined) return LOCAL_FILES.replaceLarge(file, bytes);
    const { container, into, name } = await this.#place(at, path);
    const entry = { name, mode, bytes, chunks, ...(owner === undefined ? {} : { owner }) };
    await this.#engine.putArchive(container, into, Readable.from(tarAround([], entry)));
  }

  async editFile(path: string, edit: (text: string) => string): Promise<void> {
    const at = this.#locate(path);
    if (at === undefined) return LOCAL_FILES.editFile(path, edit);
    const there = await this.#read(await this.#toWrite(at, path), path);
    if (there === undefined) throw cannot('change', path, 'there is no such file');
    const { mode, owner, content } = there;
    await this.#put(at, path, { mode, owner, content: edit(content.toString('utf8')) });
  }

  async emptyDirectory(path: string, mode: number, owner?: Owner): Promise<void> {
    const at = this.#locate(path);
    if (at === undefined) return LOCAL_FILES.emptyDirectory(path, mode, owner);
    // A file takes the place of a directory with all in it, and a directory that of the file: in
    // one go, as a file left in its place would be in everyone's way.
    await this.#put(at, path, { mode, owner, content: '' }, { mode, owner });
  }

  async removeTree(path: string): Promise<void> {
    const at = this.#locate(path);
    if (at === undefined) return LOCAL_FILES.removeTree(path);
    const spot = await this.#toRead(at);
    const there = spot && (await this.#engine.fileFacts(spot.container, spot.path));
    if (there === undefined || there.isDirectory) return;
    await this.#put(at, path, { mode: 0o600, owner: undefined, content: '' });
  }

  async fileVersion(path: string): Promise<string | undefined> {
    const at = this.#locate(path);
    if (at === undefined) return LOCAL_FILES.fileVersion(path);
    try {
      const spot = await this.#toRead(at);
      return spot && (await this.#engine.fileFacts(spot.container, spot.path))?.version;
    } catch {
      return undefined;
    }
  }

  /** Nobody on this machine can change them by hand: what is wrong there its server says. */
  async rights(path: string): Promise<Rights | undefined> {
    return this.#locate(path) === undefined ? LOCAL_FILES.rights(path) : undefined;
  }

  async close(): Promise<void> {
    await this.#helpers.close();
  }

  #locate(path: string): InVolume | undefined {
    return inVolume(this.#directory, this.#record.placement.nodes, path);
  }

  /** Undefined when the node has no volume. */
  async #toRead(at: InVolume): Promise<Spot | undefined> {
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

  /** The node's container may have been taken away meanwhile, by a step of the same verb. */
  async #readAt(at: InVolume, path: string) {
    try {
      return await this.#read(await this.#toRead(at), path);
    } catch (error) {
      if (!failedWith(error, 'not-found')) throw error;
      this.#containers = undefined;
      return this.#read(await this.#toRead(at), path);
    }
  }

  async #read(spot: Spot | undefined, path: string) {
    const archive = spot && (await this.#engine.getArchive(spot.container, spot.path));
    if (archive === undefined) return undefined;
    const file = await firstFile(archive);
    if (file === undefined) throw cannot('read', path, 'it is no plain file');
    return file;
  }

  /** @param then takes its place at once, whatever it is */
  async #put(at: InVolume, path: string, file: FileToPut, then?: FileToPut): Promise<void> {
    const { container, into, name } = await this.#place(at, path);
    const entries = [file, ...(then === undefined ? [] : [then])].map((each) => ({
      ...{ name, mode: each.mode },
      ...(each.owner === undefined ? {} : { owner: each.owner }),
      ...(each.content === undefined ? {} : { content: each.content }),
    }));
    await this.#engine.putArchive(container, into, await tarOf(entries), then !== undefined);
  }

  /** The directory that it is put into, and its name there. */
  async #place(at: InVolume, path: string) {
    const name = at.parts.at(-1);
    if (name === undefined) throw new RsentError('bug', `${path} is a whole volume.`);
    const parts = at.parts.slice(0, -1);
    const { container, path: into } = await this.#toWrite({ ...at, parts }, path);
    return { container, into, name };
  }
}

function cannot(verb: string, path: string, why: string): RsentError {
  return new RsentError('topology', `Cannot ${verb} ${path} in its volume: ${why}.`);
}
