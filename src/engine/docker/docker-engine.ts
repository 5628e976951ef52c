import type { Readable } from 'node:stream';
import type Docker from 'dockerode';
import type { ContainerLife, ContainerSpec, Labels } from '../../model/container.js';
import type { LogLine } from '../../model/log.js';
import type {
  Attached,
  ContainerFacts,
  Engine,
  EngineFacts,
  ExecSession,
  FileFacts,
  ImageFacts,
  LogQuery,
  NetworkFacts,
  NetworkSpec,
  PullProgress,
  RunOptions,
  VolumeFacts,
} from '../engine.js';
import { dockerAt, type Reach } from './docker-client.js';
import { findEndpoint, hostOf, isLocal } from './endpoint.js';
import { attachExec, startExec } from './exec.js';
import { describe, listContainers } from './facts.js';
import { asEngineError, orAlready, orMissing } from './failure.js';
import { findImage, importImage } from './images.js';
import { joinsOf } from './joins.js';
import { kill, killQuickly } from './kill.js';
import { containerLife } from './life.js';
import { readLog } from './log-lines.js';
import { connect, disconnect, listNetworks, usedAddresses } from './networks.js';
import { hasPath } from './paths.js';
import { printed } from './printed.js';
import { pull } from './pull.js';
import { runOnce } from './run-once.js';
import { containerOptions, networkOptions } from './translate.js';
import {
  fileFacts,
  getArchive,
  listVolumes,
  makeVolume,
  openArchive,
  putArchive,
} from './volumes.js';

/**
 * The Docker Engine that the docker command would talk to.
 * @param reach how it is reached, where that is not as usual
 * @throws EngineError when the environment names an endpoint that cannot be understood
 */
export async function connectDocker(
  env: NodeJS.ProcessEnv = process.env,
  reach?: Partial<Reach>,
): Promise<Engine> {
  const endpoint = await findEndpoint(env);
  return new DockerEngine(dockerAt(endpoint, reach), endpoint.url);
}

class DockerEngine implements Engine {
  readonly endpoint: string;
  readonly local: boolean;
  readonly host: string | undefined;
  readonly #docker: Docker;
  /** How an engine is set up does not change while one rsent uses it. */
  #facts: EngineFacts | undefined;

  constructor(docker: Docker, endpoint: string) {
    this.#docker = docker;
    this.endpoint = endpoint;
    this.local = isLocal(endpoint);
    this.host = this.local ? undefined : hostOf(endpoint);
  }

  async describe(): Promise<EngineFacts> {
    this.#facts ??= await this.#do('say how it is set up', () => describe(this.#docker));
    return this.#facts;
  }

  async hasPath(path: string): Promise<boolean | undefined> {
    return this.#do(`look at ${path}`, () => hasPath(this.#docker, path));
  }

  async findImage(ref: string): Promise<ImageFacts | undefined> {
    return this.#do(`look for the image ${ref}`, () => findImage(this.#docker, ref));
  }

  pullImage(ref: string, onProgress: (progress: PullProgress) => void, signal?: AbortSignal) {
    return this.#do(`pull ${ref}`, () => pull(this.#docker, ref, onProgress, signal));
  }

  async importImage(ref: string, rootfs: Readable, changes: readonly string[]): Promise<string> {
    return this.#do(`import the image ${ref}`, () =>
      importImage(this.#docker, ref, rootfs, changes),
    );
  }

  async runOnce(image: string, command: readonly string[], options: RunOptions = {}) {
    return this.#do(`run ${command[0]} in ${image}`, () =>
      runOnce(this.#docker, image, command, options),
    );
  }

  async networks(): Promise<NetworkFacts[]> {
    return this.#do('list its networks', () => listNetworks(this.#docker));
  }

