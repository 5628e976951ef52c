import type { NodeObservation } from './observation.js';
import type { Address } from './topology.js';
import type { Expectation, Finding } from './verdict.js';

/**
 * One look at everything that takes part under one master name, whoever made it. It starts from
 * some addresses and follows what the Sentinels hand out.
 */
export interface Examination {
  readonly masterName: string;
  readonly servers: readonly Server[];
  /** Addresses that were named and not asked, as they were too many. */
  readonly leftOut: number;
  /** Every address that was handed out, word by word. */
  readonly told: readonly Told[];
  readonly hellos: readonly Hello[];
  /** What else its Sentinels monitor. */
  readonly otherMasters: readonly OtherMaster[];
  /** Of a topology of rsent: what it should be, which says where its nodes are. */
  readonly expectation?: Expectation;
}

/** One process that takes part, or an address at which there should be one. */
export interface Server {
  /** `sentinel 10.0.0.5:26379`, or the name of a node. */
  readonly name: string;
  /** Where the others find it; of several addresses the one that most Sentinels hand out. */
  readonly address: Address;
  /** Every address at which this very process answered. */
  readonly reachedAt: readonly Address[];
  /** Every address at which somebody spoke, who may have said nothing but that it wants a password. */
  readonly greetedAt: readonly Address[];
  readonly observed: NodeObservation;
  /** It belongs here: it was handed out, or is a Sentinel that monitors this name. */
  readonly member: boolean;
  /** The user has named it as a Sentinel. */
  readonly isDoor: boolean;
  /** Only this machine can reach its address. */
  readonly onlyHere: boolean;
  readonly greeting?: Greeting;
  /** Settings of a data node; absent when it does not tell them. */
  readonly settings?: Settings;
  /** Of a Sentinel: how it deals with the others. */
  readonly peering?: PeerFacts;
  /** Commands that it does not know by their own names; absent when it does not say. */
  readonly missingCommands?: readonly string[];
  /** Of a data node: as whom Sentinels log in, and what they may not; absent where nobody asked. */
  readonly sentinelUsers?: readonly SentinelUser[];
  /** What it has to do with copies, as a data node. */
  readonly copies?: Copies;
  /** It runs in a container, as far as it shows: then its 127.0.0.1 is not this machine's. */
  readonly contained: boolean;
  /** The master that it says it follows, word by word. */
  readonly follows?: Address;
}

/** What a server says to somebody who has said nothing of himself. */
export interface Greeting {
  readonly tls: boolean;
  /** It wants no password: it answered, or refused for a reason that comes after the password. */
  readonly open: boolean;
  /** It wants to know who asks. */
  readonly closed: boolean;
  /** Protected mode: it talks to its own machine only. */
  readonly denied: boolean;
  /** What it said instead of PONG, or the alert that ended TLS; absent where it said PONG. */
  readonly words?: string;
  /** The IP address behind the name that was dialled; absent where no name was. */
  readonly ip?: string;
}

/** How a Sentinel deals with its peers. Of passwords only marks, the same for the same one. */
export interface PeerFacts {
  /** As whom it logs in at them, and they at it, as all have the same conf as a rule. */
  readonly user: string;
  /** Its words when that user asks whether the master is down; absent where it answers. */
  readonly refuses?: string;
  /** What it says to them; absent where it does not tell. */
  readonly says?: string;
  /** With what it let rsent in; absent where it lets everyone in. */
  readonly opensWith?: string;
}

/** A user as which Sentinels are logged in at a data node. */
export interface SentinelUser {
  readonly name: string;
  /** Of what a Sentinel says there, what it may not; with the words of the server. */
  readonly refused: readonly { readonly command: string; readonly words: string }[];
}

/** A server's settings by their names; of a secret only a mark that is the same for the same one. */
export type Settings = ReadonlyMap<string, string>;

/** How often a data node has sent its whole data, and what waits for its replicas. */
export interface Copies {
  /** Between two looks. */
  readonly lately: number;
  /** Since its start. */
  readonly ever: number;
  /** Bytes in the output buffer of the replica that waits for most. */
  readonly buffered: number;
}

/** An address, who told it, and for what. */
export interface Told {
  readonly address: Address;
  /** Name of the Sentinel. */
  readonly by: string;
  readonly as: 'master' | 'replica' | 'sentinel';
}

/** What a Sentinel publishes about itself on every data node that it knows. */
export interface Hello {
  readonly sentinelId: string;
  readonly sentinel: Address;
  readonly masterName: string;
  readonly master: Address;
  /** The data node on which it was heard. */
  readonly heardOn: Address;
}

/** Another master of the same Sentinels. */
export interface OtherMaster {
  readonly name: string;
  readonly address: Address;
  readonly by: string;
}

/** A finding with the reason why it matters, and where others have met it. */
export interface Diagnosis extends Finding {
  readonly masterName: string;
  readonly why: string;
  /** Public threads and pages about it. */
  readonly threads: readonly string[];
}
