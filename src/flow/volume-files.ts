import { dirname, join } from 'node:path';
import { Readable } from 'node:stream';
import { type Engine, failedWith } from '../engine/engine.js';
import { type FileStore, LOCAL_FILES } from '../host/file-store.js';
import type { LargeFile } from '../host/large-file.js';
import type { FileEnd, FileLook } from '../host/look.js';
import {
  firstFile,
  headOf,
  inPlaceOf,
  renamedTar,
  type TarEntry,
  tailOf,
  tarAround,
  tarOf,
} from '../host/tar.js';
import { type Owner, REDIS_USER } from '../model/container.js';
import { RsentError } from '../model/errors.js';
import { VOLUME_MOUNT } from '../model/inside.js';
import { type TopologyRecord, withLeaving } from '../model/topology.js';
import type { Rights } from '../plan/barred.js';
import { EMPTY_DUMP } from '../plan/data-files.js';
import { topologyLabels } from '../plan/labels.js';
import { serverFiles } from '../plan/server-files.js';
import { helperPath, type InVolume, inVolume } from '../plan/volumes.js';
import { Helpers } from './helper.js';

/** A file of which an end is read is not larger (bytes). */
const LARGEST_SENT = 64 * 1024 ** 2;

const FILE_MODE = 0o600;

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

/** Where a file goes: a container, a directory in it, and the name that it has there. */
interface Place {
  readonly container: string;
  readonly into: string;
  readonly name: string;
}

