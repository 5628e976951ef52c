import type { Address } from './topology.js';

/** What a client on this machine needs to know of a topology; no secret is in it. */
export interface Connection {
  readonly topology: string;
  /** The name under which the Sentinels know the master. */
  readonly masterName: string;
  /** Where the Sentinels are reached. */
  readonly sentinels: readonly Address[];
  readonly routes: readonly Route[];
  /** The engine's network on which all this is true; absent: this host's. */
  readonly network?: string;
  /** The application's user, on data nodes and Sentinels; absent: the default user. */
  readonly user?: string;
  /** Absent: no password is asked for. */
  readonly passwordFile?: string;
  /** Certificate of the authority that signed the nodes'; absent: no TLS. */
  readonly authorityFile?: string;
  /** The certificates need not name the nodes: a client must not ask for that. */
  readonly anyName?: true;
}

/** How one node is reached. */
export interface Route {
  readonly node: string;
  /** What Sentinel hands out. */
  readonly announced: Address;
  /** What can be dialled even where that cannot. */
  readonly reached: Address;
}

/** What `rsent connect` writes for. */
export const CLIENT_PROGRAMS = [
  'redis-cli',
  'redis-py',
  'ioredis',
  'node-redis',
  'go-redis',
  'jedis',
  'lettuce',
  'stackexchange',
  'env',
  'uri',
] as const;
export type ClientProgram = (typeof CLIENT_PROGRAMS)[number];
