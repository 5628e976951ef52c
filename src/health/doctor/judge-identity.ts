import { type Address, addressText, sameAddress } from '../../model/topology.js';
import type { Finding } from '../../model/verdict.js';
import { isInTouch } from '../scene.js';
import {
  type Case,
  finding,
  isHandedOut,
  type RedisServer,
  type SentinelServer,
  subjectOf,
} from './case.js';

/** Findings about one process that is taken for two, and two that are taken for one. */
export function judgeIdentity(seen: Case): Finding[] {
  const { master } = seen;
  if (master?.facts.role !== 'master') return [];
  const listing = seen.sentinels.filter((each) => ownAddresses(seen, master, each).length > 0);
  const own = listing.flatMap((each) => ownAddresses(seen, master, each));
  const shared = sharedAddress(master);
  const address = own[0] ?? shared;
  if (address === undefined) return [];
  const text = addressText(address);
  const attached = from(master, address, own.length > 0);
  const many = attached > 1 ? `${attached} replicas are` : 'a replica is';
  const parts = [
    ...(own.length > 0
      ? [
          `the Sentinels list a replica at ${text}, and the master itself answers there: one process, by its run id, that they know at ${addressText(master.address)}, too`,
        ]
      : []),
    ...(attached > 0
      ? [`${many} attached from there: something between rewrites their addresses (NAT)`]
      : []),
  ];
  return [
    {
      ...finding(
        'error',
        'replicas-behind-nat',
        listing.length > 0 ? subjectOf(listing) : master.name,
        parts.join('; '),
        'each replica at an address of its own, at which the others reach it',
        `on each replica: CONFIG SET replica-announce-ip ADDRESS and CONFIG SET replica-announce-port PORT, as the Sentinels and the other nodes reach it, then CONFIG REWRITE${own.length === 0 ? '' : `. Then have the Sentinels forget ${text}, one after the other: stop it, delete the line "sentinel known-replica ${seen.examination.masterName} ${address.ip} ${address.port}" from its conf, start it`}`,
      ),
      settling: true,
    },
  ];
}

/**
 * Addresses that a Sentinel lists as a replica's, and that are the master's own: it answered there, or
 * the Sentinel shows its run id. In a failover the promoted one is listed at the handed-out address.
 */
function ownAddresses(
  { examination }: Case,
  master: RedisServer,
  { name, facts }: SentinelServer,
): Address[] {
  const { runId } = master.facts.server;
  const told = examination.told.filter(({ by }) => by === name);
  return told
    .filter(({ as, address }) => {
      if (as !== 'replica' || isHandedOut(examination, address)) return false;
      return (
        master.reachedAt.some((each) => sameAddress(each, address)) ||
        facts.replicas.some((each) => each.runId === runId && sameAddress(each.address, address))
      );
    })
    .map(({ address }) => address);
}

/** Replicas that are attached from an address; the master's own addresses have been made one. */
function from({ address: home, facts }: RedisServer, address: Address, isOwn: boolean): number {
  return facts.replicas.filter(
    (each) => sameAddress(each.address, address) || (isOwn && sameAddress(each.address, home)),
  ).length;
}

/** Where two are attached from one address; a connection that is over is listed until repl-timeout. */
function sharedAddress({ facts }: RedisServer): Address | undefined {
  const live = facts.replicas.filter((each) => isInTouch(each));
  return live.find(
    ({ address }) => live.filter((each) => sameAddress(each.address, address)).length > 1,
  )?.address;
}
