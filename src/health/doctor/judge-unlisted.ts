import { type Address, addressText, sameAddress } from '../../model/topology.js';
import type { Finding } from '../../model/verdict.js';
import { type Case, finding, masterViewOf, type RedisServer } from './case.js';

/**
 * Findings about replicas that a data node lists and no Sentinel does. Who made a server cannot be
 * seen: of no such replica it is said that it is a stranger. Of its own topologies rsent knows.
 */
export function judgeUnlisted(seen: Case): Finding[] {
  if (seen.ours) return [];
  return seen.redis.flatMap((server) => {
    return server === seen.master ? judgeOfMaster(seen, server) : judgeOfReplica(seen, server);
  });
}

/**
 * A Sentinel keeps every replica in the master's INFO (sentinel.c, sentinelRefreshInstanceInfo), and
 * does not list those that have replica-announced no, from 6.2 on (addReplyDictOfRedisInstances), but
 * counts them in num-slaves.
 */
function judgeOfMaster(seen: Case, master: RedisServer): Finding[] {
  if (master.facts.role !== 'master') return [];
  const unlisted = unlistedOf(seen, master);
  const hidden = Math.max(0, ...seen.sentinels.map(hiddenAt));
  return unlisted.map((address) => {
    const text = addressText(address);
    if (unlisted.length <= hidden) {
      return finding(
        'warning',
        'replica-hidden',
        master.name,
        `it has a replica at ${text} that the Sentinels count and do not list (num-slaves is ${hidden} more than they list): replica-announced is no on it`,
        'yes, or a copy that you know of',
        'CONFIG SET replica-announced yes on it, then CONFIG REWRITE; Sentinels may promote it as it is: replica-priority 0 prevents that',
      );
    }
    return {
      ...finding(
        'warning',
        'replica-unlisted',
        master.name,
        `it has a replica at ${text} that no Sentinel lists, and that gives no answer here`,
        'every replica known to the Sentinels',
        'look again in 10 s: Sentinels learn of it from the master’s INFO; if it stays so, find out what runs there',
      ),
      settling: true,
    };
  });
}

function judgeOfReplica(seen: Case, replica: RedisServer): Finding[] {
  if (replica.facts.role !== 'slave') return [];
  return unlistedOf(seen, replica).map((address) =>
    finding(
      'warning',
      'replica-chained',
      replica.name,
      `${addressText(address)} replicates from it, and no Sentinel knows that one`,
      'replicas of the master, which the Sentinels know',
      `if it should take part: REPLICAOF with the master’s address on it; else leave it: it goes on following ${replica.name}, whoever is the master`,
    ),
  );
}

/** Addresses of its replicas that belong to no server that takes part. */
function unlistedOf({ members, master }: Case, { facts }: RedisServer): Address[] {
  const isKnown = (address: Address) =>
    members.some((server) =>
      [server.address, ...server.reachedAt].some((each) => sameAddress(each, address)),
    );
  const addresses = facts.replicas.map(({ address }) => address);
  return addresses.filter(
    (address, i) =>
      !isKnown(address) &&
      !(master && sameAddress(master.address, address)) &&
      addresses.findIndex((each) => sameAddress(each, address)) === i,
  );
}

function hiddenAt(sentinel: Case['sentinels'][number]): number {
  const { replicas, addressless = [] } = sentinel.facts;
  const listed = replicas.length + addressless.filter(({ what }) => what === 'replica').length;
  return (masterViewOf(sentinel)?.replicaCount ?? 0) - listed;
}
