import type { AccessFacts, ServerFacts, Untold } from './server-facts.js';
import type { Address } from './topology.js';

/** What is known of a data node by its own answers. */
export interface RedisFacts extends AccessFacts {
  readonly server: ServerFacts;
  /** Absent when every question was answered. */
  readonly untold?: Untold;
  readonly role: 'master' | 'slave' | 'other';
  /** What the ROLE command says; INFO and ROLE must agree. */
  readonly roleCommand: string;
  readonly loading: boolean;
  /** Absent when it is at nothing of the kind. */
  readonly headway?: Headway;
  readonly masterReplicationId: string;
  /** Bytes of replication stream produced (master) or applied (replica). */
  readonly offset: number;
  readonly replicas: readonly AttachedReplica[];
  /** Whole copies that it has sent since it was started (sync_full); absent where it does not tell. */
  readonly fullSyncs?: number;
  /** Hosts that read its replication stream and listen on no port; absent where there are none. */
  readonly readers?: readonly string[];
  readonly upstream?: Upstream;
  /** Replicas that count for min-replicas-to-write; absent where that is off. */
  readonly goodReplicas?: number;
  readonly appendOnly: boolean;
  /** Bytes of its append-only file, and the keys in its memory; absent while it rewrites the file. */
  readonly written?: { readonly bytes: number; readonly keys: number };
  readonly lastWriteOk: boolean;
  /** False after a snapshot that could not be written. */
  readonly lastSaveOk: boolean;
  /** Only asked where TLS is expected. */
  readonly tls?: { readonly plainPort: number; readonly replicates: boolean };
  /** Settings that the spec has something to say about, as it tells them. */
  readonly settings?: ReadonlyMap<string, string>;
  /** Its own figures of what decides whether it takes a write. */
  readonly figures?: WriteFigures;
  /** Every Sentinel that listens on it; absent where it does not tell. */
  readonly watchers?: readonly Watcher[];
  /** What became of a write that changes nothing; absent where none could be tried. */
  readonly trial?: WriteTrial;
  /** The server's words when the application's own write was refused for the rights of its user. */
  readonly forbidden?: string;
}

/** What INFO says of the limits that make a server refuse a write. Memory in bytes. */
export interface WriteFigures {
  readonly usedMemory: number;
  /** Buffers of replicas and of the append-only file, which do not count towards maxmemory. */
  readonly notCounted: number;
  /** 0: no limit. */
  readonly maxmemory: number;
  readonly policy: string;
  /** Keys with a time to live: all that a volatile policy may evict. */
  readonly volatileKeys: number;
  /** Open connections, those of replicas included; both count towards maxclients. */
  readonly connections: number;
  readonly clusterEnabled: boolean;
  /** `no-failover`, or what the command FAILOVER is doing; '' before 6.2. */
  readonly failoverState: string;
}

/** A SET that changes nothing, or the server's words when it refused. */
export type WriteTrial = { readonly taken: true } | { readonly taken: false; readonly why: string };

/** A Sentinel that listens on a data node, as that lists its connections. */
export interface Watcher {
  /** The first eight characters of its id. */
  readonly id: string;
  readonly address: string;
}

/** How far a data node has come with something that takes as long as there is data. */
export interface Headway {
  readonly what: 'load' | 'sync' | 'save';
  /** Bytes, or keys where it saves: more is further. */
  readonly amount: number;
  /** For people: `35 % of its data loaded, 100 s left`. */
  readonly text: string;
}

/** A replica as its master lists it (INFO replication, slaveN). */
export interface AttachedReplica {
  readonly address: Address;
  readonly state: string;
  readonly offset: number;
  /** Seconds since the replica's last acknowledgement. */
  readonly lagS: number;
}

/** A replica's own view of its master. */
export interface Upstream {
  readonly master: Address;
  readonly linkUp: boolean;
  /** For how long (ms) it has been down; absent while it is up, and where it does not tell. */
  readonly linkDownMs?: number;
  readonly syncInProgress: boolean;
  readonly readOnly: boolean;
  readonly priority: number;
  /** Sentinels list it (replica-announced); absent before 6.2.2, which has no such setting. */
  readonly announced?: boolean;
}
