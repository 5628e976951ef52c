import type { RedisFacts, SentinelFacts } from '../../model/observation.js';
import type { Address } from '../../model/topology.js';

/** One address for all those that lead to the same process. */
export type Rename = (address: Address) => Address;

interface Addressed {
  readonly address: Address;
}

/** A data node's facts with one address for each process. */
export function renamedRedis(facts: RedisFacts, rename: Rename): RedisFacts {
  const { upstream } = facts;
  return {
    ...facts,
    replicas: moved(facts.replicas, rename),
    ...(upstream === undefined
      ? {}
      : { upstream: { ...upstream, master: rename(upstream.master) } }),
  };
}

/** The same of a Sentinel's. */
export function renamedSentinel(facts: SentinelFacts, rename: Rename): SentinelFacts {
  const { master, handsOut } = facts;
  return {
    ...facts,
    master: master.reached
      ? { reached: true, facts: { ...master.facts, address: rename(master.facts.address) } }
      : master,
    ...(handsOut === undefined ? {} : { handsOut: rename(handsOut) }),
    peers: moved(facts.peers, rename),
    replicas: moved(facts.replicas, rename).map((replica) =>
      replica.master === undefined ? replica : { ...replica, master: rename(replica.master) },
    ),
  };
}

function moved<T extends Addressed>(list: readonly T[], rename: Rename): T[] {
  return list.map((each) => ({ ...each, address: rename(each.address) }));
}
