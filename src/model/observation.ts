import type { ContainerLife } from './container.js';
import type { JoinedChange } from './joined.js';
import type { RedisFacts } from './redis-facts.js';
import type { Answer } from './reply.js';
import type { SentinelFacts } from './sentinel-facts.js';
import type { Address, ContainerState, NodeKind, SeenState } from './topology.js';

// What servers answered: whoever reads a look needs these, too.
export type {
  AttachedReplica,
  Headway,
  RedisFacts,
  Upstream,
  Watcher,
  WriteFigures,
  WriteTrial,
} from './redis-facts.js';
export type { Answer, Replies, Reply } from './reply.js';
export type {
  Addressless,
  Ckquorum,
  ConfSaved,
  LinkFacts,
  MonitoredMaster,
  MonitoredPeer,
  MonitoredReplica,
  SentinelFacts,
} from './sentinel-facts.js';
export type { AccessFacts, Denied, ServerFacts, Untold, UserFacts } from './server-facts.js';

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
  /** Its process is seen to be stopped, as by a signal: it goes on when it is let, and by no waiting. */
  readonly isFrozen?: true;
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

/**
 * Where the data of a node that runs is: in its files, in files that have no name any more, or other
 * files are there. 'unsaved': it writes no append-only file, and its next start loads the one that is there.
 */
export type OnDisk = 'there' | 'gone' | 'other' | 'unsaved';

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

/** Narrow an observation to one kind of node. */
export function observedOf<K extends NodeKind>(
  observation: Observation,
  kind: K,
): Extract<NodeObservation, { kind: K }>[] {
  return observation.nodes.filter(
    (node): node is Extract<NodeObservation, { kind: K }> => node.kind === kind,
  );
}
