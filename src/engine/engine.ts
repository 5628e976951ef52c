import type { Readable, Writable } from 'node:stream';
import type { ContainerLife, ContainerSpec, Labels } from '../model/container.js';
import { type ErrorDetails, RsentError } from '../model/errors.js';
import type { LogLine } from '../model/log.js';
import type { Address, ContainerState } from '../model/topology.js';

/**
 * What runs the containers. Everything above speaks to this interface, so that another engine
 * needs one new folder beside docker/ and nothing else. Every method throws EngineError.
 */
export interface Engine {
  /** Where it is reached, for messages: `unix:///var/run/docker.sock`. */
  readonly endpoint: string;
  /** True when paths of this machine are paths of the engine's machine too. */
  readonly local: boolean;
  /** Name or address of the machine that it is on; undefined where it is this one. */
  readonly host: string | undefined;
  /** What it is and how it was set up. */
  describe(): Promise<EngineFacts>;
  /**
   * Whether the engine's machine has something at this path; undefined where the engine does not say.
   * Nothing is made. Who wants to know whether both see one file system: `flow/shared-files.ts`.
   */
  hasPath(path: string): Promise<boolean | undefined>;

  findImage(ref: string): Promise<ImageFacts | undefined>;
  pullImage(
    ref: string,
    onProgress: (progress: PullProgress) => void,
    signal?: AbortSignal,
  ): Promise<void>;
  /** Make an image of a root file system (a tar stream). Gives its id. */
  importImage(ref: string, rootfs: Readable, changes: readonly string[]): Promise<string>;
  /** Run a command in a throw-away container and give what it printed. */
  runOnce(
    image: string,
    command: readonly string[],
    options?: RunOptions,
  ): Promise<{ exitCode: number; output: string }>;

  networks(): Promise<NetworkFacts[]>;
  createNetwork(network: NetworkSpec): Promise<void>;
  removeNetwork(id: string): Promise<void>;
  /** IPv4 addresses that running containers have on a network. */
  usedAddresses(network: string): Promise<string[]>;

  /** Volumes; with labels, only those that carry all of them. */
  volumes(labels?: Labels): Promise<VolumeFacts[]>;
  /** Make one; that one of the same name and labels is there is no error, other labels are. */
  createVolume(volume: VolumeFacts): Promise<void>;
  /** Remove it with all in it. Not being there is no error. */
  removeVolume(name: string): Promise<void>;
  /**
   * A text file of a container, running or not, as a tar; undefined when not there.
   * @throws EngineError when it is larger than any text of rsent
   */
  getArchive(name: string, path: string): Promise<Buffer | undefined>;
  /** A file or a directory as a stream, for what is too large to be held in memory. */
  openArchive(name: string, path: string): Promise<Readable | undefined>;
  /**
   * Unpack a tar into a directory of a container; owners and modes are those of the tar.
   * @param replaces a file may take the place of a directory with all in it, and the other way
   * round; else that is an error
   */
  putArchive(name: string, path: string, tar: Buffer | Readable, replaces?: boolean): Promise<void>;
  /** Undefined when there is no such file. */
  fileFacts(name: string, path: string): Promise<FileFacts | undefined>;

  /** Containers in any state; with labels, only those that carry all of them. */
  containers(labels?: Labels): Promise<ContainerFacts[]>;
  /** What it has been through; undefined when there is none of that name. */
  containerLife(name: string): Promise<ContainerLife | undefined>;
  createContainer(container: ContainerSpec): Promise<void>;
  /** @throws EngineError `name-taken` when another one has that name */
  renameContainer(name: string, to: string): Promise<void>;
  startContainer(name: string): Promise<void>;
  /**
   * SIGKILL: no last words, no shutdown.
   * @param quick done as soon as nothing runs in it any more: the engine takes its network away after
   * that, and may say meanwhile that it runs
   */
  killContainer(name: string, quick?: boolean): Promise<void>;
  /** SIGTERM, then SIGKILL after the grace time (s). */
  stopContainer(name: string, graceS: number): Promise<void>;
  pauseContainer(name: string): Promise<void>;
  resumeContainer(name: string): Promise<void>;
  /** Remove it, running or not. Not being there is no error. */
  removeContainer(name: string): Promise<void>;
  /** Take it off a network while it runs on. Being off already is no error. */
  disconnect(name: string, network: string): Promise<void>;
  /** Put it back on a network, at this address or at any. Being on it already is no error. */
  connect(name: string, network: string, ip: string | undefined): Promise<void>;
  /**
   * Names of containers as they get on a network, from now on: each has its address and its published
   * ports then, and nothing runs in it yet. Ends when the signal is aborted.
   */
  joins(network: string, signal: AbortSignal): AsyncIterable<string>;
  /** Start a command inside a running container; it ends when it is closed or by itself. */
  exec(name: string, command: readonly string[]): Promise<ExecSession>;
  /** The same with all its streams and its exit code, on a terminal of its own when asked to. */
  attach(name: string, command: readonly string[], tty: boolean): Promise<Attached>;
  /** What it wrote to stdout and stderr, line by line. Ends quietly when the signal is aborted. */
  logLines(name: string, query: LogQuery): AsyncIterable<LogLine>;
  /** The last lines that it wrote to stdout and stderr. */
  logs(name: string, lines: number): Promise<string>;
}

