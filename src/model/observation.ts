import type { ContainerLife } from './container.js';
import type { JoinedChange } from './joined.js';
import type { Account } from './rights.js';
import type { Address, ContainerState, NodeKind, SeenState } from './topology.js';

/** One look at a topology: facts, no adjectives. */
export interface Observation {
  /** Wall clock, ms since the epoch. */
  readonly at: number;
  readonly nodes: readonly NodeObservation[];
  /** State of the container in whose network namespace they live; absent where there is none. */
  readonly pod?: ContainerState | 'absent';
  /** What became of the network of somebody else's that was joined; absent where nothing did. */
  readonly joined?: JoinedChange;
  /** A container was made on a network that is not there any more. */
  readonly stranded?: true;
  /** Every address that a Sentinel hands out, dialled from this host. */
  readonly dials: readonly Dial[];
}

export interface Dial {
  readonly address: Address;
  /** Names of the Sentinels that hand it out. */
  readonly handedOutBy: readonly string[];
  readonly reached: boolean;
  /** True when it answered somebody who gave no password. */
  readonly letsAnyoneIn?: boolean;
  readonly why?: string;
}

export type NodeObservation = RedisObservation | SentinelObservation;

interface NodeBase {
  readonly name: string;
  readonly container: SeenState;
  /** What its container has been through; absent where it was not asked, or has none. */
  readonly life?: ContainerLife;
  /** Absent where its conf file is in its place, or was not looked for. */
  readonly conf?: ConfAmiss;
  /** Name of the image of its container; absent where it has none. */
  readonly image?: string;
  /** When the certificate in its file ends (ms since the epoch); 0: unreadable; absent: none. */
  readonly certifiedUntil?: number;
  /** The IP addresses that the certificate in its file names; absent where none can be read. */
  readonly certifiedFor?: readonly string[];
  /** The certificate that it shows whoever connects; absent where there was no handshake. */
  readonly served?: ServedCertificate;
}

export interface ServedCertificate {
  /** When it ends (ms since the epoch). */
  readonly untilMs: number;
  readonly ipAddresses: readonly string[];
  /** It is the one in the file of the node. */
  readonly isOnDisk: boolean;
}

/** Where the data of a node that runs is: in its files, in files that have no name any more, or other files are there. */
export type OnDisk = 'there' | 'gone' | 'other';

/** A node that runs without its conf file: it goes on, and neither saves nor starts again. */
export interface ConfAmiss {
  /** 'other': a directory, a pipe or the like is in its place. */
  readonly is: 'gone' | 'other';
  readonly path: string;
}

export type RedisObservation = NodeBase & {
  readonly kind: 'redis';
  /** Absent where it was not looked at, or cannot be. */
  readonly onDisk?: OnDisk;
  readonly answer: Answer<RedisFacts>;
};
export type SentinelObservation = NodeBase & {
  readonly kind: 'sentinel';
  readonly answer: Answer<SentinelFacts>;
};

/** Not being reached is a fact too. */
export type Answer<Facts> =
  | { readonly reached: true; readonly facts: Facts }
  | { readonly reached: false; readonly why: string };

/** A reply as it came, or the error the server gave instead. */
export type Reply =
  | { readonly ok: true; readonly value: unknown }
  | { readonly ok: false; readonly error: string };

/** Replies by the question they answer. */
export type Replies<Question extends string = string> = Readonly<Record<Question, Reply>>;

export interface ServerFacts {
  /** `redis` or `valkey`, as the server says of itself. */
  readonly product: 'redis' | 'valkey';
  readonly version: string;
  readonly runId: string;
  readonly uptimeMs: number;
}

/** A permission that a user of the ACL lacks, in the words of ACL SETUSER without the plus; `on`: to log in. */
export interface Denied {
  readonly user: Account;
  readonly permission: string;
}

/** A user as a server describes it (ACL LIST), without its passwords. */
export interface UserFacts {
  readonly name: string;
  readonly isOn: boolean;
  readonly needsPassword: boolean;
  /** How many passwords open it. */
  readonly passwords: number;
  readonly keys: readonly string[];
  /** Absent before 6.2, which has no rights to channels. */
  readonly channels?: readonly string[];
  readonly commands: readonly string[];
  /** Further sets of rights (7.0), as they are written; '' for none. */
  readonly selectors: string;
}

