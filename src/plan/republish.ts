import { RsentError } from '../model/errors.js';
import type { TopologySpec } from '../model/spec.js';
import { addressText, type NodePlacement, type Placement } from '../model/topology.js';
import { publishedPorts } from './place.js';
import { choosePorts, type TakenPort } from './ports.js';

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
  const unable = placement.nodes.filter((node) => taken.has(node.published.port));
  if (unable.length === 0) return placement;
  rejectFixed(spec, placement, unable, takenPorts);
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
  const away = placement.nodes.filter(
    ({ name, published }) =>
      !running.has(name) && takenPorts.some(({ port }) => port === published.port),
  );
  rejectFixed(spec, placement, away, takenPorts);
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

/** A port that is part of an address in the confs, or that the user named, cannot be another one. */
function rejectFixed(
  { nodes }: TopologySpec,
  { form }: Placement,
  unable: readonly NodePlacement[],
  taken: readonly TakenPort[],
): void {
  const wished = [...(nodes?.redis ?? []), ...(nodes?.sentinel ?? [])].map(({ port }) => port);
  const fixed = unable.filter(
    ({ published }) => form !== 'bridge' || wished.includes(published.port),
  );
  if (fixed.length === 0) return;
  const lines = fixed.map(({ name, published }) => {
    const holder = taken.find(({ port }) => port === published.port)?.holder;
    return `  - ${name} lives at ${addressText(published)}, which is held by ${holder}`;
  });
  throw new RsentError('topology', `Ports of the topology are taken:\n${lines.join('\n')}`, {
    hint: 'They cannot be others: the nodes know each other by them, or the spec names them. Free them.',
  });
}
