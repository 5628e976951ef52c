import type { User } from '../model/access.js';
import type { Owner } from '../model/container.js';
import type { ConfEdit } from '../model/plan.js';
import {
  type Address,
  type ContainerState,
  type NodePlacement,
  ofKind,
  sameAddress,
  type TopologyRecord,
  withUnfinished,
} from '../model/topology.js';
import type { Branch } from './branches.js';
import type { Templates } from './conf.js';
import type { InSync } from './in-sync.js';
import type { Epochs, KeptRedis } from './kept.js';

/** All that the plan depends on, read beforehand. */
export interface UpFacts {
  readonly record: TopologyRecord;
  /** Absolute path of the topology's directory on the engine's host. */
  readonly directory: string;
  readonly templates: Templates;
  /** What the containers run as. */
  readonly user: Owner;
  /** True when files must be handed over to that user. */
  readonly chown: boolean;
  /** The server program in the image: redis-server or valkey-server. */
  readonly server: string;
  /** What that program says of itself: 7.0.15. */
  readonly version: string;
  /** False before 7.0, which has no SENTINEL DEBUG. */
  readonly canHasten: boolean;
  /** Whose passwords are on disk already. */
  readonly keptPasswords: ReadonlySet<User>;
  /** True when the authority for TLS, or the user's own certificate, is on disk already. */
  readonly hasAuthority: boolean;
  /** IPv4 addresses of this host. */
  readonly hostAddresses: readonly string[];
  /** Nodes whose certificate is on disk already. */
  readonly certified: ReadonlySet<string>;
  /** True when the record on disk is this one already. */
  readonly recorded: boolean;
  /** Nodes whose volume is there already; nobody asks where there are only directories. */
  readonly volumes?: ReadonlySet<string>;
  readonly networkExists: boolean;
  /** A container was made on a network that is not there any more. */
  readonly stranded?: boolean;
  /** State of the container that holds the network namespace; undefined when there is none. */
  readonly pod: ContainerState | undefined;
  /** Containers of this topology that exist already, by node name. */
  readonly containers: ReadonlyMap<string, ContainerState>;
  /** Nodes whose container is on no network, as a partition leaves it when nobody heals it. */
  readonly cut: ReadonlySet<string>;
  /** Nodes whose container, in which nothing runs, would publish another port than is recorded. */
  readonly misplaced?: ReadonlySet<string>;
  /** Roles found in kept redis.confs, by node name; a node without a conf is not in it. */
  readonly keptRedis: ReadonlyMap<string, KeptRedis>;
  /** Sentinels whose conf is on disk already, by node name. */
  readonly keptSentinels: ReadonlySet<string>;
  /** Whom the kept Sentinels watch, by node name. */
  readonly watched?: ReadonlyMap<string, Address>;
  /** Nodes that have no directory for their conf, or none for their data. */
  readonly bare?: ReadonlySet<string>;
  /** Nodes that run without a directory and say that they follow the master. */
  readonly strayed?: ReadonlySet<string>;
  /** Data nodes that are to be given all their data anew; what they have is kept beside it. */
  readonly rebuilding?: ReadonlySet<string>;
  /** Name under which that is kept. */
  readonly asideAs?: string;
  /** Data nodes that copy a master which may not have had all their commands; what they have is kept, too. */
  readonly branched?: ReadonlyMap<string, Branch>;
  /** Name under which that is kept. */
  readonly branchAs?: string;
  /** How far the master's files had come before anything starts. */
  readonly begins?: Pick<InSync, 'master' | 'mark'>;
  /** Data nodes that have no data and start. */
  readonly lacking?: readonly string[];
  /** Who becomes master because the last one has nothing, or lacks commands, and what it has. */
  readonly promoted?: {
    readonly from: string;
    readonly to: string;
    readonly bytes: number;
    readonly missing?: number | undefined;
    /** It was the master when all was stopped, and older confs name another one. */
    readonly wasMaster?: true | undefined;
  };
  readonly master: Address;
  /** What the kept Sentinels knew of epochs. */
  readonly epochs: Epochs;
  /** What the kept confs say of the settings and should not, by node name. */
  readonly confEdits?: ReadonlyMap<string, readonly ConfEdit[]>;
  /** Size of the dump that the first data node begins with; absent where it begins with nothing. */
  readonly dumpBytes?: number;
}

