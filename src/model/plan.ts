import type { User } from './access.js';
import type { DatabaseCount } from './backup.js';
import type { Change } from './change.js';
import type { ContainerSpec, Labels, Owner } from './container.js';
import type { StepBase } from './step.js';
import type { Address, TopologyRecord } from './topology.js';

/** What a verb will do, as plain data: printed by --dry-run, applied, undone backwards. */
export interface Plan {
  readonly version: 1;
  readonly topology: string;
  /** In an order in which they may run one after the other; `after` says what really must wait. */
  readonly steps: readonly Step[];
}

export type Step =
  | Change
  | WriteRecord
  | MakeDirectory
  | WriteSecret
  | MakeAuthority
  | IssueCertificate
  | WriteCertificate
  | WriteFile
  | WriteDump
  | FollowMaster
  | WriteSettings
  | CreateVolume
  | CreateNetwork
  | CreateContainer
  | StartContainer
  | ResumeContainer
  | ConnectContainer
  | RemoveContainer
  | AwaitReady
  | CheckKeys
  | AwaitAddress
  | AwaitSync
  | HastenSentinel;

/** Put settings into the conf of a node that does not run. All else in it stays. */
export interface WriteSettings extends StepBase {
  readonly kind: 'write-settings';
  readonly path: string;
  readonly edits: readonly ConfEdit[];
}

/** The lines of one directive, exchanged for others. */
export interface ConfEdit {
  /** The words that each of these lines begins with. */
  readonly start: readonly string[];
  /** What follows them, a list of words for each line. */
  readonly was: readonly (readonly string[])[];
  readonly now: readonly (readonly string[])[];
  /** Whose password follows them: it is put in as the conf is written, and taken back by nobody. */
  readonly secret?: User;
}

/** Keep what was asked and where it was put beside the data. */
export interface WriteRecord extends StepBase {
  readonly kind: 'write-record';
  readonly record: TopologyRecord;
}

export interface MakeDirectory extends StepBase {
  readonly kind: 'make-directory';
  readonly path: string;
  /** Octal permission bits. */
  readonly mode: number;
  readonly owner?: Owner;
}

/** Keep a password beside the data. It is not part of the plan. */
export interface WriteSecret extends StepBase {
  readonly kind: 'write-secret';
  /** Whose it is. */
  readonly user: User;
  readonly path: string;
  readonly mode: number;
}

/** Keep the authority that signs the nodes' certificates. Its key is not part of the plan. */
export interface MakeAuthority extends StepBase {
  readonly kind: 'make-authority';
  readonly certificate: string;
  readonly key: string;
}

/** Put a key of its own and a certificate for it beside a node's conf. */
export interface IssueCertificate extends StepBase {
  readonly kind: 'issue-certificate';
  /** The directory that gets tls.crt, tls.key and ca.crt. */
  readonly path: string;
  readonly names: NodeNames;
  readonly owner?: Owner;
}

/** Put the certificate that the user has given somewhere. It is not part of the plan. */
export interface WriteCertificate extends StepBase {
  readonly kind: 'write-certificate';
  /** The directory that gets tls.crt, tls.key and ca.crt: the topology's, or that of a conf. */
  readonly path: string;
  readonly owner?: Owner;
}

/** Everything that a node is reached by. */
export interface NodeNames {
  readonly commonName: string;
  readonly dnsNames: readonly string[];
  readonly ipAddresses: readonly string[];
}

/** Written only when absent: Redis and Sentinel rewrite their conf and own it from then on. */
export interface WriteFile extends StepBase {
  readonly kind: 'write-file';
  readonly path: string;
  readonly content: string;
  readonly mode: number;
  readonly owner?: Owner;
}

/** Put the dump of a backup where a node looks for its data. It is not part of the plan. */
export interface WriteDump extends StepBase {
  readonly kind: 'write-dump';
  readonly path: string;
  readonly bytes: number;
  readonly mode: number;
  readonly owner?: Owner;
}

/**
 * Point a kept redis.conf at the present master, so that the node never starts as a second one;
 * without a master the node is it, and follows nobody.
 */
export interface FollowMaster extends StepBase {
  readonly kind: 'follow-master';
  readonly path: string;
  readonly master?: Address;
}

/** The volume that holds conf and data of one node. */
export interface CreateVolume extends StepBase {
  readonly kind: 'create-volume';
  readonly volume: string;
  readonly labels: Labels;
}

export interface CreateNetwork extends StepBase {
  readonly kind: 'create-network';
  /** True where this host itself must be able to call the addresses on it. */
  readonly seenFromHost: boolean;
  readonly name: string;
  readonly subnet: string;
  readonly labels: Labels;
}

export interface CreateContainer extends StepBase {
  readonly kind: 'create-container';
  readonly container: ContainerSpec;
}

export interface StartContainer extends StepBase {
  readonly kind: 'start-container';
  readonly container: string;
}

export interface ResumeContainer extends StepBase {
  readonly kind: 'resume-container';
  readonly container: string;
}

/** Put a container that is on no network back on the topology's own. */
export interface ConnectContainer extends StepBase {
  readonly kind: 'connect-container';
  readonly container: string;
  readonly network: string;
  readonly ip?: string;
}

/** Remove a container that cannot be used as it is; data and conf are elsewhere. */
export interface RemoveContainer extends StepBase {
  readonly kind: 'remove-container';
  readonly container: string;
  /** It need not end by itself: it has nothing to save, or what it would save is to go, too. */
  readonly force?: true;
}

/** Wait until the node answers PING and is not loading its data. */
export interface AwaitReady extends StepBase {
  readonly kind: 'await-ready';
  readonly node: string;
}

/** Wait until the node that is being started has its address, before anything runs in it. */
export interface AwaitAddress extends StepBase {
  readonly kind: 'await-address';
  readonly node: string;
}

/** Make sure that the node has loaded what was saved: as many keys in every database. */
export interface CheckKeys extends StepBase {
  readonly kind: 'check-keys';
  readonly node: string;
  readonly databases: readonly DatabaseCount[];
}

/** Wait until the replica's link to its master is up. */
export interface AwaitSync extends StepBase {
  readonly kind: 'await-sync';
  readonly node: string;
  /**
   * Whom it is told to follow once more if it found nobody there: by itself it tries once a second
   * (replication.c, replicationCron). Only where it has no data, as its place in the history of the
   * replication is lost with that.
   */
  readonly master?: Address;
}

/** Shorten a Sentinel's ping period for the boot; `up` puts it back before it ends. */
export interface HastenSentinel extends StepBase {
  readonly kind: 'hasten-sentinel';
  readonly node: string;
}
