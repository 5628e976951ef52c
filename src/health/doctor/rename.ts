import type { RedisFacts, SentinelFacts } from '../../model/observation.js';
import type { Address } from '../../model/topology.js';

/** One address for all those that lead to the same process. */
export type Rename = (address: Address) => Address;

export interface Renames {
  readonly homeAt: Rename;
  /** Whom the replica at an address follows, by what it says and by what is proven of it. */
  readonly masterOf: (replica: Address, said: Address) => Address;
}

interface Addressed {
  readonly address: Address;
}

/** A data node's facts with one address for each process. */
export function renamedRedis(
  { address, facts }: { readonly address: Address; readonly facts: RedisFacts },
  { homeAt, masterOf }: Renames,
): RedisFacts {
  const { upstream } = facts;
  return {
    ...facts,
    replicas: moved(facts.replicas, homeAt),
    ...(upstream === undefined
      ? {}
      : { upstream: { ...upstream, master: masterOf(address, upstream.master) } }),
  };
}

/** A Sentinel's facts with one address for each process. */
export function renamedSentinel(
  facts: SentinelFacts,
  { homeAt, masterOf }: Renames,
): SentinelFacts {
  const { master, handsOut } = facts;
  const replicas = facts.replicas.map((replica) => {
    if (replica.master === undefined || !replica.masterLinkOk) return replica;
    return { ...replica, master: masterOf(replica.address, replica.master) };
  });
  return {
    ...facts,
    master: master.reached
      ? { reached: true, facts: { ...master.facts, address: homeAt(master.facts.address) } }
      : master,
    ...(handsOut === undefined ? {} : { handsOut: homeAt(handsOut) }),
    peers: moved(facts.peers, homeAt),
    replicas: moved(replicas, homeAt).map((replica) =>
      replica.master === undefined ? replica : { ...replica, master: homeAt(replica.master) },
    ),
  };
}

function moved<T extends Addressed>(list: readonly T[], rename: Rename): T[] {
  return list.map((each) => ({ ...each, address: rename(each.address) }));
}
