import type { StepBase } from './step.js';
import type { Address, Move, NodePlacement } from './topology.js';

/** Steps that change what is there, or take it away. */
export type Change =
  | StopContainer
  | KillContainer
  | RemoveNetwork
  | RemoveVolume
  | RemoveFile
  | RemoveOwn
  | EmptyDirectory
  | ReplaceFile
  | MoveAddresses
  | ForgetNodes
  | MonitorMaster
  | SetAside
  | KeepConf
  | RestoreConf
  | AdaptConf
  | Tell
  | HandOver
  | AwaitView
  | AwaitHealthy;

/** Have a container end by itself; it stays. */
export interface StopContainer extends StepBase {
  readonly kind: 'stop-container';
  readonly container: string;
}

/** End it at once: whatever it would save is of no use any more. */
export interface KillContainer extends StepBase {
  readonly kind: 'kill-container';
  readonly container: string;
  /** Done as soon as nothing runs in it: what follows does not use it. */
  readonly quick?: true;
}

export interface RemoveNetwork extends StepBase {
  readonly kind: 'remove-network';
  readonly network: string;
}

/** With all that is in it. */
export interface RemoveVolume extends StepBase {
  readonly kind: 'remove-volume';
  readonly volume: string;
}

export interface RemoveFile extends StepBase {
  readonly kind: 'remove-file';
  readonly path: string;
}

/** What of a topology's directory is rsent's own, and the directory where nothing else is in it. */
export interface RemoveOwn extends StepBase {
  readonly kind: 'remove-own';
  /** The directory. */
  readonly path: string;
  /** In this order. */
  readonly removals: readonly Removal[];
}

/** One thing to remove, in an order in which a directory comes after what is in it. */
export interface Removal {
  /** The names that lead to it from the topology's directory on. */
  readonly way: readonly string[];
  /**
   * `data`: what its server has in a data directory, and then that, where nothing else is in it;
   * `empty`: a directory that goes only when nothing is left in it.
   */
  readonly how: 'file' | 'data' | 'empty';
}

/** The directory stays, without what its server has in it. */
export interface EmptyDirectory extends StepBase {
  readonly kind: 'empty-directory';
  readonly path: string;
  /** Octal permission bits. */
  readonly mode: number;
  readonly owner?: { readonly uid: number; readonly gid: number };
}

/** Write a conf in the place of the one that is there. */
export interface ReplaceFile extends StepBase {
  readonly kind: 'replace-file';
  readonly path: string;
  readonly content: string;
  readonly mode: number;
  readonly owner?: { readonly uid: number; readonly gid: number };
}

/** Put new addresses in the place of old ones in a kept conf. */
export interface MoveAddresses extends StepBase {
  readonly kind: 'move-addresses';
  readonly path: string;
  readonly moves: readonly Move[];
  /** Where the node itself moves. */
  readonly own?: Move;
}

/** Take nodes that have left out of the conf of a stopped Sentinel. */
export interface ForgetNodes extends StepBase {
  readonly kind: 'forget-nodes';
  readonly path: string;
  readonly nodes: readonly Pick<NodePlacement, 'kind' | 'address' | 'sentinelId'>[];
}

/** Keep a directory under another name beside its place. One that is not there is no error. */
export interface SetAside extends StepBase {
  readonly kind: 'set-aside';
  readonly path: string;
  readonly to: string;
}

/** Have the conf of a stopped Sentinel watch another master. */
export interface MonitorMaster extends StepBase {
  readonly kind: 'monitor-master';
  readonly path: string;
  /** By which it knows the topology. */
  readonly masterName: string;
  readonly master: Address;
  /** All other data nodes. */
  readonly replicas: readonly Address[];
  /** From which on this holds: later than what any Sentinel knew. */
  readonly epochs: { readonly config: number; readonly current: number };
}

/** Keep a copy of a conf beside it, before a server of another image rewrites it. */
export interface KeepConf extends StepBase {
  readonly kind: 'keep-conf';
  readonly path: string;
  readonly copy: string;
  /** Whose server has written it. */
  readonly image: string;
}

/** Put the copy of a conf in its place; whom the node follows stays as it is now. */
export interface RestoreConf extends StepBase {
  readonly kind: 'restore-conf';
  readonly path: string;
  readonly copy: string;
}

/** Make a kept conf mean to a server of another version what it meant to the one before. */
export interface AdaptConf extends StepBase {
  readonly kind: 'adapt-conf';
  readonly path: string;
  /** Of the server that will read it: 7.0.15. */
  readonly version: string;
}

/** Say a command to a node. Never one with a secret in it. */
export interface Tell extends StepBase {
  readonly kind: 'tell';
  readonly node: string;
  readonly command: readonly [name: string, ...args: (string | number)[]];
}

/** The planned hand-over of the master to a replica, without losing a write. */
export interface HandOver extends StepBase {
  readonly kind: 'hand-over';
  /** A node that must not be master in the end. */
  readonly node: string;
}

/** Wait until a Sentinel is linked to exactly so many others and replicas, and could fail over. */
export interface AwaitView extends StepBase {
  readonly kind: 'await-view';
  readonly node: string;
  readonly replicas: number;
  readonly sentinels: number;
}

/** Wait until nothing is wrong with any node. */
export interface AwaitHealthy extends StepBase {
  readonly kind: 'await-healthy';
}