/** How a command is run in a throw-away container. */
export interface RunOptions {
  /** The network it is on; none by default. */
  readonly network?: string;
  /** It gets no longer than this (ms); what it has printed by then counts. */
  readonly limitMs?: number;
}

/** A command at work in a container. */
export interface ExecSession {
  /** Write to its stdin. */
  write(text: string): void;
  /** What it writes to stdout and stderr, piece by piece. */
  onOutput(listener: (text: string) => void): void;
  onEnd(listener: () => void): void;
  /** End its stdin and listen no more. */
  close(): void;
}

/** A command at work in a container, as a program is for a shell. */
export interface Attached {
  readonly stdin: Writable;
  readonly stdout: Readable;
  /** Empty on a terminal, which knows no difference. */
  readonly stderr: Readable;
  /** When it has closed its output; all of it is in the streams by then. */
  readonly ended: Promise<void>;
  resize(size: TerminalSize): Promise<void>;
  /** Undefined while it runs. */
  exitCode(): Promise<number | undefined>;
  /** Let go of it. It is not told to end. */
  close(): void;
}

export interface TerminalSize {
  readonly rows: number;
  readonly columns: number;
}

/** Which lines of a log are wanted. */
export interface LogQuery {
  /** None that is older than this (as in LogLine). */
  readonly since?: string;
  /** So many of the last ones. */
  readonly tail?: number;
  /** Also what it will write, until it stops. */
  readonly follow: boolean;
  readonly signal: AbortSignal;
}

export interface EngineFacts {
  readonly version: string;
  /**
   * How users in its containers become users of its host that have no files there; undefined where
   * each is on the host who it is in the container.
   */
  readonly userMapping?: 'rootless' | 'userns-remap';
  /** What it makes the subnets of networks from; empty where it does not say. */
  readonly addressPools: readonly AddressPool[];
}

/** Networks get subnets of this size (prefix length) out of this CIDR. */
export interface AddressPool {
  readonly base: string;
  readonly size: number;
}

export interface ImageFacts {
  readonly id: string;
}

/** Progress of a pull: bytes known so far over all layers; total grows as layers are announced. */
export interface PullProgress {
  readonly doneBytes: number;
  readonly totalBytes: number;
}

export interface NetworkSpec {
  readonly name: string;
  readonly subnet: string;
  readonly labels: Labels;
}

export interface NetworkFacts {
  readonly id: string;
  readonly name: string;
  readonly subnets: readonly string[];
  /** Address of the engine's host on it. */
  readonly gateway?: string;
  readonly driver: string;
  readonly labels: Labels;
}

export interface VolumeFacts {
  readonly name: string;
  readonly labels: Labels;
}

export interface FileFacts {
  /** Tells what is there from what was there before. */
  readonly version: string;
  readonly isDirectory: boolean;
  readonly bytes: number;
  /** When it was last written (ms since 1970, by the engine's clock). */
  readonly writtenAt: number;
}

export interface ContainerFacts {
  readonly id: string;
  readonly name: string;
  readonly labels: Labels;
  readonly state: ContainerState;
  readonly image: string;
  /** Names of the networks that it is on. */
  readonly networks: readonly string[];
  /** Their ids, as they were when it got on them: another network may have a name by now. */
  readonly networkIds?: readonly string[];
  /** True when it lives in the network namespace of another container. */
  readonly sharesNetwork: boolean;
  /** Where TCP ports are published on the engine's host. */
  readonly published: readonly Address[];
  /** Paths of the engine's machine that are mounted in it; absent where the engine does not say. */
  readonly binds?: readonly string[];
  /** The volumes that are mounted in it, and where; absent where the engine does not say. */
  readonly volumes?: readonly { readonly name: string; readonly to: string }[];
  /** When it was made, by the engine's clock (ms since 1970). */
  readonly createdAt?: number;
}

export type EngineFailure =
  | 'unreachable'
  | 'silent'
  | 'no-such-image'
  | 'pull-failed'
  | 'name-taken'
  | 'subnet-taken'
  | 'port-taken'
  | 'address-taken'
  | 'address-gone'
  | 'network-gone'
  | 'paths-unseen'
  | 'cannot-run'
  | 'no-fixed-address'
  | 'hidden-containers'
  | 'not-found'
  | 'other';

/** A failure of the engine, sorted by what the caller can do about it. */
export class EngineError extends RsentError {
  readonly failure: EngineFailure;

  constructor(failure: EngineFailure, message: string, details: ErrorDetails = {}) {
    super('engine', message, details);
    this.failure = failure;
  }
}

/** True for an EngineError of this sort. */
export function failedWith(error: unknown, failure: EngineFailure): error is EngineError {
  return error instanceof EngineError && error.failure === failure;
}
