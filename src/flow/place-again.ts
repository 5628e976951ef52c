import { RsentError } from '../model/errors.js';
import {
  type Joined,
  type JoinedChange,
  joinedChange,
  joinedOf,
  makeAgain,
} from '../model/joined.js';
import type { TopologySpec } from '../model/spec.js';
import {
  isOff,
  type Move,
  ofKind,
  type Placement,
  type RunningTopology,
  type TopologyRecord,
  withLeaving,
  withUnfinished,
} from '../model/topology.js';
import type { Surroundings } from '../plan/place.js';
import type { TakenPort } from '../plan/ports.js';
import { chained, type Relocated, toAddress, toFree, toPorts, toSubnet } from '../plan/relocate.js';
import { republish, republishMissing } from '../plan/republish.js';
import { chooseSubnet, freeAddresses, overlaps } from '../plan/subnets.js';
import type { Context } from './context.js';
import { seatJoiners } from './joiners.js';
import type { Shown } from './layout.js';
import { surroundings } from './survey.js';

/** What earlier attempts have run into. */
export interface Avoid {
  readonly subnets: string[];
  readonly ports: TakenPort[];
  shown: Shown;
}

/** What is in use, and addresses on a network of somebody else's that are about to be. */
interface Taken extends Surroundings {
  readonly claimed: readonly string[];
  /** The address that the gateway of a joined network has now, where it is another one. */
  readonly gateway?: string;
}

/**
 * A topology that exists already at its places; where somebody else has taken one meanwhile, at
 * another one. What other nodes know of a node changes only while none of them runs.
 * @throws RsentError `topology` when a place is taken and cannot be another
 */
export async function placeAgain(
  context: Context,
  existing: TopologyRecord,
  running: RunningTopology,
  avoid: Avoid,
): Promise<TopologyRecord> {
  const { spec, placement } = existing;
  // Nodes whose network, or network namespace, has ended are made anew, and with them what they
  // publish; until then none of them reaches another.
  const isPodGone = placement.pod !== undefined && running.pod !== 'running';
  const joined = joinedOf(existing);
  const change = joined && joinedChange(joined, await context.engine.networks());
  const isGone =
    isPodGone ||
    running.stranded === true ||
    change !== undefined ||
    (running.network === undefined && !placement.joined);
  // A container that does not run holds neither its address nor its port.
  const holding = running.nodes.filter(({ state }) => !isOff(state));
  const isAllOff = holding.length === 0;
  const present = new Set(isGone ? [] : holding.map(({ name }) => name));
  if (placement.nodes.every(({ name }) => present.has(name))) return existing;

  if (joined && change?.kind === 'gone') throw withoutNetwork(spec.name, joined);
  const at = gatewayNow(placement, change);
  const around = await surroundings(
    context,
    spec,
    at ? { published: { ip: at } } : placement.nodes[0],
  );
  const taken = {
    takenSubnets: [...around.takenSubnets, ...avoid.subnets],
    takenPorts: [...around.takenPorts, ...avoid.ports],
    ...(around.pools === undefined ? {} : { pools: around.pools }),
    claimed: avoid.shown.claimed ?? [],
    ...(at === undefined ? {} : { gateway: at }),
  };
  if (isAllOff || isGone) {
    const all = withLeaving(existing);
    return moved(existing, await freePlaces(context, all, running, taken));
  }
  const seated = await seatJoiners(context, existing, present, taken.claimed);
  const republished = republishMissing(spec, seated.placement, taken.takenPorts, present);
  return { ...existing, placement: republished };
}

/**
 * While nobody runs: addresses as well as ports can be others.
 * @param record with nodes that are to leave among the others: confs know of them still
 */