/**
 * The files of a topology that keeps those of its nodes in volumes. They are read through the
 * node's own container where there is one, and written through a helper: that way reading makes
 * nothing on the engine of a topology that runs. What is no node's stays on this machine.
 *
 * A file arrives in a tar. The engine removes the old one before it unpacks the new one, and stops
 * at the first error: so the new one is unpacked beside the old one, and then linked into its place
 * (`inPlaceOf`). There is no way to take a file away, so an empty one counts as none.
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
    const place = await this.#place(at, path);
    await this.#unpack(place, [entryOf(place.name, { mode, owner })]);
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
    const { beside, after } = inPlaceOf(entry);
    await this.#engine.putArchive(container, into, Readable.from(tarAround([], beside, after)));
  }

  async editFile(path: string, edit: (text: string) => string): Promise<void> {
    const at = this.#locate(path);
    if (at === undefined) return LOCAL_FILES.editFile(path, edit);
    const there = await this.#read(await this.#toWrite(at, path), path);
    if (there === undefined) throw cannot('change', path, 'there is no such file');
    const content = edit(there.content.toString('utf8'));
    // An engine that maps users gives the owner as its host knows it, and takes it as containers do.
    await this.#put(at, path, { mode: there.mode, owner: REDIS_USER, content });
  }

  async emptyDirectory(path: string, mode: number, owner?: Owner): Promise<void> {
    const at = this.#locate(path);
    if (at === undefined) return LOCAL_FILES.emptyDirectory(path, mode, owner);
    await this.makeDirectory(path, mode, owner);
    const conf = join(dirname(path), 'conf', 'redis.conf');
    const { directories, dumps, appendOnly, logs } = serverFiles(await this.readText(conf));
    for (const name of directories) {
      const inside = join(path, name);
      if ((await this.look(inside))?.isDirectory) await this.#replaceDirectory(inside, mode, owner);
    }
    for (const name of new Set([...dumps, ...appendOnly, ...logs])) {
      const file = join(path, name);
      const found = await this.look(file);
      if (found === undefined || found.isDirectory || found.bytes === 0) continue;
      const content = dumps.includes(name) ? EMPTY_DUMP : Buffer.alloc(0);
      const large = {
        path: file,
        chunks: Readable.from([content]),
        mode: FILE_MODE,
        ...(owner && { owner }),
      };
      await this.replaceLarge(large, content.length);
    }
  }

  /** With all that is in it. */
  async #replaceDirectory(path: string, mode: number, owner?: Owner): Promise<void> {
    const at = this.#locate(path);
    if (at === undefined) throw new RsentError('bug', `${path} is in no volume.`);
    // A file takes the place of a directory with all in it, and a directory that of the file: in
    // one go, as a file left in its place would be in everyone's way.
    const place = await this.#place(at, path);
    const directory = entryOf(place.name, { mode, owner });
    await this.#unpack(place, [{ ...directory, content: '' }, directory], true);
  }

  async removeFile(path: string): Promise<void> {
    const at = this.#locate(path);
    if (at === undefined) return LOCAL_FILES.removeFile(path);
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

  async setAside(path: string, to: string): Promise<void> {
    const [from, there] = [this.#locate(path), this.#locate(to)];
    if (from === undefined || there === undefined) return LOCAL_FILES.setAside(path, to);
    const { container, into, name } = await this.#place(there, to);
    const archive = await this.#engine.openArchive(container, helperPath(from));
    if (archive === undefined) return;
    // An engine gives nothing another name. So it is copied, and only then is the old one emptied.
    const copy = renamedTar(archive, name, REDIS_USER);
    await this.#engine.putArchive(container, into, copy);
    await this.#replaceDirectory(path, 0o700, REDIS_USER);
  }

  async look(path: string): Promise<FileLook | undefined> {
    const at = this.#locate(path);
    if (at === undefined) return LOCAL_FILES.look(path);
    const spot = await this.#toRead(at);
    return spot && (await this.#engine.fileFacts(spot.container, spot.path));
  }

  async readHead(path: string, most: number): Promise<Buffer | undefined> {
    const at = this.#locate(path);
    if (at === undefined) return LOCAL_FILES.readHead(path, most);
    const spot = await this.#toRead(at);
    const archive = spot && (await this.#engine.openArchive(spot.container, spot.path));
    return archive && headOf(archive, most);
  }

  /** An engine sends a file from its beginning on: not a large one for the sake of its end. */
  async readTail(path: string, most: number): Promise<FileEnd | undefined> {
    const at = this.#locate(path);
    if (at === undefined) return LOCAL_FILES.readTail(path, most);
    const spot = await this.#toRead(at);
    const facts = spot && (await this.#engine.fileFacts(spot.container, spot.path));
    if (spot === undefined || facts === undefined || facts.bytes > LARGEST_SENT) return undefined;
    const archive = await this.#engine.openArchive(spot.container, spot.path);
    const bytes = archive && (await tailOf(archive, most));
    return bytes && { bytes, isWhole: bytes.length < most || bytes.length === facts.bytes };
  }

  /** To list a directory an engine would have to send all that is in it. */
  async names(path: string): Promise<readonly string[] | undefined> {
    return this.#locate(path) === undefined ? LOCAL_FILES.names(path) : undefined;
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

  async #put(at: InVolume, path: string, file: FileToPut): Promise<void> {
    const place = await this.#place(at, path);
    const { beside, after } = inPlaceOf(entryOf(place.name, file));
    try {
      await this.#unpack(place, [beside, ...after]);
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
      this.#read({ container: place.container, path: `${place.into}/${name}` }, name);
    try {
      const { beside } = inPlaceOf(entryOf(place.name, file));
      const isWhole = (await there(beside.name))?.content.toString('utf8') === file.content;
      if (!isWhole || (await there(place.name)) !== undefined) throw error;
      await this.#unpack(place, [entryOf(place.name, file)]);
    } catch {
      throw error;
    }
  }

  #unpack({ container, into }: Place, entries: readonly TarEntry[], replaces = false) {
    return tarOf(entries).then((tar) => this.#engine.putArchive(container, into, tar, replaces));
  }

  async #place(at: InVolume, path: string): Promise<Place> {
    const name = at.parts.at(-1);
    if (name === undefined) throw new RsentError('bug', `${path} is a whole volume.`);
    const parts = at.parts.slice(0, -1);
    const { container, path: into } = await this.#toWrite({ ...at, parts }, path);
    return { container, into, name };
  }
}

function entryOf(name: string, { mode, owner, content }: FileToPut): TarEntry {
  return {
    ...{ name, mode },
    ...(owner === undefined ? {} : { owner }),
    ...(content === undefined ? {} : { content }),
  };
}

function cannot(verb: string, path: string, why: string): RsentError {
  return new RsentError('topology', `Cannot ${verb} ${path} in its volume: ${why}.`);
}
