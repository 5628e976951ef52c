import type { NodePlacement } from '../model/topology.js';

/** Path of a node's conf file on the host. */
export function confPath(directory: string, node: Pick<NodePlacement, 'folder' | 'kind'>): string {
  return `${directory}/${node.folder}/conf/${node.kind}.conf`;
}
