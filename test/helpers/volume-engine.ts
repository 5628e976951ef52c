import { Readable } from 'node:stream';
import { buffer } from 'node:stream/consumers';
import tar from 'tar-stream';
import type { Engine } from '../../src/engine/engine.js';
import { EngineError } from '../../src/engine/engine.js';
import { tarOf } from '../../src/host/tar.js';
import type { ContainerSpec, Labels, VolumeMount } from '../../src/model/container.js';
import { anEngineAt } from './engine.js';

interface Held {
  readonly mode: number;
  readonly uid: number;
  readonly gid: number;
  /** Absent: a directory. */
  readonly content?: string;
}

interface Volume {
  readonly labels: Labels;
  /** By their paths in it, without a slash before and after; '' is its root. */
  readonly files: Map<string, Held>;
}

/** An engine on another machine, with nothing but volumes and containers that mount them. */
export class VolumeEngine {
  readonly volumes = new Map<string, Volume>();
  readonly containers = new Map<string, Pick<ContainerSpec, 'labels' | 'mounts'>>();
  /** Verb and container of every question about files, and every change. */
  readonly told: string[] = [];
  readonly engine: Engine;
  /** Added to the owners of files that are read, as an engine with userns-remap has it. */
  userShift = 0;
  /** Bytes that its disk still takes. */
  room = Number.POSITIVE_INFINITY;
  /** Whether the file system of its volumes has hard links. */
  hasLinks = true;

  constructor() {
    this.engine = anEngineAt('10.0.0.9', {
      volumes: async (labels = {}) =>
        [...this.volumes]
          .map(([name, volume]) => ({ name, labels: volume.labels }))
          .filter((each) => matches(each.labels, labels)),
      createVolume: async ({ name, labels }) => void this.addVolume(name, labels),
      removeVolume: async (name) => this.#removeVolume(name),
      containers: async (labels = {}) =>
        [...this.containers]
          .filter(([, each]) => matches(each.labels, labels))
          .map(([name, each]) => facts(name, each.labels)),
      containerLife: async () => undefined,
      createContainer: async (spec) => this.#createContainer(spec),
      removeContainer: async (name) => {
        this.told.push(`remove ${name}`);
        this.containers.delete(name);
      },
      getArchive: async (name, path) => this.#get(name, path),
      openArchive: async (name, path) => {
        const archive = await this.#get(name, path);
        return archive && Readable.from([archive]);
      },
      putArchive: async (name, path, archive, replaces) =>
        this.#put(name, path, archive, replaces === true),
      fileFacts: async (name, path) => {
        const { held } = this.#at('look', name, path);
        return (
          held && {
            version: `${held.content}`,
            isDirectory: held.content === undefined,
            bytes: held.content?.length ?? 0,
            writtenAt: 0,
          }
        );
      },
    });
  }

  addVolume(name: string, labels: Labels): Volume {
    const volume = this.volumes.get(name) ?? { labels, files: new Map() };
    volume.files.set('', { mode: 0o755, uid: 0, gid: 0 });
    this.volumes.set(name, volume);
    return volume;
  }

  /** Names of the containers that are neither node nor pod. */
  helpers(): string[] {
    return [...this.containers].flatMap(([name, { labels }]) =>
      labels['rsent.kind'] === 'files' ? [name] : [],
    );
  }

