import type { TopologySpec } from '../model/spec.js';
import type { NodePlacement, Placement } from '../model/topology.js';
import { choosePorts, type TakenPort } from './ports.js';
import { addressIn, chooseSubnet } from './subnets.js';

/** What is in use already, as found out on this machine and its engine. */
export interface Surroundings {
  readonly takenSubnets: readonly string[];
  readonly takenPorts: readonly TakenPort[];
}

const REDIS_PORT = 6379;
const SENTINEL_PORT = 26379;
const FIRST_REDIS_HOST = 11;
const FIRST_SENTINEL_HOST = 201;

/**
 * Where every node of a new topology will live.
 * @param newSentinelId makes a fresh 40-hex id, a different one at each call
 * @throws RsentError `topology` when no subnet or port is free
 */
export function place(
  spec: TopologySpec,
  around: Surroundings,
  newSentinelId: () => string,
): Placement {
  const subnet = chooseSubnet(around.takenSubnets, spec.name);
  const ports = publishedPorts(spec, around.takenPorts);
  const redis = ports.redis.map((port, i): NodePlacement => {
    const name = `redis-${i + 1}`;
    return {
      name,
      kind: 'redis',
      container: `${spec.name}-${name}`,
      address: { ip: addressIn(subnet, FIRST_REDIS_HOST + i), port: REDIS_PORT },
      published: { ip: spec.security.publish, port },
    };
  });
  const sentinels = ports.sentinel.map((port, i): NodePlacement => {
    const name = `sentinel-${i + 1}`;
    return {
      name,
      kind: 'sentinel',
      container: `${spec.name}-${name}`,
      address: { ip: addressIn(subnet, FIRST_SENTINEL_HOST + i), port: SENTINEL_PORT },
      published: { ip: spec.security.publish, port },
      sentinelId: newSentinelId(),
    };
  });
  return { network: `${spec.name}-net`, subnet, nodes: [...redis, ...sentinels] };
}

/**
 * The same places with published ports that are free now: what the other nodes know of a node
 * (its address) must not change once its conf is written, what is published may.
 * @throws RsentError `topology` when a port that the user named is taken
 */
export function republish(
  spec: TopologySpec,
  placement: Placement,
  takenPorts: readonly TakenPort[],
): Placement {
  const taken = new Set(takenPorts.map(({ port }) => port));
  if (!placement.nodes.some((node) => taken.has(node.published.port))) return placement;
  const free = publishedPorts(spec, takenPorts);
  const nodes = placement.nodes.map((node) => {
    const port = free[node.kind].shift() ?? node.published.port;
    return { ...node, published: { ...node.published, port } };
  });
  return { ...placement, nodes };
}

/**
 * The same while some nodes run: only nodes whose container is gone can move, and only those whose
 * port somebody else has taken meanwhile do.
 * @param running names of the nodes that have a container
 * @throws RsentError `topology` when a port that the user named is taken
 */
export function republishMissing(
  spec: TopologySpec,
  placement: Placement,
  takenPorts: readonly TakenPort[],
  running: ReadonlySet<string>,
): Placement {
  const own = placement.nodes.map(({ name, published }) => ({
    port: published.port,
    holder: `${name} of this topology`,
  }));
  const unusable = [...takenPorts, ...own];
  const nodes = placement.nodes.map((node) => {
    const isTaken = takenPorts.some(({ port }) => port === node.published.port);
    if (running.has(node.name) || !isTaken) return node;
    const choice = node.kind === 'redis' ? spec.redisPorts : spec.sentinelPorts;
    const flag = node.kind === 'redis' ? '--redis-port' : '--sentinel-port';
    const first = choice.named ? node.published.port : choice.first;
    const taken = choice.named ? takenPorts : unusable;
    const [port = 0] = choosePorts({ choice: { ...choice, first }, count: 1, flag }, taken);
    unusable.push({ port, holder: `${node.name} of this topology` });
    return { ...node, published: { ...node.published, port } };
  });
  return { ...placement, nodes };
}

function publishedPorts(spec: TopologySpec, taken: readonly TakenPort[]) {
  const redis = choosePorts(
    { choice: spec.redisPorts, count: spec.replicas + 1, flag: '--redis-port' },
    taken,
  );
  const ours = redis.map((port) => ({ port, holder: 'the data nodes of this topology' }));
  const sentinel = choosePorts(
    { choice: spec.sentinelPorts, count: spec.sentinels, flag: '--sentinel-port' },
    [...taken, ...ours],
  );
  return { redis, sentinel };
}