/**
 * True when no container can be used as it is: the network, or the network namespace, that they
 * live in has gone, and a new one is another one; or they are to have other addresses or limits.
 */
export function mustBeRemade({ record, pod, networkExists, stranded }: UpFacts): boolean {
  const { placement, unfinished } = record;
  const isGone = !placement.joined && !networkExists;
  const isPodGone = placement.pod !== undefined && pod !== 'running';
  const isMoving = (unfinished?.moves?.length ?? 0) > 0;
  const isMeant = isMoving || unfinished?.remaking === true;
  return isGone || isPodGone || isMeant || stranded === true;
}

/**
 * The same with a node that is to leave among those of the placement where it is master still: all
 * others are replicas of it, so it must run until another one is master.
 */
export function withLastMaster(facts: UpFacts): UpFacts {
  const { record, master } = facts;
  const last = ofKind(record.unfinished?.leaving ?? [], 'redis').filter(({ address }) =>
    sameAddress(address, master),
  );
  if (last.length === 0) return facts;
  const nodes = [...record.placement.nodes, ...last];
  return { ...facts, record: { ...record, placement: { ...record.placement, nodes } } };
}

/** True when the container that a node may have cannot be used as it is. */
export function isReplaced({ name }: NodePlacement, facts: UpFacts): boolean {
  const isOther = facts.misplaced?.has(name) === true || facts.rebuilding?.has(name) === true;
  return mustBeRemade(facts) || isOther;
}

/** True when the conf that a node may have counts for nothing: it is written anew. */
export function isRewritten({ name }: NodePlacement, { record: { unfinished } }: UpFacts): boolean {
  const isAll = unfinished?.remaking === true || unfinished?.resetting === true;
  return isAll || unfinished?.joining?.includes(name) === true;
}

/** True when its container runs already, and can stay as it is. */
export function isUp(node: NodePlacement, facts: UpFacts): boolean {
  if (mustBeRemade(facts) || facts.record.unfinished?.resetting) return false;
  if (facts.rebuilding?.has(node.name)) return false;
  const state = facts.containers.get(node.name);
  return state === 'running' || state === 'restarting';
}

/** True when its process goes on, be it after a pause. */
export function goesOn(node: NodePlacement, facts: UpFacts): boolean {
  if (isUp(node, facts)) return true;
  const isKilled = facts.record.unfinished?.resetting === true;
  return facts.containers.get(node.name) === 'paused' && !isReplaced(node, facts) && !isKilled;
}

/** The record once all confs are as they should be, or undefined when it says so already. */
export function settledRecord({ record }: UpFacts): TopologyRecord | undefined {
  const { moves, remaking, resetting, joining, ...left } = record.unfinished ?? {};
  if (!(moves || remaking || resetting || joining)) return undefined;
  return withUnfinished(record, left);
}

/** The same once the data of a backup is there, too. */
export function restoredRecord(facts: UpFacts): TopologyRecord {
  const record = settledRecord(facts) ?? facts.record;
  const { restoring: _, ...left } = record.unfinished ?? {};
  return withUnfinished(record, left);
}

/** What the facts say of a topology of which nothing is there yet. */
export const NOTHING_THERE = {
  keptPasswords: new Set(),
  certified: new Set(),
  networkExists: false,
  pod: undefined,
  containers: new Map(),
  cut: new Set(),
  keptRedis: new Map(),
  keptSentinels: new Set(),
  epochs: { config: 0, current: 0 },
} satisfies Partial<UpFacts>;
