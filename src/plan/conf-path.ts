import type { Plan } from '../model/plan.js';
import type { NodePlacement, TopologyRecord } from '../model/topology.js';

/** Path of a node's conf file on the host. */
export function confPath(directory: string, node: Pick<NodePlacement, 'folder' | 'kind'>): string {
  return `${directory}/${node.folder}/conf/${node.kind}.conf`;
}

/** True when a plan writes the confs of all nodes from rsent's own templates, which say all settings. */
export function writesAllConfs({ steps }: Plan, { spec, placement }: TopologyRecord): boolean {
  const written = new Set(steps.flatMap(({ kind, id }) => (kind === 'write-file' ? [id] : [])));
  const isAll = placement.nodes.every(({ name }) => written.has(`conf:${name}`));
  return isAll && spec.templates === undefined;
}
