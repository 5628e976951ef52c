import type { TopologyRecord } from '../../src/model/topology.js';
import { aRecord } from './topology.js';

/** The usual topology, published where nobody listens: whatever else runs on this machine is not asked. */
export function anUnheardRecord(): TopologyRecord {
  const usual = aRecord();
  const nodes = usual.placement.nodes.map((each) => ({
    ...each,
    published: { ip: '127.0.0.1', port: 1 },
  }));
  return { ...usual, placement: { ...usual.placement, nodes } };
}
