import { RsentError } from '../model/errors.js';
import type { NetworkForm, NodeChoice, TopologySpec } from '../model/spec.js';
import {
  type Address,
  type NodeKind,
  type NodePlacement,
  type Placement,
  podName,
  usualNames,
} from '../model/topology.js';
import { choosePorts, type TakenPort } from './ports.js';
import { type AddressPool, addressIn, chooseSubnet } from './subnets.js';

/** What is in use already, as found out on this machine and its engine. */
export interface Surroundings {
  readonly takenSubnets: readonly string[];
  readonly takenPorts: readonly TakenPort[];
  /** What the engine was given to make subnets from; absent or empty: the usual ranges. */
  readonly pools?: readonly AddressPool[];
}

/** In which form the nodes get their addresses, and where they are published. */
export interface Layout {
  readonly form: NetworkForm;
  /** IPv4 address of the engine's host; announced too in the form announce. */
  readonly publish: string;
  /** The network to live on where it is not one of the topology's own. */
  readonly joined?: JoinedNetwork;
}

/** Somebody else's network. */
export interface JoinedNetwork {
  readonly name: string;
  readonly subnet: string;
  /** Addresses on it that nobody has. */
  readonly free: readonly string[];
}

const PORTS: Readonly<Record<NodeKind, number>> = { redis: 6379, sentinel: 26379 };
const FIRST_HOSTS: Readonly<Record<NodeKind, number>> = { redis: 11, sentinel: 201 };

/**
 * Where every node of a new topology will live.
 * @param newSentinelId makes a fresh 40-hex id, a different one at each call
 * @throws RsentError `topology` when no subnet, port or address is free
 */
export function place(
  spec: TopologySpec,
  layout: Layout,
  around: Surroundings,
  newSentinelId: () => string,
): Placement {
  const { form, joined } = layout;
  const subnet = joined?.subnet ?? chooseSubnet(around.takenSubnets, spec.name, around.pools);
  const ports = publishedPorts(spec, around.takenPorts);
  const node = (kind: NodeKind, port: number, i: number): NodePlacement => {
    const { name, ...usual } = usualNames(spec.name, kind, i);
    const { container, directory } = { ...usual, ...choiceOf(spec, kind, i) };
    const published = { ip: layout.publish, port };
    const index = kind === 'redis' ? i : spec.replicas + 1 + i;
    return {
      name,
      kind,
      container,
      folder: directory,
      address: form === 'bridge' ? inside(subnet, kind, i, joined?.free[index]) : published,
      published,
      ...(kind === 'sentinel' ? { sentinelId: newSentinelId() } : {}),
    };
  };
  if (joined !== undefined) requireRoom(spec, joined);
  return {
    form,
    network: joined?.name ?? `${spec.name}-net`,
    subnet,
    joined: joined !== undefined,
    ...(form === 'pod' ? { pod: podName(spec.name) } : {}),
    nodes: [
      ...ports.redis.map((port, i) => node('redis', port, i)),
      ...ports.sentinel.map((port, i) => node('sentinel', port, i)),
    ],
  };
}

/**
 * Address of a node on a network where each has its own.
 * @param free the one that was found free, on a network of somebody else's
 */
export function inside(
  subnet: string,
  kind: NodeKind,
  i: number,
  free: string | undefined,
): Address {
  return { ip: free ?? addressIn(subnet, FIRST_HOSTS[kind] + i), port: PORTS[kind] };
}

function requireRoom({ replicas, sentinels }: TopologySpec, { name, free }: JoinedNetwork): void {
  const needed = replicas + 1 + sentinels;
  if (free.length >= needed) return;
  throw new RsentError(
    'topology',
    `The network ${name} has ${free.length} free addresses; ${needed} are needed.`,
  );
}

function choiceOf({ nodes }: TopologySpec, kind: NodeKind, i: number): NodeChoice {
  return nodes?.[kind][i] ?? {};
}

/**
 * The port of every node: its own where the user gave it one, else the next free ones.
 * @throws RsentError `topology` naming every port that is wanted and taken
 */
export function publishedPorts(
  spec: TopologySpec,
  taken: readonly TakenPort[],
): Record<NodeKind, number[]> {
  const wished = [...(spec.nodes?.redis ?? []), ...(spec.nodes?.sentinel ?? [])].flatMap(
    ({ port }) => (port === undefined ? [] : [port]),
  );
  rejectTaken(wished, taken);
  const wishes = wished.map((port) => ({ port, holder: 'another node of this topology' }));
  const redis = portsOf(spec, 'redis', [...taken, ...wishes]);
  const ours = redis.map((port) => ({ port, holder: 'the data nodes of this topology' }));
  return { redis, sentinel: portsOf(spec, 'sentinel', [...taken, ...wishes, ...ours]) };
}

function portsOf(spec: TopologySpec, kind: NodeKind, taken: readonly TakenPort[]): number[] {
  const count = kind === 'redis' ? spec.replicas + 1 : spec.sentinels;
  const own = Array.from({ length: count }, (_, i) => choiceOf(spec, kind, i).port);
  const choice = kind === 'redis' ? spec.redisPorts : spec.sentinelPorts;
  const missing = own.filter((port) => port === undefined).length;
  const chosen = choosePorts({ choice, count: missing, flag: `--${kind}-port` }, taken);
  return own.map((port) => port ?? chosen.shift() ?? 0);
}

function rejectTaken(wished: readonly number[], taken: readonly TakenPort[]): void {
  const clashes = taken.filter(({ port }) => wished.includes(port));
  if (clashes.length === 0) return;
  const lines = clashes.map(({ port, holder }) => `  - port ${port} is held by ${holder}`);
  throw new RsentError('topology', `Ports that the spec names are taken:\n${lines.join('\n')}`, {
    hint: 'Free them, name others, or leave them out to get the next free ones.',
  });
}
