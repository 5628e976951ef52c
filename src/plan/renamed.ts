import {
  type RunningNode,
  type RunningTopology,
  type TopologyRecord,
  withLeaving,
} from '../model/topology.js';

/** A node whose container somebody has given another name. */
export interface Renamed {
  readonly node: string;
  readonly containerId: string;
  /** The name that it has. */
  readonly present: string;
  /** The name that its record has for it. */
  readonly proper: string;
}

/**
 * The nodes of a record whose containers have other names now. Their labels say whose they are; where
 * two say that they are the same node nobody can tell which is meant, and none is taken.
 */
export function renamedIn(
  record: TopologyRecord,
  { nodes }: Pick<RunningTopology, 'nodes'>,
): Renamed[] {
  return withLeaving(record).placement.nodes.flatMap(({ name, container }) => {
    const own = nodes.filter((each) => each.name === name && isOf(record, each));
    const [only] = own;
    if (only === undefined || own.length > 1 || only.container === container) return [];
    const { containerId } = only;
    return [{ node: name, containerId, present: only.container, proper: container }];
  });
}

function isOf({ origin }: TopologyRecord, node: RunningNode): boolean {
  return node.origin === origin;
}

/** The same record with the names that containers have now, for verbs that only look. */
export function withPresentNames(
  record: TopologyRecord,
  running: Pick<RunningTopology, 'nodes'>,
): TopologyRecord {
  const renamed = new Map(renamedIn(record, running).map((each) => [each.node, each]));
  if (renamed.size === 0) return record;
  const nodes = record.placement.nodes.map((node) => {
    const other = renamed.get(node.name);
    return other ? { ...node, container: other.present, renamedFrom: other.proper } : node;
  });
  return { ...record, placement: { ...record.placement, nodes } };
}
