import type { Directives } from './directives.js';

/** What was asked for: every default filled in, every rule checked. Nobody re-checks it later. */
export interface TopologySpec {
  /** Name of the topology; safe as a path segment and as part of a container name. */
  readonly name: string;
  /** Name under which Sentinel knows the master. */
  readonly masterName: string;
  readonly image: ImageChoice;
  readonly replicas: number;
  readonly sentinels: number;
  /** How many Sentinels must agree that the master is gone. */
  readonly quorum: number;
  readonly timing: Timing;
  readonly guard: WriteGuard;
  readonly reach: Reach;
  readonly security: Security;
  readonly limits: Limits;
  readonly fsync: Fsync;
  readonly further: Further;
  readonly redisPorts: PortChoice;
  readonly sentinelPorts: PortChoice;
  /** Nodes that the user describes one by one, in their order; absent: none. */
  readonly nodes?: NodeChoices;
  /** A file name inside each node's data directory, or '' for the container log. */
  readonly logFile: string;
  /** Where conf and data are kept; chosen by rsent where the user names none. */
  readonly storage?: Storage;
  /** Directory whose templates replace rsent's own, or undefined. */
  readonly templates?: string;
}

/** Sentinel's per-master timings (sentinel.conf). */
export interface Timing {
  readonly downAfterMs: number;
  readonly failoverTimeoutMs: number;
  /** Replicas that may resync with the new master at the same time. */
  readonly parallelSyncs: number;
}

/** When a master refuses writes: while fewer replicas than this were heard from lately. */
export interface WriteGuard {
  /** 0 turns the guard off. */
  readonly minReplicas: number;
  /** Seconds since a replica's last acknowledgement for which it still counts. */
  readonly maxLagS: number;
}

/** When a write is on disk: within a second, or before it is acknowledged (redis.conf, appendfsync). */
export const FSYNCS = ['everysec', 'always'] as const;
export type Fsync = (typeof FSYNCS)[number];

/** Directives that rsent passes through to the confs as they are. */
export interface Further {
  readonly redis: Directives;
  readonly sentinel: Directives;
}

/** Where the clients run; all else about addresses follows from it. */
export interface Reach {
  readonly clients: Clients;
  /** How nodes get addresses; chosen by rsent where the user names none. */
  readonly network?: NetworkForm;
  /** The address of the engine's host that is announced to clients. */
  readonly address?: string;
  /** A network that exists already, to live on instead of one of its own. */
  readonly join?: string;
}

/** On this host, in other containers, on other machines. */
export const CLIENTS = ['host', 'containers', 'lan'] as const;
export type Clients = (typeof CLIENTS)[number];

/**
 * `bridge`: a network of fixed addresses, one for each node. `pod`: one network namespace for all,
 * every node on a port of its own on 127.0.0.1. `announce`: every node on a port of its own on an
 * address of the engine's host, and known by that.
 */
export const NETWORK_FORMS = ['bridge', 'pod', 'announce'] as const;
export type NetworkForm = (typeof NETWORK_FORMS)[number];

/** In directories of this machine, or in volumes of the engine, wherever that is. */
export const STORAGES = ['directory', 'volume'] as const;
export type Storage = (typeof STORAGES)[number];

export interface NodeChoices {
  readonly redis: readonly NodeChoice[];
  readonly sentinel: readonly NodeChoice[];
}

/** What the user gives a node besides its place; what is absent is chosen. */
export interface NodeChoice {
  readonly port?: number;
  readonly container?: string;
  /** Name of its directory, below the topology's. */
  readonly directory?: string;
}

/** Who gets in, and from where. */
export interface Security {
  /** A password on every data node and every Sentinel. */
  readonly auth: boolean;
  /** A user of its own for everyone who talks to a node, with no more rights than it needs. */
  readonly acl: boolean;
  /** TLS on every port, and between the nodes. */
  readonly tls: boolean;
  /** The user has brought the certificate of all nodes; absent: rsent issues one to each. */
  readonly givenCertificate?: true;
  /** IPv4 address of this host on which the ports are published. */
  readonly publish: string;
}

/** What a node may use of the machine; absent: as much as there is. */
export interface Limits {
  /** Of each container. */
  readonly memoryBytes?: number;
  /** Processes and threads of each container. */
  readonly pids: number;
  /** Redis's own limit for its data (redis.conf, maxmemory). */
  readonly maxmemoryBytes?: number;
}

export interface ImageChoice {
  readonly ref: string;
  /** True when the user named it: then no other image may stand in for it. */
  readonly named: boolean;
}

/** First published port of a kind of node; the nodes take it and the following ones. */
export interface PortChoice {
  readonly first: number;
  /** True when the user named it: then a taken port is an error, not a reason to move on. */
  readonly named: boolean;
}
