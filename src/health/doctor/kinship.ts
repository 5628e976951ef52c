import type { Server, Told } from '../../model/examination.js';
import type { RedisFacts } from '../../model/observation.js';
import { type Address, addressText, sameAddress } from '../../model/topology.js';
import { handedOutIn } from './case.js';
import type { RedisVisit, Visit } from './visit.js';

/** Whom a replica says it follows, and where that one is in truth. */
export interface Proven {
  readonly said: Address;
  readonly master: Address;
}

/**
 * The data node that a replica follows, by what both say and not by the name that it calls it: its
 * link is up, and that node lists it and has the same history. The name may mean nothing here.
 * @returns by the text of where the replica was visited
 */
export function provenMasters(visits: readonly Visit[]): Map<string, Proven> {
  const nodes = visits.filter((visit): visit is RedisVisit => visit.kind === 'redis');
  return new Map(
    nodes.flatMap((replica) => {
      const at = addressesOf(replica, nodes);
      const lists = nodes.filter((node) => {
        const { replicas, masterReplicationId } = node.facts;
        return (
          node.facts.server.runId !== replica.facts.server.runId &&
          masterReplicationId === replica.facts.masterReplicationId &&
          replicas.some(({ address }) => at.some((each) => sameAddress(each, address)))
        );
      });
      const masters = new Set(lists.map(({ facts }) => facts.server.runId));
      const [master] = lists;
      const { upstream } = replica.facts;
      if (upstream?.linkUp !== true || masters.size !== 1 || master === undefined) return [];
      const proven = { said: upstream.master, master: master.address };
      return [[addressText(replica.address), proven] as const];
    }),
  );
}

/** Everywhere that this process was visited at. */
function addressesOf(visit: RedisVisit, nodes: readonly RedisVisit[]): Address[] {
  return nodes
    .filter(({ facts }) => facts.server.runId === visit.facts.server.runId)
    .map(({ address }) => address);
}

/**
 * The servers, and among the members also those that belong here and that no Sentinel hands out: whom
 * a handed-out master follows (the Sentinels know the past), and whoever follows a master of these, as
 * both of them say.
 */
export function withKin(servers: readonly Server[], told: readonly Told[]): Server[] {
  const handedOut = handedOutIn(told);
  let all = [...servers];
  for (let round = 0; round < MOST_ROUNDS; round++) {
    const joining = all.filter(
      (server) => !server.member && (leads(server, all, handedOut) || isFollowing(server, all)),
    );
    if (joining.length === 0) break;
    all = all.map((server) => (joining.includes(server) ? { ...server, member: true } : server));
  }
  return all;
}

/** A master that no Sentinel knows, its replicas, and no further. */
const MOST_ROUNDS = 2;

function factsOf({ observed }: Server): RedisFacts | undefined {
  return observed.kind === 'redis' && observed.answer.reached ? observed.answer.facts : undefined;
}

function leads(server: Server, all: readonly Server[], handedOut: readonly Address[]): boolean {
  if (factsOf(server)?.role !== 'master') return false;
  return all.some((each) => {
    const upstream = factsOf(each)?.upstream;
    const isHandedOut = handedOut.some((address) =>
      [each.address, ...each.reachedAt].some((own) => sameAddress(own, address)),
    );
    return isHandedOut && upstream !== undefined && sameAddress(upstream.master, server.address);
  });
}

function isFollowing(server: Server, all: readonly Server[]): boolean {
  const upstream = factsOf(server)?.upstream;
  if (upstream === undefined) return false;
  return all.some((each) => {
    const facts = factsOf(each);
    return (
      each.member &&
      facts?.role === 'master' &&
      sameAddress(each.address, upstream.master) &&
      facts.replicas.some(({ address }) => sameAddress(address, server.address))
    );
  });
}
