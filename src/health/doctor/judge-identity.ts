import { type Address, addressText, sameAddress } from '../../model/topology.js';
import type { Finding } from '../../model/verdict.js';
import { followsItself } from '../judge-itself.js';
import { isInTouch } from '../scene.js';
import {
  type Case,
  finding,
  handedOutIn,
  isHandedOut,
  masterViewOf,
  type RedisServer,
  type SentinelServer,
  subjectOf,
} from './case.js';

/** Findings about one process that is taken for two, and two that are taken for one. */
export function judgeIdentity(seen: Case): Finding[] {
  const { master } = seen;
  if (master === undefined) return [];
  const isOwnReplica = followsItself({ node: nodeOf(master), facts: master.facts });
  if (master.facts.role !== 'master' && !isOwnReplica) return [];
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
          `the Sentinels list a replica at ${text}, and the master itself answers there: one process, by its run id, that they know at ${otherOf(master, address)}, too`,
        ]
      : []),
    ...(isOwnReplica && own.length > 0
      ? [
          'it follows itself now, as a failover promoted it to be its own replica: nobody takes writes',
        ]
      : []),
    ...(attached > 0
      ? [
          `${many} attached from there: they announce that address, or something between rewrites theirs (NAT)`,
        ]
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
        isOwnReplica ? wayOut(seen, master, own[0]) : remedy(seen, own[0]),
      ),
      settling: true,
    },
  ];
}

function nodeOf({ name, address }: RedisServer) {
  return { name, kind: 'redis', container: '', address } as const;
}

/** Where the Sentinels know it as the master, where that is another address. */
function otherOf({ address, reachedAt }: RedisServer, listed: Address): string {
  const others = [address, ...reachedAt].filter((each) => !sameAddress(each, listed));
  return addressText(others[0] ?? address);
}

/** A replica says it when it connects (replication.c, REPLCONF in syncWithMaster): not before the next time. */
const ANNOUNCE =
  'on each replica: CONFIG SET replica-announce-ip ADDRESS and CONFIG SET replica-announce-port PORT, as the Sentinels and the other nodes reach it, then CONFIG REWRITE';

function remedy({ examination: { masterName } }: Case, own: Address | undefined): string {
  const heard = `${ANNOUNCE}; then CLIENT KILL TYPE slave on the master, as they say it when they connect`;
  if (own === undefined) return heard;
  return `${heard}. Then have the Sentinels forget ${addressText(own)}, one after the other: stop it, delete the line "sentinel known-replica ${masterName} ${own.ip} ${own.port}" from its conf, start it`;
}

/** Sentinels that know the master as its own replica have it follow itself again within seconds. */
function wayOut(
  { examination: { masterName }, sentinels }: Case,
  { address, reachedAt }: RedisServer,
  own = address,
): string {
  const quorum = sentinels.map((each) => masterViewOf(each)?.quorum).find((each) => each) ?? 2;
  const others = [address, ...reachedAt].filter((each) => !sameAddress(each, own));
  const both = [...new Set([own, ...others].map(addressText))];
  const at =
    both.length > 1 ? `, at the address that the replicas reach: ${both.join(' or ')}` : '';
  return `on every Sentinel: SENTINEL REMOVE ${masterName}; ${ANNOUNCE}; on the master (${addressText(address)}): REPLICAOF NO ONE; then on every Sentinel: SENTINEL MONITOR ${masterName} IP PORT ${quorum}${at}, and its SENTINEL SET lines again (down-after-milliseconds, failover-timeout, auth-pass)`;
}

/**
 * Addresses that a Sentinel lists as a replica's, and that are the master's own: it answered there, or
 * the Sentinel shows its run id. In a failover the promoted one is listed at an address that is handed out,
 * but never by who hands out another one of the process.
 */
function ownAddresses(
  { examination }: Case,
  master: RedisServer,
  { name, facts }: SentinelServer,
): Address[] {
  const { runId } = master.facts.server;
  const isMaster = (address: Address) =>
    master.reachedAt.some((each) => sameAddress(each, address));
  const told = examination.told.filter(({ by }) => by === name);
  const mine = handedOutIn(told);
  return told
    .filter(({ as, address }) => {
      if (as !== 'replica') return false;
      const isOther = mine.some((each) => isMaster(each) && !sameAddress(each, address));
      if (!isOther && isHandedOut(examination, address)) return false;
      return (
        isMaster(address) ||
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
