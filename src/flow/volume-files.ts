import { dirname, join } from 'node:path';
import { Readable } from 'node:stream';
import type { Engine } from '../engine/engine.js';
import { type FileStore, LOCAL_FILES } from '../host/file-store.js';
import type { LargeFile } from '../host/large-file.js';
import type { FileEnd, FileLook } from '../host/look.js';
import { headOf, inPlaceOf, renamedTar, tailOf, tarAround } from '../host/tar.js';
import { type Owner, REDIS_USER } from '../model/container.js';
import { RsentError } from '../model/errors.js';
import type { TopologyRecord } from '../model/topology.js';
import type { Rights } from '../plan/barred.js';
import { EMPTY_DUMP } from '../plan/data-files.js';
import { serverFiles } from '../plan/server-files.js';
import { helperPath, type InVolume } from '../plan/volumes.js';
import { cannot, entryOf, VolumeTransfer } from './volume-transfer.js';

/** A file of which an end is read is not larger (bytes). */
const LARGEST_SENT = 64 * 1024 ** 2;

const FILE_MODE = 0o600;

/**
 * The files of a topology that keeps those of its nodes in volumes. What is no node's stays on this
 * machine. There is no way to take a file out of a volume, so an empty one counts as none.
 */
export class VolumeFiles implements FileStore {
  readonly #engine: Engine;
  readonly #volumes: VolumeTransfer;

  /** @param directory of the topology, which the paths of all files begin with */
  constructor(engine: Engine, record: TopologyRecord, directory: string) {
    this.#engine = engine;
    this.#volumes = new VolumeTransfer(engine, record, directory);
  }

