import { isDeepStrictEqual } from 'node:util';
import type { PortChoice, TopologySpec } from '../model/spec.js';
import { type NodeKind, type TopologyRecord, withLeaving } from '../model/topology.js';
import { publishedPorts } from '../plan/place.js';
import { chained, movesBetween } from '../plan/relocate.js';
import type { Context } from './context.js';
import { surroundings } from './survey.js';

/**
 * The record of a topology whose containers and confs are to be made anew by another spec. Its
 * nodes keep their data, and who is master.
 * @throws RsentError `topology` when a port that is asked for is taken
 */
export async function remade(
  context: Context,
  existing: TopologyRecord,
  spec: TopologySpec,
): Promise<TopologyRecord> {
  const placement = await placedAnew(context, existing, spec);
  const wide = (record: TopologyRecord) => withLeaving(record).placement;
  const earlier = existing.unfinished?.moves ?? [];
  const now = movesBetween(wide(existing), wide({ ...existing, placement }), earlier);
  const moves = chained(earlier, now);
  const unfinished = {
    ...existing.unfinished,
    remaking: true as const,
    ...(moves.length > 0 ? { moves } : {}),
  };
  return { ...existing, spec, placement, unfinished };
}

async function placedAnew(
  context: Context,
  { spec: before, placement }: TopologyRecord,
  spec: TopologySpec,
): Promise<TopologyRecord['placement']> {
  // In the other forms it is the address by which nodes are known.
  const ip = placement.form === 'bridge' ? spec.security.publish : undefined;
  const at = { published: { ip: ip ?? placement.nodes[0]?.published.ip ?? '' } };
  const isOther = (kind: NodeKind) =>
    !isDeepStrictEqual(portsOf(before, kind), portsOf(spec, kind));
  const staying = placement.nodes.filter(({ kind }) => !isOther(kind));
  const { takenPorts } = await surroundings(context, spec, at);
  const held = staying.map(({ name, published: { port } }) => ({ port, holder: name }));
  const free = publishedPorts(asking(spec, isOther), [...takenPorts, ...held]);
  const nodes = placement.nodes.map((node) => {
    const port = isOther(node.kind) ? (free[node.kind].shift() ?? 0) : node.published.port;
    const published = { ip: at.published.ip, port };
    return { ...node, published, address: placement.form === 'bridge' ? node.address : published };
  });
  return { ...placement, nodes };
}

/** The same spec asking for no ports for the kinds whose ports stay. */
function asking(spec: TopologySpec, isOther: (kind: NodeKind) => boolean): TopologySpec {
  const { nodes = { redis: [], sentinel: [] } } = spec;
  const any = (choice: PortChoice) => ({ ...choice, named: false });
  return {
    ...spec,
    ...(isOther('redis') ? {} : { redisPorts: any(spec.redisPorts) }),
    ...(isOther('sentinel') ? {} : { sentinelPorts: any(spec.sentinelPorts) }),
    nodes: {
      redis: isOther('redis') ? nodes.redis : [],
      sentinel: isOther('sentinel') ? nodes.sentinel : [],
    },
  };
}

function portsOf({ redisPorts, sentinelPorts }: TopologySpec, kind: NodeKind): PortChoice {
  return kind === 'redis' ? redisPorts : sentinelPorts;
}
