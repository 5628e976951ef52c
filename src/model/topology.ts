import type { Restoring } from './backup.js';
import type { NetworkForm, TopologySpec } from './spec.js';

export type NodeKind = 'redis' | 'sentinel';

/** An IPv4 address and a TCP port. */
export interface Address {
  readonly ip: string;
  readonly port: number;
}

/** Where one node lives: decided once, before anything is created. */
export interface NodePlacement {
  readonly name: string;
  readonly kind: NodeKind;
  readonly container: string;
  /** Its proper name, where somebody has given the container another one. Never recorded. */
  readonly renamedFrom?: string;
  /** Name of its directory, below the topology's. */
  readonly folder: string;
  /** Where the other nodes and Sentinel's clients find it. */
  readonly address: Address;
  /** Where the engine publishes it on this host. */
  readonly published: Address;
  /** A Sentinel's own id (`sentinel myid`): 40 hex digits. */
  readonly sentinelId?: string;
}

export interface Placement {
  readonly form: NetworkForm;
  readonly network: string;
  /** CIDR of the network. */
  readonly subnet: string;
  /** True where the network is somebody else's: never made, never removed. */
  readonly joined: boolean;
  /** The container in whose network namespace all nodes live, in the form pod. */
  readonly pod?: string;
  /** Conf and data are in volumes of the engine; absent: in directories of this machine. */
  readonly storage?: 'volume';
  readonly nodes: readonly NodePlacement[];
}

/**
 * What was asked and where it was put, kept beside the data (`topology.json`), so that a
 * topology that sleeps keeps its addresses. What runs is asked of the engine, never of this.
 */
export interface TopologyRecord {
  readonly schemaVersion: 1;
  /** Whose it is: it is on all that was made for it. Absent in records of before it existed. */
  readonly origin?: string;
  readonly spec: TopologySpec;
  readonly placement: Placement;
  readonly unfinished?: Unfinished;
  /** It was healthy once with what it has: every data node had its files then. */
  readonly proven?: true;
}

/** What a verb has begun and not ended, in case that it never does: the next `up` goes on with it. */
export interface Unfinished {
  /** Kept confs may still hold the addresses on the left. */
  readonly moves?: readonly Move[];
  /** Containers and confs are being made anew. */
  readonly remaking?: true;
  /** All data is being removed: the user has said so. */
  readonly resetting?: true;
  /** Names of nodes that are new: what an earlier node of the name left counts for nothing. */
  readonly joining?: readonly string[];
  /** Nodes that are to leave; they are in the placement no more. */
  readonly leaving?: readonly NodePlacement[];
  /** The image that all nodes ran before. */
  readonly upgradingFrom?: string;
  /** Its data comes from a backup, and is not all there yet: it must not serve before. */
  readonly restoring?: Restoring;
  /** Secrets that are being replaced; what with is kept beside the data. */
  readonly rotating?: Rotating;
}

/** What a rotation replaces. */
export type Rotating = 'password' | 'certificates';

/** The same record with this left to do; with nothing, it does not speak of it. */
export function withUnfinished(
  { unfinished: _, ...record }: TopologyRecord,
  left: Unfinished,
): TopologyRecord {
  return Object.keys(left).length > 0 ? { ...record, unfinished: left } : record;
}

/** The same with those that are to leave among its nodes: until they have, they are there. */
export function withLeaving(record: TopologyRecord): TopologyRecord {
  const { placement, unfinished } = record;
  // The last one is the first to leave.
  const nodes = [...placement.nodes, ...[...(unfinished?.leaving ?? [])].reverse()];
  return { ...record, placement: { ...placement, nodes } };
}

/** A node's address of before, and its present one. */
export interface Move {
  readonly from: Address;
  readonly to: Address;
}

export type ContainerState = 'created' | 'running' | 'paused' | 'restarting' | 'exited' | 'dead';

/** True of a container in which nothing runs. */
export function isOff(state: ContainerState): boolean {
  return state === 'created' || state === 'exited' || state === 'dead';
}

/** What a container is seen to be: 'cut' when it runs, but on no network; 'absent' when there is none. */
export type SeenState = ContainerState | 'cut' | 'absent';

