import { access } from 'node:fs/promises';
import { type ContainerFacts, type Engine, EngineError } from '../../src/engine/engine.js';
import type { ContainerSpec, Labels } from '../../src/model/container.js';
import { anEngine } from './engine.js';
import { VolumeEngine } from './volume-engine.js';

interface Held extends Thing {
  state: ContainerFacts['state'];
  readonly binds: readonly string[];
  readonly volumes?: ContainerFacts['volumes'];
}

interface Thing {
  readonly id: string;
  readonly name: string;
  readonly labels: Labels;
}

/** An engine of this machine in memory: names are unique, and what is not there cannot be removed by accident. */
export class MemoryEngine {
  readonly containers = new Map<string, Held>();
  readonly networks = new Map<string, Thing>();
  readonly volumes = new Map<string, Labels>();
  /** What is in volumes. */
  readonly #disk = new VolumeEngine();
  /** Called before each change; what it throws is thrown. */
  onChange: (change: string) => void = () => {};
  /** The change is made, and its answer never comes. */
  losesAnswerOf: (change: string) => boolean = () => false;
  /** It answers nothing any more. */
  isDead = false;
  readonly engine: Engine;
  #count = 0;

  constructor() {
    const engine = anEngine({
      containerLife: async () => undefined,
      containers: async (labels = {}) =>
        [...this.containers.values()].filter(has(labels)).map(facts),
      networks: async () =>
        [...this.networks.values()].map((each) => ({ ...each, subnets: [], driver: 'bridge' })),
      volumes: async (labels = {}) =>
        [...this.volumes].map(([name, own]) => ({ name, labels: own })).filter(has(labels)),
      createContainer: async (spec) =>
        this.#change(`create ${spec.name}`, () => {
          this.#create(this.containers, spec.name, containerOf(spec));
          this.#disk.containers.set(spec.name, spec);
        }),
      createNetwork: async ({ name, labels }) =>
        this.#change(`network ${name}`, () => this.#create(this.networks, name, { labels })),
      createVolume: async ({ name, labels }) =>
        this.#change(`volume ${name}`, () => {
          this.volumes.set(name, labels);
          this.#disk.addVolume(name, labels);
        }),
      getArchive: (name, path) => this.#disk.engine.getArchive(name, path),
      openArchive: (name, path) => this.#disk.engine.openArchive(name, path),
      fileFacts: (name, path) => this.#disk.engine.fileFacts(name, path),
      putArchive: async (name, path, tar, replaces) => {
        this.onChange(`put ${name}:${path}`);
        await this.#disk.engine.putArchive(name, path, tar, replaces);
        this.#answer(`put ${name}:${path}`);
      },
      startContainer: async (name) =>
        this.#change(`start ${name}`, () => this.#turn(name, 'running')),
      stopContainer: async (name) => this.#change(`stop ${name}`, () => this.#turn(name, 'exited')),
      killContainer: async (name) => this.#change(`kill ${name}`, () => this.#turn(name, 'exited')),
      removeContainer: async (name) =>
        this.#change(`remove ${name}`, () => {
          for (const each of remove(this.containers, name)) this.#disk.containers.delete(each);
        }),
      removeNetwork: async (name) =>
        this.#change(`remove ${name}`, () => void remove(this.networks, name)),
      removeVolume: async (name) =>
        this.#change(`remove ${name}`, () => {
          if ([...this.#disk.containers.values()].some(mounts(name)))
            throw new EngineError('other', `${name} is in use`);
          this.volumes.delete(name);
          this.#disk.volumes.delete(name);
        }),
      hasPath: async (path) =>
        access(path).then(
          () => true,
          () => false,
        ),
    });
    this.engine = mortal(engine, () => this.isDead);
  }

  /** Bytes that the disk of its volumes still takes. */
  set room(bytes: number) {
    this.#disk.room = bytes;
  }

  #change(what: string, act: () => void): void {
    this.onChange(what);
    act();
    this.#answer(what);
  }

  #answer(what: string): void {
    if (this.losesAnswerOf(what)) throw new EngineError('other', `no answer: ${what}`);
  }

  #create<T extends object>(
    map: Map<string, Thing & T>,
    name: string,
    rest: Omit<Thing & T, 'id' | 'name'>,
  ): void {
    if (map.has(name)) throw new EngineError('name-taken', `${name} is in use`);
    map.set(name, { id: `id${++this.#count}`, name, ...rest } as Thing & T);
  }

  #container(name: string) {
    const found = [...this.containers.values()].find(
      (each) => each.name === name || each.id === name,
    );
    if (found === undefined) throw new EngineError('not-found', `no container ${name}`);
    return found;
  }

  #turn(name: string, state: ContainerFacts['state']): void {
    this.#container(name).state = state;
  }
}

/** Throws what a connection to an engine that has ended gives. */
function mortal(engine: Engine, isDead: () => boolean): Engine {
  return new Proxy(engine, {
    get: (target, key: keyof Engine) => {
      const value = target[key];
      if (typeof value !== 'function') return value;
      return async (...args: never[]) => {
        if (isDead()) throw deadEngine();
        return (value as (...given: never[]) => unknown)(...args);
      };
    },
  });
}

export function deadEngine(): EngineError {
  return new EngineError('unreachable', 'No Docker Engine answers at unix:///x.sock.');
}

function containerOf({ labels, mounts }: ContainerSpec) {
  const binds = mounts.flatMap((mount) => ('from' in mount ? [mount.from] : []));
  const volumes = mounts.flatMap((mount) =>
    'volume' in mount ? [{ name: mount.volume, to: mount.to }] : [],
  );
  return { labels, binds, volumes, state: 'created' as const };
}

/** Gives their names. */
function remove(map: Map<string, Thing>, name: string): string[] {
  const found = [...map].filter(([, each]) => each.name === name || each.id === name);
  for (const [key] of found) map.delete(key);
  return found.map(([key]) => key);
}

const mounts =
  (volume: string) =>
  ({ mounts: all }: Pick<ContainerSpec, 'mounts'>) =>
    all.some((mount) => 'volume' in mount && mount.volume === volume);

const has =
  (wanted: Labels) =>
  ({ labels }: { readonly labels: Labels }) =>
    Object.entries(wanted).every(([key, value]) => labels[key] === value);

function facts({ id, name, labels, state, binds, volumes = [] }: Held): ContainerFacts {
  return {
    id,
    name,
    labels,
    state,
    binds,
    volumes,
    image: 'i',
    networks: ['lab-net'],
    sharesNetwork: false,
    published: [],
  };
}
