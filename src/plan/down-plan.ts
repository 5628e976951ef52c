import type { Plan, Step } from '../model/plan.js';
import type { StepBase } from '../model/step.js';

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

const IN_ORDER = ['sentinel', 'redis', 'other'] as const;

/**
 * A step for each container. Sentinels first, so that nobody takes what follows for a failure;
 * what the nodes live in last. Each waits for all the parts before it.
 * @param verb what its id begins with: stop, remove
 * @param step what is to become of one, given its id and the steps that it waits for
 */
export function endInOrder(
  containers: DownFacts['containers'],
  verb: string,
  step: (container: DownFacts['containers'][number], base: StepBase) => Step,
): Step[] {
  const idOf = (name: string) => `${verb}:${name}`;
  return IN_ORDER.flatMap((part, nth) => {
    const earlier = IN_ORDER.slice(0, nth);
    const after = containers.flatMap(({ name, is }) => (earlier.includes(is) ? [idOf(name)] : []));
    const alike = containers.filter(({ is }) => is === part);
    return alike.map((container) => step(container, { id: idOf(container.name), after }));
  });
}

/**
 * Containers end in order; what the nodes live in goes last. The record goes before the volumes:
 * volumes without one can be removed by the next `down`, a record without volumes could be one of
 * another engine.
 */
export function downPlan(facts: DownFacts): Plan {
  const { networks, directory, volumes } = facts;
  const removals = endInOrder(facts.containers, 'remove', ({ name, is }, base) => {
    const force = is !== 'redis' || directory !== undefined ? { force: true as const } : {};
    return { kind: 'remove-container', ...base, container: name, ...force };
  });
  const all = removals.map(({ id }) => id);
  const record = directory === undefined ? [] : ['data'];
  const steps: readonly Step[] = [
    ...removals,
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
