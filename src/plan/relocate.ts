import { RsentError } from '../model/errors.js';
import type { NodeChoices, TopologySpec } from '../model/spec.js';
import {
  type Address,
  addressText,
  type Move,
  type NodePlacement,
  type Placement,
  sameAddress,
} from '../model/topology.js';
import { choosePorts, type TakenPort } from './ports.js';
import { addressIn } from './subnets.js';

/** The same nodes at other addresses, and what that means for confs that hold the old ones. */
export interface Relocated {
  readonly placement: Placement;
  readonly moves: readonly Move[];
}

/** All nodes of a network of the topology's own on another subnet, each at its old place in it. */
export function toSubnet(placement: Placement, subnet: string): Relocated {
  const relocated = { ...placement, subnet };
  if (placement.form !== 'bridge') return { placement: relocated, moves: [] };
  return moved(relocated, ({ address }) => {
    const host = Number(address.ip.split('.')[3]);
    return { ...address, ip: addressIn(subnet, host) };
  });
}

/**
 * All nodes on a network of somebody else's at addresses that are free on it.
 * @param avoid addresses that must not be chosen although nobody has them
 * @throws RsentError `topology` when there are too few
 */
export function toFree(
  placement: Placement,
  subnet: string,
  free: readonly string[],
  avoid: readonly string[],
): Relocated {
  const own = new Set([...placement.nodes.map(({ address }) => address.ip), ...avoid]);
  const usable = free.filter((ip) => !own.has(ip));
  if (usable.length < placement.nodes.length) {
    throw new RsentError(
      'topology',
      `The network ${placement.network} has ${usable.length} free addresses; ${placement.nodes.length} are needed, as others took those of the topology.`,
    );
  }
  const of = new Map(placement.nodes.map(({ name }, i) => [name, usable[i] ?? '']));
  return moved({ ...placement, subnet }, ({ name, address }) => ({
    ...address,
    ip: of.get(name) ?? address.ip,
  }));
}

/** All nodes announced at another address of the engine's machine, each at its port. */
export function toAddress(placement: Placement, ip: string): Relocated {
  const { nodes } = placement;
  const published = nodes.map((node) => ({ ...node, published: { ...node.published, ip } }));
  return moved({ ...placement, nodes: published }, ({ address }) => ({ ...address, ip }));
}

/**
 * Nodes that are known by a port which somebody else has taken, on other ones; the others stay.
 * @param avoid ports that must not be chosen although nobody has them
 * @throws RsentError `topology` when the user named such a port
 */
export function toPorts(
  spec: TopologySpec,
  placement: Placement,
  takenPorts: readonly TakenPort[],
  avoid: readonly number[],
): Relocated {
  const taken = new Map(takenPorts.map(({ port, holder }) => [port, holder]));
  const unable = placement.nodes.filter(({ published }) => taken.has(published.port));
  rejectNamed(spec, unable, taken);
  const own = [...placement.nodes.map(({ published }) => published.port), ...avoid];
  const unusable = [...takenPorts, ...own.map((port) => ({ port, holder: 'this topology' }))];
  const ports = new Map(
    unable.map(({ name, kind }) => {
      const { first } = kind === 'redis' ? spec.redisPorts : spec.sentinelPorts;
      const need = { choice: { first, named: false }, count: 1, flag: `--${kind}-port` };
      const [port = 0] = choosePorts(need, unusable);
      unusable.push({ port, holder: name });
      return [name, port] as const;
    }),
  );
  const relocated = moved(placement, ({ name, address }) => ({
    ...address,
    port: ports.get(name) ?? address.port,
  }));
  const nodes = relocated.placement.nodes.map((node) => ({
    ...node,
    published: { ...node.published, port: ports.get(node.name) ?? node.published.port },
  }));
  return { ...relocated, placement: { ...relocated.placement, nodes } };
}

/** One after the other: what held the first address is at the last one. */
export function chained(before: readonly Move[], now: readonly Move[]): Move[] {
  const further = before.map(({ from, to }) => ({ from, to: currentAddress(to, now) }));
  const isNew = ({ from }: Move) => !before.some((each) => sameAddress(each.from, from));
  return [...further, ...now.filter(isNew)];
}

/** Where what was at this address is now. */
export function currentAddress(address: Address, moves: readonly Move[]): Address {
  return moves.find(({ from }) => sameAddress(from, address))?.to ?? address;
}

/**
 * The moves from one placement of nodes to another of the same nodes.
 * @param earlier moves that confs may not have made yet
 * @throws RsentError `topology` when a node would get what is the address of another one: after an
 * interruption nobody could tell the two apart
 */
export function movesBetween(
  before: Placement,
  after: Placement,
  earlier: readonly Move[],
): Move[] {
  const moves = before.nodes.flatMap(({ name, address: from }) => {
    const to = after.nodes.find((each) => each.name === name)?.address;
    return to === undefined || sameAddress(from, to) ? [] : [{ from, to }];
  });
  const clash = moves.find(
    ({ from, to }) =>
      before.nodes.some(({ address }) => sameAddress(address, to)) ||
      earlier.some((past) => sameAddress(past.from, to) && !sameAddress(past.to, from)),
  );
  if (clash === undefined) return moves;
  throw new RsentError(
    'topology',
    `${addressText(clash.to)} is the address of another node of the topology.`,
    { hint: 'Nothing was done. Choose ports that none of its nodes has or has just had.' },
  );
}

function moved(placement: Placement, to: (node: NodePlacement) => Address): Relocated {
  const nodes = placement.nodes.map((node) => ({ ...node, address: to(node) }));
  const moves = placement.nodes.map(({ address }, i) => ({
    from: address,
    to: nodes[i]?.address ?? address,
  }));
  return {
    placement: { ...placement, nodes },
    moves: moves.filter((each) => !sameAddress(each.from, each.to)),
  };
}

function rejectNamed(
  { nodes, redisPorts, sentinelPorts }: TopologySpec,
  unable: readonly NodePlacement[],
  taken: ReadonlyMap<number, string>,
): void {
  const wished = wishedPorts(nodes);
  const named = unable.filter(({ kind, published }) => {
    const { named: all } = kind === 'redis' ? redisPorts : sentinelPorts;
    return all || wished.includes(published.port);
  });
  if (named.length === 0) return;
  const lines = named.map(
    ({ name, published }) =>
      `  - ${name} lives at ${addressText(published)}, which is held by ${taken.get(published.port)}`,
  );
  throw new RsentError('topology', `Ports that the spec names are taken:\n${lines.join('\n')}`, {
    hint: 'Free them, or name others with --recreate.',
  });
}

function wishedPorts(nodes: NodeChoices | undefined): number[] {
  const all = [...(nodes?.redis ?? []), ...(nodes?.sentinel ?? [])];
  return all.flatMap(({ port }) => (port === undefined ? [] : [port]));
}