async function freePlaces(
  context: Context,
  { spec, placement, unfinished }: TopologyRecord,
  running: RunningTopology,
  { takenSubnets, takenPorts, pools, claimed, gateway }: Taken,
): Promise<Relocated> {
  const before = unfinished?.moves ?? [];
  const isKept = running.network !== undefined || !overlaps(placement.subnet, takenSubnets);
  const otherSubnet = () =>
    chooseSubnet([...takenSubnets, placement.subnet, ...subnetsOf(before)], spec.name, pools);
  const own = () => (isKept ? { placement, moves: [] } : toSubnet(placement, otherSubnet()));
  const home = placement.joined ? await onJoined(context, placement, before, claimed) : own();
  if (placement.form === 'bridge') {
    return { ...home, placement: republish(counting(spec, placement), home.placement, takenPorts) };
  }
  const ports = before.map(({ from }) => from.port);
  const elsewhere = gateway === undefined ? home : atGateway(home, gateway);
  const there = toPorts(spec, elsewhere.placement, takenPorts, ports);
  return { ...there, moves: chained(elsewhere.moves, there.moves) };
}

/** Where the nodes are published at the gateway of a joined network, and that is another one now. */
function gatewayNow({ joined }: Placement, change: JoinedChange | undefined): string | undefined {
  return joined || change?.kind !== 'other' ? undefined : change.now;
}

function atGateway(home: Relocated, gateway: string): Relocated {
  const there = toAddress(home.placement, gateway);
  return { ...there, moves: chained(home.moves, there.moves) };
}

function withoutNetwork(name: string, joined: Joined): RsentError {
  const { network } = joined;
  return new RsentError('topology', `${name} has joined the network ${network}, which is gone.`, {
    hint: `Nothing was changed. ${makeAgain(joined)} makes it again; then rsent up ${name} puts the nodes on it, with their data.`,
  });
}

/** With the counts of the nodes that are there, those that are to leave included. */
function counting(spec: TopologySpec, { nodes }: Placement): TopologySpec {
  const [redis, sentinels] = [ofKind(nodes, 'redis').length, ofKind(nodes, 'sentinel').length];
  return { ...spec, replicas: redis - 1, sentinels };
}

/** An engine keeps no address of somebody else's network for a container that does not run. */
async function onJoined(
  { engine }: Context,
  placement: Placement,
  before: readonly Move[],
  claimed: readonly string[],
): Promise<Relocated> {
  const held = placement.form === 'bridge' ? await engine.usedAddresses(placement.network) : [];
  const used = [...held, ...claimed];
  const network = (await engine.networks()).find(({ name }) => name === placement.network);
  const subnet = network?.subnets[0] ?? placement.subnet;
  const isFree = placement.nodes.every(({ address }) => !used.includes(address.ip));
  if (placement.form !== 'bridge' || (isFree && subnet === placement.subnet)) {
    return { placement, moves: [] };
  }
  const gateway = network?.gateway === undefined ? [] : [network.gateway];
  const avoid = before.map(({ from }) => from.ip);
  return toFree(placement, subnet, freeAddresses(subnet, [...used, ...gateway]), avoid);
}

function moved(existing: TopologyRecord, relocated: Relocated): TopologyRecord {
  const { leaving: before, ...rest } = existing.unfinished ?? {};
  const isLeaving = (name: string) => before?.some((each) => each.name === name) === true;
  const nodes = relocated.placement.nodes.filter(({ name }) => !isLeaving(name));
  const leaving = before?.map(
    (node) => relocated.placement.nodes.find(({ name }) => name === node.name) ?? node,
  );
  const moves = chained(rest.moves ?? [], relocated.moves);
  const placement = { ...relocated.placement, nodes };
  return withUnfinished(
    { ...existing, placement },
    {
      ...rest,
      ...(leaving === undefined ? {} : { leaving }),
      ...(moves.length > 0 ? { moves } : {}),
    },
  );
}

/** An address that confs may hold still must not become that of another node. */
function subnetsOf(moves: readonly Move[]): string[] {
  return moves.map(({ from }) => `${from.ip}/24`);
}