  async readText(path: string): Promise<string | undefined> {
    const at = this.#volumes.locate(path);
    if (at === undefined) return LOCAL_FILES.readText(path);
    const text = (await this.#volumes.read(at, path))?.content.toString('utf8');
    return text === '' ? undefined : text;
  }

  async makeDirectory(path: string, mode: number, owner?: Owner): Promise<boolean> {
    const at = this.#volumes.locate(path);
    if (at === undefined) return LOCAL_FILES.makeDirectory(path, mode, owner);
    // Nobody could take it away again, so nobody needs to know whether it is new.
    const place = await this.#volumes.place(at, path);
    await this.#volumes.unpack(place, [entryOf(place.name, { mode, owner })]);
    return false;
  }

  async writeOnce(path: string, content: string, mode: number, owner?: Owner): Promise<boolean> {
    const at = this.#volumes.locate(path);
    if (at === undefined) return LOCAL_FILES.writeOnce(path, content, mode, owner);
    const there = await this.#volumes.readToWrite(at, path);
    if (there !== undefined && there.content.length > 0) return false;
    await this.#volumes.put(at, path, { mode, owner, content });
    return true;
  }

  async replaceFile(path: string, content: string, mode: number, owner?: Owner): Promise<void> {
    const at = this.#volumes.locate(path);
    if (at === undefined) return LOCAL_FILES.replaceFile(path, content, mode, owner);
    await this.#volumes.put(at, path, { mode, owner, content });
  }

  async replaceLarge(file: LargeFile, bytes: number): Promise<void> {
    const { path, chunks, mode, owner } = file;
    const at = this.#volumes.locate(path);
    if (at === undefined) return LOCAL_FILES.replaceLarge(file, bytes);
    const { container, into, name } = await this.#volumes.place(at, path);
    const entry = { name, mode, bytes, chunks, ...(owner === undefined ? {} : { owner }) };
    const { beside, after } = inPlaceOf(entry);
    await this.#engine.putArchive(container, into, Readable.from(tarAround([], beside, after)));
  }

  async editFile(path: string, edit: (text: string) => string): Promise<void> {
    const at = this.#volumes.locate(path);
    if (at === undefined) return LOCAL_FILES.editFile(path, edit);
    const there = await this.#volumes.readToWrite(at, path);
    if (there === undefined) throw cannot('change', path, 'there is no such file');
    const content = edit(there.content.toString('utf8'));
    // An engine that maps users gives the owner as its host knows it, and takes it as containers do.
    await this.#volumes.put(at, path, { mode: there.mode, owner: REDIS_USER, content });
  }

  async emptyDirectory(path: string, mode: number, owner?: Owner): Promise<void> {
    const at = this.#volumes.locate(path);
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
    const at = this.#volumes.locate(path);
    if (at === undefined) throw new RsentError('bug', `${path} is in no volume.`);
    // A file takes the place of a directory with all in it, and a directory that of the file: in
    // one go, as a file left in its place would be in everyone's way.
    const place = await this.#volumes.place(at, path);
    const directory = entryOf(place.name, { mode, owner });
    await this.#volumes.unpack(place, [{ ...directory, content: '' }, directory], true);
  }

  async removeFile(path: string): Promise<void> {
    const at = this.#volumes.locate(path);
    if (at === undefined) return LOCAL_FILES.removeFile(path);
    const spot = await this.#volumes.toRead(at);
    const there = spot && (await this.#engine.fileFacts(spot.container, spot.path));
    if (there === undefined || there.isDirectory) return;
    await this.#volumes.put(at, path, { mode: 0o600, owner: undefined, content: '' });
  }

  async fileVersion(path: string): Promise<string | undefined> {
    const at = this.#volumes.locate(path);
    if (at === undefined) return LOCAL_FILES.fileVersion(path);
    try {
      const spot = await this.#volumes.toRead(at);
      return spot && (await this.#engine.fileFacts(spot.container, spot.path))?.version;
    } catch {
      return undefined;
    }
  }

  async setAside(path: string, to: string): Promise<void> {
    const [from, there] = [this.#volumes.locate(path), this.#volumes.locate(to)];
    if (from === undefined || there === undefined) return LOCAL_FILES.setAside(path, to);
    // An engine gives nothing another name. So it is copied, and only then is the old one emptied.
    if (await this.#copy(from, there, to)) await this.#replaceDirectory(path, 0o700, REDIS_USER);
  }

  async copyAside(path: string, to: string): Promise<void> {
    const [from, there] = [this.#volumes.locate(path), this.#volumes.locate(to)];
    if (from === undefined || there === undefined) return LOCAL_FILES.copyAside(path, to);
    await this.#copy(from, there, to);
  }

  /** False when there is nothing to copy. */
  async #copy(from: InVolume, there: InVolume, to: string): Promise<boolean> {
    const { container, into, name } = await this.#volumes.place(there, to);
    const archive = await this.#engine.openArchive(container, helperPath(from));
    if (archive === undefined) return false;
    await this.#engine.putArchive(container, into, renamedTar(archive, name, REDIS_USER));
    return true;
  }

  async look(path: string): Promise<FileLook | undefined> {
    const at = this.#volumes.locate(path);
    if (at === undefined) return LOCAL_FILES.look(path);
    const spot = await this.#volumes.toRead(at);
    return spot && (await this.#engine.fileFacts(spot.container, spot.path));
  }

  async readHead(path: string, most: number): Promise<Buffer | undefined> {
    const at = this.#volumes.locate(path);
    if (at === undefined) return LOCAL_FILES.readHead(path, most);
    const spot = await this.#volumes.toRead(at);
    const archive = spot && (await this.#engine.openArchive(spot.container, spot.path));
    return archive && headOf(archive, most);
  }

  /** An engine sends a file from its beginning on: not a large one for the sake of its end. */
  async readTail(path: string, most: number): Promise<FileEnd | undefined> {
    const at = this.#volumes.locate(path);
    if (at === undefined) return LOCAL_FILES.readTail(path, most);
    const spot = await this.#volumes.toRead(at);
    const facts = spot && (await this.#engine.fileFacts(spot.container, spot.path));
    if (spot === undefined || facts === undefined || facts.bytes > LARGEST_SENT) return undefined;
    const archive = await this.#engine.openArchive(spot.container, spot.path);
    const bytes = archive && (await tailOf(archive, most));
    return bytes && { bytes, isWhole: bytes.length < most || bytes.length === facts.bytes };
  }

  /** To list a directory an engine would have to send all that is in it. */
  async names(path: string): Promise<readonly string[] | undefined> {
    return this.#volumes.locate(path) === undefined ? LOCAL_FILES.names(path) : undefined;
  }

  /** Nobody on this machine can change them by hand: what is wrong there its server says. */
  async rights(path: string): Promise<Rights | undefined> {
    return this.#volumes.locate(path) === undefined ? LOCAL_FILES.rights(path) : undefined;
  }

  async close(): Promise<void> {
    await this.#volumes.close();
  }
}
