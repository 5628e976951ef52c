import { lookup } from 'node:dns/promises';
import type { NetworkFacts } from '../engine/engine.js';
import { hostAddresses } from '../host/network.js';
import { LOOPBACK } from '../model/constants.js';
import { RsentError } from '../model/errors.js';
import type { TopologySpec } from '../model/spec.js';
import { isLoopback } from '../model/topology.js';
import type { JoinedNetwork, Layout } from '../plan/place.js';
import { addressIn, freeAddresses } from '../plan/subnets.js';
import type { Context } from './context.js';
import { crowdOf, rejectCrowd, tooManyNodes } from './crowd.js';

/** A layout, and why this one. */
export interface ChosenLayout extends Layout {
  readonly why: string;
}

/** What an attempt has shown that could not be asked for. */
export interface Shown {
  /** This host cannot call the addresses of containers. */
  readonly hidden?: boolean;
  /** The network to join gives no fixed addresses. */
  readonly noFixed?: boolean;
  /** Addresses on the network to join that somebody else is about to take. */
  readonly claimed?: readonly string[];
}

/**
 * In which form the nodes of a new topology get their addresses: what the user named, else what
 * makes them true for the clients on this engine.
 * @throws RsentError `spec` when engine and clients cannot be brought together like this
 */
export async function chooseLayout(
  context: Context,
  spec: TopologySpec,
  shown: Shown = {},
): Promise<ChosenLayout> {
  const { reach } = spec;
  const isAnnounced = reach.clients === 'lan' || reach.address !== undefined;
  const form = reach.network ?? (isAnnounced ? 'announce' : undefined);
  if (form === 'announce') {
    return announced(context, spec, 'every client knows the nodes by this address');
  }
  if (form === 'pod') return pod(context, 'as asked');
  if (reach.clients === 'containers') return amongContainers(context, spec, shown);
  if (!context.engine.local) {
    if (form === 'bridge') throw outOfReach(context);
    return announced(context, spec, 'the engine is on another machine');
  }
  if (shown.hidden && form === undefined) {
    return pod(context, 'this host cannot call the addresses of this engine’s containers');
  }
  if (shown.hidden) throw outOfReach(context);
  const crowd = await crowdOf(context, spec);
  if (crowd !== undefined) {
    if (form === undefined) return pod(context, crowd);
    throw tooManyNodes(crowd);
  }
  return {
    form: 'bridge',
    publish: spec.security.publish,
    why: 'this host calls the addresses of containers directly',
  };
}

function outOfReach({ engine }: Context): RsentError {
  return new RsentError(
    'spec',
    `network is bridge, and this host cannot call the addresses of containers of ${engine.endpoint}.`,
    { hint: 'Leave --network out, or say --clients containers if nobody calls from this host.' },
  );
}

function pod({ engine }: Context, why: string): ChosenLayout {
  if (engine.local) return { form: 'pod', publish: LOOPBACK, why };
  throw new RsentError(
    'spec',
    `network is pod, and the engine at ${engine.endpoint} is not here.`,
    {
      hint: 'A pod is reached at 127.0.0.1 of the engine’s own host. Leave --network out.',
    },
  );
}

async function announced(
  context: Context,
  { reach, security }: TopologySpec,
  why: string,
): Promise<ChosenLayout> {
  const publish = reach.address ?? (await addressOfEngine(context));
  if (context.engine.local && !hostAddresses().includes(publish)) {
    throw new RsentError('spec', `${publish} is not an address of this host.`, {
      hint: `Legal for --address are: ${hostAddresses().join(', ') || '(this host has none)'}.`,
    });
  }
  if (!security.auth) throw withoutPassword(publish);
  return { form: 'announce', publish, why };
}

function withoutPassword(address: string): RsentError {
  return new RsentError(
    'spec',
    `The nodes would be published on ${address}, where others can reach them, without a password.`,
    { hint: 'Nothing was created. An open Redis is found and abused within hours: add --auth.' },
  );
}

async function addressOfEngine({ engine }: Context): Promise<string> {
  const host = engine.host;
  const hint = 'Say at which address clients call the engine’s host: --network announce --address.';
  if (host === undefined) {
    throw new RsentError('spec', 'network is announce, and there is no address.', { hint });
  }
  const found = await lookup(host, { family: 4 }).catch(() => undefined);
  if (found?.family === 4 && !isLoopback(found.address)) return found.address;
  throw new RsentError('spec', `${host}, where the engine is, has no IPv4 address to announce.`, {
    hint,
  });
}

async function amongContainers(
  context: Context,
  spec: TopologySpec,
  shown: Shown,
): Promise<ChosenLayout> {
  const { engine } = context;
  const publish = engine.local ? spec.security.publish : await addressOfEngine(context);
  if (!engine.local && !spec.security.auth) throw withoutPassword(publish);
  const { join } = spec.reach;
  if (join === undefined) {
    await rejectCrowd(context, spec);
    return { form: 'bridge', publish, why: 'containers on its network call each other directly' };
  }
  const network = await joinable(context, join);
  if (shown.noFixed) return atGateway(network);
  await rejectCrowd(context, spec);
  return {
    form: 'bridge',
    publish,
    joined: await joined(context, network, shown.claimed),
    why: `containers on ${join} call the nodes directly`,
  };
}

/**
 * The engine gives no fixed addresses on a network whose subnet nobody chose. All containers on it
 * reach the host at its gateway, and that one is fixed.
 */
function atGateway({ name, gateway }: NetworkFacts): ChosenLayout {
  if (gateway === undefined) {
    throw new RsentError('spec', `${name} gives no fixed addresses, and has no gateway.`, {
      hint: `Make it with a subnet of your own: docker network create --subnet 10.20.30.0/24 ${name}.`,
    });
  }
  const why = `${name} gives no fixed addresses; all containers on it reach the nodes at its gateway`;
  return { form: 'announce', publish: gateway, why };
}

async function joinable({ engine }: Context, name: string): Promise<NetworkFacts> {
  const networks = await engine.networks();
  const found = networks.find((network) => network.name === name);
  const [subnet] = found?.subnets ?? [];
  if (found !== undefined && subnet !== undefined && found.driver === 'bridge') return found;
  const legal = networks.filter(({ driver }) => driver === 'bridge').map((each) => each.name);
  throw new RsentError('spec', `join is ${name}, which is no bridge network of the engine.`, {
    hint: `Nothing was created. Legal are: ${legal.join(', ')}.`,
  });
}

async function joined(
  { engine }: Context,
  network: NetworkFacts,
  claimed: readonly string[] = [],
): Promise<JoinedNetwork> {
  const [subnet = ''] = network.subnets;
  const used = await engine.usedAddresses(network.name);
  // Where the engine does not tell it, the gateway is the first address.
  const gateway = network.gateway ?? addressIn(subnet, 1);
  return {
    name: network.name,
    subnet,
    free: freeAddresses(subnet, [...used, ...claimed, gateway]),
  };
}
