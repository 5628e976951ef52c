import type { Given } from './given.js';
import type { Joined } from './joined.js';
import type { Setting } from './settings.js';
import type { Address } from './topology.js';

export type HealthState = 'healthy' | 'degraded' | 'down';

/** What an observation means. */
export interface Verdict {
  readonly state: HealthState;
  readonly healthy: boolean;
  readonly findings: readonly Finding[];
}

/** One thing that is not as it should be: what was seen, what was expected, what to do. */
export interface Finding {
  /** Stable, kebab-case: what scripts match on. */
  readonly code: string;
  /** Only errors make a topology unhealthy. */
  readonly severity: 'error' | 'warning';
  /** Name of the node it is about, or of the topology. */
  readonly subject: string;
  readonly saw: string;
  readonly expected: string;
  readonly fix: string;
  /** It is about the master: what all others feel of that follows from it. */
  readonly onMaster?: true;
  /** Why it matters, where that is not the same for all findings of the code. */
  readonly why?: string;
  /** Time alone may mend it: true right after a boot, a switch or a reconnect. */
  readonly settling?: boolean;
  /** Code of the finding that explains this one: it goes when that one is mended. */
  readonly followsFrom?: string;
  /** The address of the server that it is about, where its subject is another. */
  readonly about?: Address;
  /** Addresses of those that it is about, where they are several. */
  readonly among?: readonly Address[];
}

/** What the judge measures an observation against. */
export interface Expectation {
  readonly topology: string;
  readonly masterName: string;
  readonly nodes: readonly ExpectedNode[];
  /** Absent when the spec is not on this machine: then settings are not judged. */
  readonly settings?: {
    readonly quorum: number;
    readonly downAfterMs: number;
    readonly failoverTimeoutMs: number;
    readonly parallelSyncs: number;
    /** Replicas that the master must hear from to take writes. */
    readonly minReplicas: number;
    /** A password on every node. */
    readonly auth: boolean;
    /** A user of its own for everyone. */
    readonly acl: boolean;
    /** Who has which rights is what rsent's own templates say; absent where the user's do. */
    readonly ownUsers?: true;
    readonly tls: boolean;
    /** Name of the container in whose network namespace all nodes live. */
    readonly pod?: string;
    /** The address of the engine's host on the network where each node has its own. */
    readonly gateway?: string;
    /** What the nodes have of a network of somebody else's. */
    readonly joined?: Joined;
    /** Where the clients run: a network of the engine; undefined: this host. */
    readonly vantage?: string;
    /** Connections that every data node should take; absent where the user's templates decide. */
    readonly maxClients?: number;
    /** What each container may have. */
    readonly limits?: { readonly pids: number; readonly memoryBytes?: number };
    /** What every data node is set to. */
    readonly redisSettings?: readonly Setting[];
    /** What rsent gives each data node besides, by its name. */
    readonly given?: Readonly<Record<string, readonly Given[]>>;
    /** Its password is being replaced: two open every node until that is done. */
    readonly isRotating?: true;
    /** What a verb has begun and not ended, in words. */
    readonly unfinished?: readonly string[];
    /** The certificate of all nodes is the user's own. */
    readonly givenCertificate?: true;
    /** An upgrade is begun and not ended: from this image to that one. */
    readonly upgrading?: { readonly from: string; readonly to: string };
  };
}

export interface ExpectedNode {
  readonly name: string;
  readonly kind: 'redis' | 'sentinel';
  readonly container: string;
  /** Its proper name, where somebody has given the container another one. */
  readonly renamedFrom?: string;
  readonly address: { readonly ip: string; readonly port: number };
  /** Where the engine publishes it on its host. */
  readonly published?: { readonly ip: string; readonly port: number };
  readonly sentinelId?: string;
}