/** What a server says of its users; absent where it does not tell. */
export interface AccessFacts {
  /** What users lack that nodes and client libraries need. */
  readonly denied?: readonly Denied[];
  /** What the application's user lacks besides: commands that work on data. */
  readonly curtailed?: readonly Denied[];
  /** What users may do that rsent does not let them. */
  readonly excess?: readonly Denied[];
  /** Commands that Sentinels or replicas send, and that the server has not by that name. */
  readonly renamed?: readonly string[];
  readonly users?: readonly UserFacts[];
  /** Passwords on it that are not the topology's, a name each; absent where none was compared. */
  readonly otherPasswords?: readonly string[];
}

/** Commands that a server did not answer, as the one who asks may not use them or it has none such. */
export interface Untold {
  readonly commands: readonly string[];
  /** In the server's words. */
  readonly why: string;
  /** The user lacks a right; else the server has no such command. */
  readonly isForbidden: boolean;
}

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

export interface SentinelFacts extends AccessFacts {
  readonly server: ServerFacts;
  /** Absent when every question was answered. */
  readonly untold?: Untold;
  /** Absent before 6.2, which has no SENTINEL MYID. */
  readonly myId?: string;
  readonly tilt: boolean;
  readonly simulateFailure: boolean;
  /** The master as this Sentinel describes it, or why it has none to describe. */
  readonly master: Answer<MonitoredMaster>;
  /** What it tells clients who ask for the master. */
  readonly handsOut?: Address;
  /** What it says of itself and peers (SENTINEL CONFIG GET), without passwords; absent before 6.2. */
  readonly settings?: ReadonlyMap<string, string>;
  /** It looks names up (resolve-hostnames); absent where it does not tell, as before 6.2. */
  readonly resolvesNames?: boolean;
  /** Commands that it sends under other names; absent where its conf was not read. */
  readonly renames?: readonly string[];
  /** All that it monitors, by name; absent where it does not tell. */
  readonly masters?: readonly { readonly name: string; readonly address: Address }[];
  readonly replicas: readonly MonitoredReplica[];
  readonly peers: readonly MonitoredPeer[];
  /** What it lists and nobody can dial; absent where there is nothing of the kind. */
  readonly addressless?: readonly Addressless[];
  readonly ckquorum: Ckquorum;
  /** Other values of SENTINEL DEBUG that are not the usual ones, as name and ms; absent where all are. */
  readonly changedTimes?: readonly string[];
  /** SENTINEL DEBUG ping-period; absent before 7.0. */
  readonly pingPeriodMs?: number;
  /** Result of SENTINEL FLUSHCONFIG, absent when it was not asked. */
  readonly confSaved?: ConfSaved;
}

/** An entry without an address: '' where a name cannot be resolved, port 0 where none was announced. */
export interface Addressless extends Address {
  readonly what: 'master' | 'replica' | 'sentinel';
}

export type ConfSaved = { readonly ok: true } | { readonly ok: false; readonly why: string };

export interface Ckquorum {
  readonly ok: boolean;
  /** Sentinels counted usable, this one included; undefined when the reply names none. */
  readonly usable?: number;
  readonly text: string;
}

/** Link facts that Sentinel keeps for every instance. Times in ms. */
export interface LinkFacts {
  readonly address: Address;
  readonly flags: readonly string[];
  readonly runId: string;
  /** 0 means that no PING is outstanding: a PONG really arrived. */
  readonly lastPingSentMs: number;
  readonly lastOkPingReplyMs: number;
  /** Since any reply to a PING, an error as well; absent where it does not say. */
  readonly lastPingReplyMs?: number;
}

export interface MonitoredMaster extends LinkFacts {
  readonly infoRefreshMs: number;
  readonly roleReported: string;
  readonly configEpoch: number;
  readonly replicaCount: number;
  readonly otherSentinelCount: number;
  readonly quorum: number;
  /** For how long (ms) this Sentinel has considered it down; absent while it does not. */
  readonly sinceDownMs?: number;
  readonly downAfterMs: number;
  readonly failoverTimeoutMs: number;
  readonly parallelSyncs: number;
  /** Present only while a failover runs. */
  readonly failoverState?: string;
}

export interface MonitoredReplica extends LinkFacts {
  readonly infoRefreshMs: number;
  readonly roleReported: string;
  readonly masterLinkOk: boolean;
  readonly master?: Address;
  readonly priority: number;
}

export interface MonitoredPeer extends LinkFacts {
  readonly lastHelloMs: number;
}

/** Narrow an observation to one kind of node. */
export function observedOf<K extends NodeKind>(
  observation: Observation,
  kind: K,
): Extract<NodeObservation, { kind: K }>[] {
  return observation.nodes.filter(
    (node): node is Extract<NodeObservation, { kind: K }> => node.kind === kind,
  );
}
