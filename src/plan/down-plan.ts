import type { Plan, Step } from '../model/plan.js';

/** All that carries the labels of a topology, read beforehand. */
export interface DownFacts {
  readonly topology: string;
  readonly containers: readonly { readonly name: string; readonly is: Part }[];
  readonly networks: readonly { readonly id: string; readonly name: string }[];
  /** The directory with its record, where its data is to go too. */
  readonly directory?: string;
  /** Volumes that are to go. */
  readonly volumes: readonly string[];
}

/** What a container is to the topology. */
export type Part = 'sentinel' | 'redis' | 'other';

/**
 * Sentinels first: what goes after them must not look like a failure to anyone. What the nodes
 * live in goes last. The record goes before the volumes: volumes without one can be removed by the
 * next `down`, a record without volumes could be one of another engine.
 */
export function downPlan(facts: DownFacts): Plan {
  const { containers, networks, directory, volumes } = facts;
  const ids = (...parts: Part[]) =>
    containers.flatMap(({ name, is }) => (parts.includes(is) ? [`remove:${name}`] : []));
  const before = { sentinel: [], redis: ids('sentinel'), other: ids('sentinel', 'redis') };
  const removals = (part: Part) =>
    containers
      .filter(({ is }) => is === part)
      .map(({ name }): Step => {
        const id = `remove:${name}`;
        const force = part !== 'redis' || directory !== undefined ? { force: true as const } : {};
        return { kind: 'remove-container', id, after: before[part], container: name, ...force };
      });
  const all = ids('sentinel', 'redis', 'other');
  const record = directory === undefined ? [] : ['data'];
  const steps: readonly Step[] = [
    ...[...removals('sentinel'), ...removals('redis'), ...removals('other')],
    ...networks.map(({ id, name }): Step => {
      return { kind: 'remove-network', id: `network:${name}`, after: all, network: id };
    }),
    ...record.map((id): Step => {
      return { kind: 'remove-tree', id, after: all, path: directory ?? '' };
    }),
    ...volumes.map((volume): Step => {
      const after = [...all, ...record];
      return { kind: 'remove-volume', id: `volume:${volume}`, after, volume };
    }),
  ];
  return { version: 1, topology: facts.topology, steps };
}