  async createNetwork(network: NetworkSpec): Promise<void> {
    await this.#do(`create the network ${network.name} (${network.subnet})`, () =>
      this.#docker.createNetwork(networkOptions(network)),
    );
  }

  async removeNetwork(id: string): Promise<void> {
    await this.#do(`remove the network ${id}`, () =>
      orMissing(this.#docker.getNetwork(id).remove()),
    );
  }

  async usedAddresses(network: string): Promise<string[]> {
    return this.#do(`look at the network ${network}`, () => usedAddresses(this.#docker, network));
  }

  async volumes(labels: Labels = {}): Promise<VolumeFacts[]> {
    return this.#do('list its volumes', () => listVolumes(this.#docker, labels));
  }

  async createVolume(volume: VolumeFacts): Promise<void> {
    await this.#do(`create the volume ${volume.name}`, () => makeVolume(this.#docker, volume));
  }

  async removeVolume(name: string): Promise<void> {
    await this.#do(`remove the volume ${name}`, () =>
      orMissing(this.#docker.getVolume(name).remove()),
    );
  }

  async getArchive(name: string, path: string): Promise<Buffer | undefined> {
    return this.#on(name, `read ${path} in`, (container) => getArchive(container, path));
  }

  async openArchive(name: string, path: string): Promise<Readable | undefined> {
    return this.#on(name, `read ${path} in`, (container) => openArchive(container, path));
  }

  async putArchive(
    name: string,
    path: string,
    tar: Buffer | Readable,
    replaces = false,
  ): Promise<void> {
    await this.#on(name, `write into ${path} of`, (container) =>
      putArchive(container, path, tar, replaces),
    );
  }

  async fileFacts(name: string, path: string): Promise<FileFacts | undefined> {
    return this.#on(name, `look at ${path} in`, (container) => fileFacts(container, path));
  }

  async containers(labels: Labels = {}): Promise<ContainerFacts[]> {
    return this.#do('list its containers', () => listContainers(this.#docker, labels));
  }

  async containerLife(name: string): Promise<ContainerLife | undefined> {
    return this.#on(name, 'look at', containerLife);
  }

  async createContainer(container: ContainerSpec): Promise<void> {
    await this.#do(`create the container ${container.name}`, () =>
      this.#docker.createContainer(containerOptions(container)),
    );
  }

  async renameContainer(name: string, to: string): Promise<void> {
    await this.#on(name, `name ${to}`, (container) => container.rename({ name: to }));
  }

  async startContainer(name: string): Promise<void> {
    await this.#on(name, 'start', (container) => orAlready(container.start()));
  }

  async killContainer(name: string, quick = false): Promise<void> {
    await this.#do(`kill the container ${name}`, () =>
      (quick ? killQuickly : kill)(this.#docker, name),
    );
  }

  async stopContainer(name: string, graceS: number): Promise<void> {
    await this.#on(name, 'stop', (container) => orAlready(container.stop({ t: graceS })));
  }

  async pauseContainer(name: string): Promise<void> {
    await this.#on(name, 'pause', (container) => container.pause());
  }

  async resumeContainer(name: string): Promise<void> {
    await this.#on(name, 'resume', (container) => container.unpause());
  }

  async removeContainer(name: string): Promise<void> {
    await this.#on(name, 'remove', (container) =>
      orMissing(container.remove({ force: true, v: true })),
    );
  }

  async disconnect(name: string, network: string): Promise<void> {
    await this.#do(`take the container ${name} off ${network}`, () =>
      disconnect(this.#docker, name, network),
    );
  }

  async connect(name: string, network: string, ip: string | undefined): Promise<void> {
    await this.#do(`put the container ${name} on ${network}`, () =>
      connect(this.#docker, name, network, ip),
    );
  }

  async *joins(network: string, signal: AbortSignal): AsyncGenerator<string> {
    try {
      yield* joinsOf(this.#docker, network, signal);
    } catch (error) {
      throw asEngineError(error, `hear of the network ${network}`, this.endpoint);
    }
  }

  async exec(name: string, command: readonly string[]): Promise<ExecSession> {
    return this.#on(name, `run ${command[0]} in`, (container) => startExec(container, command));
  }

  async attach(name: string, command: readonly string[], tty: boolean): Promise<Attached> {
    return this.#on(name, `run ${command[0]} in`, (container) =>
      attachExec(container, command, tty),
    );
  }

  async *logLines(name: string, query: LogQuery): AsyncGenerator<LogLine> {
    try {
      yield* readLog(this.#docker.getContainer(name), query);
    } catch (error) {
      if (query.signal.aborted) return;
      throw asEngineError(error, `read the log of the container ${name}`, this.endpoint);
    }
  }

  async logs(name: string, lines: number): Promise<string> {
    return this.#on(name, 'read the log of', (container) => printed(container, lines));
  }

  #on<T>(name: string, verb: string, act: (container: Docker.Container) => Promise<T>): Promise<T> {
    return this.#do(`${verb} the container ${name}`, () => act(this.#docker.getContainer(name)));
  }

  async #do<T>(doing: string, act: () => Promise<T>): Promise<T> {
    try {
      return await act();
    } catch (error) {
      throw asEngineError(error, doing, this.endpoint);
    }
  }
}