  #removeVolume(name: string): void {
    const users = [...this.containers].filter(([, { mounts }]) =>
      mounts.some((mount) => 'volume' in mount && mount.volume === name),
    );
    if (users.length > 0) throw new EngineError('other', `volume is in use - [${users[0]?.[0]}]`);
    this.volumes.delete(name);
  }

  #createContainer(spec: ContainerSpec): void {
    for (const mount of spec.mounts) {
      if ('volume' in mount) this.addVolume(mount.volume, mount.labels);
    }
    this.told.push(`create ${spec.name}`);
    this.containers.set(spec.name, spec);
  }

  #at(verb: string, name: string, path: string) {
    this.told.push(`${verb} ${name}`);
    const container = this.containers.get(name);
    if (container === undefined) throw new EngineError('not-found', `No such container: ${name}`);
    const mount = container.mounts.find(
      (each): each is VolumeMount => 'volume' in each && `${path}/`.startsWith(`${each.to}/`),
    );
    if (mount === undefined) throw new EngineError('other', 'container rootfs is marked read-only');
    const files = this.volumes.get(mount.volume)?.files ?? new Map<string, Held>();
    const inside = path.slice(mount.to.length + 1);
    return { files, inside, held: files.get(inside) };
  }

  async #get(name: string, path: string): Promise<Buffer | undefined> {
    const { held, inside } = this.#at('get', name, path);
    if (held === undefined) return undefined;
    const { mode, uid, gid, content } = held;
    const owner = { uid: uid + this.userShift, gid: gid + this.userShift };
    const entry = { name: inside.split('/').at(-1) ?? '', mode, owner };
    return tarOf([content === undefined ? entry : { ...entry, content }]);
  }

  async #put(
    name: string,
    path: string,
    archive: Buffer | Readable,
    replaces: boolean,
  ): Promise<void> {
    const { files, held, inside } = this.#at('put', name, path);
    if (held === undefined) throw new EngineError('not-found', `Could not find the file ${path}`);
    const extract = tar.extract();
    const source = Readable.from(Buffer.isBuffer(archive) ? [archive] : archive);
    source.on('error', (error) => extract.destroy(error)).pipe(extract);
    for await (const entry of extract) {
      const { name: file } = entry.header;
      const at = [inside, file.replace(/\/$/, '')].filter((part) => part !== '').join('/');
      const isDirectory = entry.header.type === 'directory';
      this.#clear(files, at, isDirectory, replaces);
      this.#unpack(files, at, entry.header, (await buffer(entry)).toString('utf8'));
      if (this.room < 0) throw new EngineError('other', `write ${at}: no space left on device`);
    }
  }

  /** As the engine does (pkg/archive, Unpack): what is in the way goes before anything can fail. */
  #clear(files: Map<string, Held>, at: string, isDirectory: boolean, replaces: boolean): void {
    const old = files.get(at);
    const isOther = old !== undefined && (old.content === undefined) !== isDirectory;
    if (isOther && !replaces) throw new EngineError('other', `cannot overwrite ${at}`);
    const below = [...files.keys()].filter((each) => isOther && each.startsWith(`${at}/`));
    for (const each of [...below, ...(isDirectory ? [] : [at])]) files.delete(each);
  }

  #unpack(files: Map<string, Held>, at: string, header: tar.Header, content: string): void {
    const { mode = 0, uid = 0, gid = 0, type, linkname } = header;
    if (this.userShift > 0 && uid >= 65536) throw unmapped(uid);
    if (type === 'directory') files.set(at, { mode, uid, gid });
    else if (type !== 'link') files.set(at, { mode, uid, gid, ...this.#stored(content) });
    else files.set(at, this.#linked(files.get(at.replace(/[^/]*$/, linkname ?? '')), at));
  }

  /** As much of it as there is room for. */
  #stored(content: string) {
    const kept = content.slice(0, Math.max(0, this.room));
    this.room -= content.length;
    return { content: kept };
  }

  #linked(target: Held | undefined, at: string): Held {
    if (target !== undefined && this.hasLinks) return target;
    throw new EngineError('other', `link ${at}: operation not permitted`);
  }
}

function unmapped(uid: number): EngineError {
  return new EngineError('other', `Container ID ${uid} cannot be mapped to a host ID`);
}

function matches(labels: Labels, wanted: Labels): boolean {
  return Object.entries(wanted).every(([name, value]) => labels[name] === value);
}

function facts(name: string, labels: Labels) {
  return {
    ...{ id: name, name, labels, state: 'created' as const, image: 'redis:8.0' },
    ...{ networks: [], sharesNetwork: false, published: [] },
  };
}
