import type { ContainerSpec } from '../../src/model/container.js';
import type { World } from './simulator.js';

/** What there is in the end, whatever the order of lines. */
export function endOf({ record, files, volumes, containers, network }: World): object {
  const sorted = [...files].map(([path, text]) => [path, text.split('\n').sort()]).sort();
  // A pod that was not made anew publishes the ports of those that have left, too.
  const needed = record?.placement.nodes.map(({ address }) => address.port) ?? [];
  const trimmed = ({ ports, ...spec }: ContainerSpec) => ({
    ...spec,
    ports: ports.filter(({ inside }) => needed.includes(inside)),
  });
  return {
    ...{ record, network, files: sorted, volumes: [...volumes].sort() },
    containers: [...containers]
      .map(([name, { spec, state }]) => [name, state, trimmed(spec)] as const)
      .sort(([a], [b]) => a.localeCompare(b)),
  };
}

/** Paths of the files with data. */
export function dataIn({ files }: World): string[] {
  return [...files.keys()].filter((path) => path.endsWith('.rdb')).sort();
}
