import type { Address } from './topology.js';

/** Whom files belong to, and whom a container runs as. */
export interface Owner {
  readonly uid: number;
  readonly gid: number;
}

/** Nobody special in a container: the uid and gid of the redis user in the official images. */
export const REDIS_USER: Owner = { uid: 999, gid: 999 };

export type Labels = Readonly<Record<string, string>>;

/** A container in the words of no particular engine. */
export interface ContainerSpec {
  readonly name: string;
  readonly image: string;
  readonly entrypoint: readonly string[];
  readonly user: Owner;
  readonly labels: Labels;
  readonly network: Attachment;
  readonly limits: { readonly memoryBytes?: number; readonly pids: number };
  readonly ports: readonly PublishedPort[];
  readonly mounts: readonly Mount[];
}

/** A directory of the engine's machine; a volume; or nothing at all. */
export type Mount =
  | { readonly from: string; readonly to: string }
  | VolumeMount
  | { readonly empty: true; readonly to: string };

/** The labels are for the case that the volume has gone meanwhile: mounting makes a new one. */
export interface VolumeMount {
  readonly volume: string;
  readonly labels: Labels;
  readonly to: string;
}

/** On a network, at an address of its own or at any; or in the network namespace of a container. */
export type Attachment =
  | { readonly name: string; readonly ip?: string }
  | { readonly namespaceOf: string };

/** A TCP port of the container and where it is published on the engine's host. */
export interface PublishedPort {
  readonly inside: number;
  readonly published: Address;
}

/** What a container has been through since it was last started by somebody. */
export interface ContainerLife {
  /** How often the engine started it again because it had ended by itself. */
  readonly restarts: number;
  /** Of its last end; 0 while it runs. 137: killed by SIGKILL. */
  readonly exitCode: number;
  /** The kernel killed a process of it, because it used more than its limit. */
  readonly killedForMemory: boolean;
  /** Its memory limit; absent: none. */
  readonly memoryBytes?: number;
  /** How many processes and threads it may have; absent: no limit. */
  readonly pids?: number;
  /** How many processors it may use; absent: all. */
  readonly cpus?: number;
  /** When the engine starts it again. */
  readonly restart?: string;
}
