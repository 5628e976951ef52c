import type { Removal } from '../model/change.js';
import type { Plan, Step } from '../model/plan.js';

/** All that carries the labels of a topology, read beforehand. */
export interface DownFacts {
  readonly topology: string;
  readonly containers: readonly Present[];
  readonly networks: readonly { readonly id: string; readonly name: string }[];
  /** The directory with its record, and what is to go of it, where its data is to go too. */
  readonly data?: { readonly path: string; readonly removals: readonly Removal[] };
  /** Volumes that are to go. */
  readonly volumes: readonly string[];
}

/** A container of a topology. */
export interface Present {
  readonly name: string;
  readonly is: Part;
  /** True where something runs in it, be it paused. */
  readonly runs: boolean;
}

/** What a container is to the topology. */
export type Part = 'sentinel' | 'redis' | 'other';

/**
 * Sentinels end first, so that nobody takes what follows for a failure; what the nodes live in goes
 * last. Where the data goes too, nobody has to save it, and all nodes end at once. The record goes
 * before the volumes: volumes without one can be removed by the next `down`, a record without
 * volumes could be one of another engine.
 */
export function downPlan(facts: DownFacts): Plan {
  const { topology, networks, data, volumes } = facts;
  const removals = removalsOf(facts);
  const all = removals.map(({ id }) => id);
  const record = data === undefined ? [] : [{ kind: 'remove-own', id: 'data', ...data } as const];
  const steps: readonly Step[] = [
    ...removals,
    ...networks.map(({ id, name }): Step => {
      return { kind: 'remove-network', id: `network:${name}`, after: all, network: id };
    }),
    ...record.map((step): Step => ({ ...step, after: all })),
    ...volumes.map((volume): Step => {
      const after = [...all, ...record.map(({ id }) => id)];
      return { kind: 'remove-volume', id: `volume:${volume}`, after, volume };
    }),
  ];
  return { version: 1, topology, steps };
}

/**
 * The engine needs longer to take away what a Sentinel had than Sentinel needs to end: the data nodes
 * wait for that alone.
 */
function removalsOf({ containers, data, volumes }: DownFacts): Step[] {
  const dataGoes = data !== undefined || volumes.length > 0;
  const of = (part: Part) => containers.filter(({ is }) => is === part);
  const kills = (dataGoes ? [] : of('sentinel').filter(({ runs }) => runs)).map(
    ({ name }): Step => {
      const id = `kill:${name}`;
      return { kind: 'kill-container', id, after: [], container: name, quick: true };
    },
  );
  const killed = kills.map(({ id }) => id);
  const nodes = [
    ...of('sentinel').map(({ name }) => {
      const after = killed.filter((id) => id === `kill:${name}`);
      return removal(name, after, true);
    }),
    ...of('redis').map(({ name }) => removal(name, killed, dataGoes)),
  ];
  const gone = nodes.map(({ id }) => id);
  return [...kills, ...nodes, ...of('other').map(({ name }) => removal(name, gone, true))];
}

function removal(name: string, after: readonly string[], force: boolean): Step {
  const base = { kind: 'remove-container', id: `remove:${name}`, after, container: name } as const;
  return force ? { ...base, force } : base;
}
