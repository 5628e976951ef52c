import { RsentError } from '../model/errors.js';
import type { TopologySpec } from '../model/spec.js';
import {
  type NodeKind,
  type NodePlacement,
  type Placement,
  type Unfinished,
  usualNames,
} from '../model/topology.js';
import { inside } from './place.js';
import { choosePorts, type TakenPort } from './ports.js';

/** What there is for nodes that join. */
export interface Room {
  readonly takenPorts: readonly TakenPort[];
  /** Addresses that nobody has, on a network of somebody else's. */
  readonly free: readonly string[];
  /** A fresh 40-hex id for the Sentinel of this name. */
  readonly sentinelId: (name: string) => string;
}

/** A placement for other counts of nodes: the first ones stay as they are. */
export interface Resized {
  readonly placement: Placement;
  readonly joining: readonly string[];
  /** The last ones, which are in the placement no more; last one first. */
  readonly leaving: readonly NodePlacement[];
}

/**
 * The placement of the nodes that a spec with other counts has.
 * @throws RsentError `topology` when there is no port or address for a node that joins
 */
export function resize(spec: TopologySpec, placement: Placement, room: Room): Resized {
  const free = [...room.free];
  const taken = [...room.takenPorts, ...placement.nodes.map(held)];
  const add = (kind: NodeKind, i: number): NodePlacement => {
    const { name, ...usual } = usualNames(spec.name, kind, i);
    const choice = spec.nodes?.[kind][i] ?? {};
    const { container, directory } = { ...usual, ...choice };
    const published = {
      ip: placement.nodes[0]?.published.ip ?? '',
      port: choice.port ?? nextPort(spec, kind, i, taken),
    };
    taken.push({ port: published.port, holder: name });
    const ip = placement.joined ? nextFree(free, placement) : undefined;
    return {
      ...{ name, kind, container, folder: directory, published },
      address: placement.form === 'bridge' ? inside(placement.subnet, kind, i, ip) : published,
      ...(kind === 'sentinel' ? { sentinelId: room.sentinelId(name) } : {}),
    };
  };
  const all = (kind: NodeKind, count: number) =>
    Array.from({ length: count }, (_, i) => {
      const there = placement.nodes.find(({ name }) => name === `${kind}-${i + 1}`);
      return there ?? add(kind, i);
    });
  const nodes = [...all('redis', spec.replicas + 1), ...all('sentinel', spec.sentinels)];
  const names = (list: readonly NodePlacement[]) => new Set(list.map(({ name }) => name));
  const [before, after] = [names(placement.nodes), names(nodes)];
  return {
    placement: { ...placement, nodes },
    joining: nodes.flatMap(({ name }) => (before.has(name) ? [] : [name])),
    leaving: placement.nodes.filter(({ name }) => !after.has(name)).reverse(),
  };
}

/**
 * What has begun with nodes that join. A container gets no further ports once it is made: in the
 * form pod all are made anew.
 */
export function joiningIn({ pod }: Placement, joining: readonly string[]): Unfinished {
  return pod === undefined ? { joining } : { joining, remaking: true };
}

function held({ name, published }: NodePlacement): TakenPort {
  return { port: published.port, holder: `${name} of this topology` };
}

function nextPort(
  spec: TopologySpec,
  kind: NodeKind,
  i: number,
  taken: readonly TakenPort[],
): number {
  const { first, named } = kind === 'redis' ? spec.redisPorts : spec.sentinelPorts;
  const choice = { first: named ? first + i : first, named };
  const [port = 0] = choosePorts({ choice, count: 1, flag: `--${kind}-port` }, taken);
  return port;
}

function nextFree(free: string[], { form, network }: Placement): string | undefined {
  if (form !== 'bridge') return undefined;
  const ip = free.shift();
  if (ip !== undefined) return ip;
  throw new RsentError('topology', `The network ${network} has no free address left.`);
}