/** True of a container in which something runs, be it frozen, cut off, or about to start again. */
export function isOn(state: SeenState): boolean {
  return state === 'cut' || (state !== 'absent' && !isOff(state));
}

/** A container that carries this topology's labels, as the engine tells it. */
export interface RunningNode {
  readonly name: string;
  readonly kind: NodeKind;
  readonly container: string;
  readonly containerId: string;
  readonly state: ContainerState;
  /** True when it is on no network: nobody but its own processes can reach it. */
  readonly cut: boolean;
  readonly image: string;
  readonly address: Address;
  readonly published: Address;
  readonly masterName: string;
  /** Host directory that holds the topology's nodes. */
  readonly directory: string;
  /** Absent on what was made before it existed. */
  readonly origin?: string;
  readonly sentinelId?: string;
}

/** A topology rediscovered from labels. */
export interface RunningTopology {
  readonly name: string;
  readonly nodes: readonly RunningNode[];
  readonly network?: { readonly name: string; readonly subnet: string };
  /** State of the container that holds the nodes' network namespace, in the form pod. */
  readonly pod?: ContainerState;
  /** A container was made on a network that is not there any more: it can never start again. */
  readonly stranded?: true;
  /** Names of containers that carry its labels and are not rsent's own (plan/ownership.ts). */
  readonly copies?: readonly string[];
}

/** 127.0.0.1 and its like: each machine, and each container, has one of its own. */
export function isLoopback(ip: string): boolean {
  return /^127\./.test(ip) || ['::1', 'localhost'].includes(plainHost(ip));
}

/** True of a name in the place of an IP address. */
export function isHostname(host: string): boolean {
  return /[a-z]/i.test(host) && !host.includes(':');
}

/** `ip:port` or `name:port`; of IPv6 `[ip]:port`, as it can be typed and read (RFC 3986). */
export function addressText({ ip, port }: Address): string {
  return ip.includes(':') ? `[${ip}]:${port}` : `${ip}:${port}`;
}

/** Names of a node that the user gave none: its own, its container's and its directory's. */
export function usualNames(topology: string, kind: NodeKind, index: number) {
  const name = `${kind}-${index + 1}`;
  return { name, container: `${topology}-${name}`, directory: name };
}

/** Name of the container in whose network namespace a topology's nodes may live. */
export function podName(topology: string): string {
  return `${topology}-pod`;
}

/** False where all nodes share one network: none of them can be cut off alone. */
export function canBeCut({ form }: Pick<Placement, 'form'>): boolean {
  return form !== 'pod';
}

/** The address that a node must have on its network; undefined where any will do. */
export function fixedIp(
  { form }: Pick<Placement, 'form'>,
  { address }: Pick<NodePlacement, 'address'>,
): string | undefined {
  return form === 'bridge' ? address.ip : undefined;
}

/** Where this host reaches what is published: on all addresses means on its own loopback too. */
export function fromHere(published: Address): Address {
  return published.ip === '0.0.0.0' ? { ...published, ip: '127.0.0.1' } : published;
}

/** True when both name the same endpoint, however an IPv6 address is spelled (RFC 4291, 2.2). */
export function sameAddress(a: Address, b: Address): boolean {
  return a.port === b.port && (a.ip === b.ip || plainHost(a.ip) === plainHost(b.ip));
}

/** A host in one spelling: an IPv6 address as inet_ntop writes it, and all in lower case. */
export function plainHost(host: string): string {
  const [address = '', ...zone] = host.toLowerCase().split('%');
  const url = `http://[${address}]/`;
  if (!address.includes(':') || !URL.canParse(url)) return host.toLowerCase();
  return [new URL(url).hostname.slice(1, -1), ...zone].join('%');
}

/** Nodes of one kind, in the order given. */
export function ofKind<N extends { readonly kind: NodeKind }>(
  nodes: readonly N[],
  kind: NodeKind,
): N[] {
  return nodes.filter((node) => node.kind === kind);
}

/** More than half of `count`: what a Sentinel needs to be elected leader. */
export function majorityOf(count: number): number {
  return Math.floor(count / 2) + 1;
}
