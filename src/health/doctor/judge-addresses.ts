import type { Told } from '../../model/examination.js';
import {
  type Address,
  addressText,
  isHostname,
  isLoopback,
  sameAddress,
} from '../../model/topology.js';
import type { Finding } from '../../model/verdict.js';
import {
  type Case,
  finding,
  grouped,
  handedOutIn,
  isHandedOut,
  isLost,
  isNowhere,
  type SentinelServer,
  subjectOf,
  titleOf,
  viewsOf,
} from './case.js';

/** Findings about the addresses that the Sentinels hand out. */
export function judgeAddresses(seen: Case): Finding[] {
  return [
    ...judgeMeaningless(seen),
    ...judgeHostnames(seen),
    ...judgeOtherName(seen),
    ...judgeOneHost(seen),
  ];
}

/** True when an address is none for anybody else, and is the fault: then nothing else is said of it. */
export function isMeaningless(seen: Case, { address }: Told): boolean {
  if (isNowhere(address.ip)) return true;
  if (!isLoopback(address.ip) || isExpected(seen, address)) return false;
  if (!isAllLoopback(seen)) return true;
  // All on one machine may be meant so. Seen from a container it is the container's own.
  const lost = viewsOf(address, seen.sentinels).filter(isLost);
  return lost.some(({ by }) => by.contained && !livesOnLoopback(seen, by));
}

/** True when a Sentinel has a connection to anything at such an address. */
function livesOnLoopback({ members }: Case, by: SentinelServer): boolean {
  return members.some(
    ({ address }) => isLoopback(address.ip) && viewsOf(address, [by]).some((view) => !isLost(view)),
  );
}

function judgeMeaningless(seen: Case): Finding[] {
  const told = seen.examination.told.filter((each) => isMeaningless(seen, each));
  return [...grouped(told, ({ address }) => addressText(address))].map(([text, group]) => {
    const as = [...new Set(group.map((each) => each.as))].join(' and ');
    const lost = group.some(({ address }) => viewsOf(address, seen.sentinels).some(isLost));
    return finding(
      'error',
      'loopback-announced',
      namesOf(group),
      `it tells everyone that a ${as} is at ${text}${lost ? ', and cannot reach it there itself' : ''}`,
      'an address that means the same machine to everyone who is told it',
      remedyOf(seen, group),
    );
  });
}

function remedyOf(seen: Case, group: readonly Told[]): string {
  const name = seen.examination.masterName;
  if (group.some(({ as }) => as === 'master')) {
    return `give the master an address that all Sentinels, replicas and clients reach, then on every Sentinel: SENTINEL REMOVE ${name}, SENTINEL MONITOR ${name} ADDRESS PORT QUORUM, and its SENTINEL SET lines again (announce-ip does not rename the master)`;
  }
  return group[0]?.as === 'sentinel'
    ? 'sentinel announce-ip and announce-port in its conf, with an address that all others reach; restart it'
    : 'CONFIG SET replica-announce-ip ADDRESS (and replica-announce-port) on that replica, then CONFIG REWRITE';
}

function isExpected(seen: Case, address: Told['address']): boolean {
  const nodes = seen.examination.expectation?.nodes ?? [];
  return nodes.some((node) => sameAddress(node.address, address));
}

function isAllLoopback({ examination, members }: Case): boolean {
  const all = [...examination.told, ...members, ...members.flatMap(reachedOf)];
  return all.every(({ address }) => isLoopback(address.ip));
}

function reachedOf({ reachedAt }: Case['members'][number]): Pick<Told, 'address'>[] {
  return reachedAt.map((address) => ({ address }));
}

function judgeHostnames(seen: Case): Finding[] {
  const named = seen.examination.told.filter(({ address: { ip } }) => {
    return isHostname(ip) && !isLoopback(ip);
  });
  if (named.length === 0) return [];
  const names = [...new Set(named.map(({ address }) => addressText(address)))];
  return [
    finding(
      'warning',
      'hostname-announced',
      namesOf(named),
      `it hands out names: ${names.join(', ')}`,
      'IP addresses',
      `give the nodes fixed addresses and use those in sentinel monitor, replicaof and announce-ip; if it must be names: ${toTakeNames(seen)}names that resolve at once even while a node is down (a hosts file)`,
    ),
  ];
}

/** Who hands out names takes them; the others must, too (sentinel.c, announceSentinelAddr). */
function toTakeNames({ sentinels }: Case): string {
  const unable = sentinels.filter(({ facts }) => facts.resolvesNames === false);
  return unable.length === 0
    ? ''
    : `SENTINEL CONFIG SET resolve-hostnames yes and announce-hostnames yes on ${subjectOf(unable)}, and `;
}

/**
 * The master under a name or address that the Sentinels do not take for it: they compare a replica's
 * master_host with its address, from 6.2 on after looking a name up where resolve-hostnames is yes
 * (sentinel.c, sentinelAddrEqualsHostname), before that as words (sentinelRefreshInstanceInfo).
 */
function judgeOtherName({ redis, master, sentinels, examination }: Case): Finding[] {
  if (master === undefined) return [];
  const [official] = handedOutIn(examination.told);
  if (official === undefined) return [];
  return redis.flatMap((server) => {
    const { follows, facts } = server;
    if (follows === undefined || facts.upstream === undefined) return [];
    if (!sameAddress(facts.upstream.master, master.address)) return [];
    if (isHandedOut(examination, follows)) return [];
    const unaware = sentinels.filter((each) => !takesFor(each, follows, official));
    if (unaware.length === 0) return [];
    const why = isHostname(follows.ip)
      ? ` (${subjectOf(unaware)}: resolve-hostnames is not yes)`
      : '';
    return [
      finding(
        'error',
        'master-by-other-name',
        server.name,
        `it follows the master as ${addressText(follows)}, and the Sentinels call that ${addressText(official)}${why}`,
        `replicaof ${official.ip} ${official.port}`,
        `REPLICAOF ${official.ip} ${official.port} on it, and the same in its conf`,
      ),
    ];
  });
}

/** Whether this Sentinel may take a name or address for the master's; what a name stands for there is unknown here. */
function takesFor({ facts }: SentinelServer, said: Address, official: Address): boolean {
  if (said.port !== official.port) return false;
  return facts.resolvesNames === true && (isHostname(said.ip) || isHostname(official.ip));
}

/** Where it can be told: by the same IP address of all. Of its own topologies rsent knows it. */
function judgeOneHost({ ours, examination, members, sentinels, master }: Case): Finding[] {
  if (ours || master === undefined || sentinels.length === 0) return [];
  const ips = new Set(members.map(({ address }) => (isLoopback(address.ip) ? 'lo' : address.ip)));
  if (ips.size !== 1) return [];
  return [
    finding(
      'warning',
      'one-host',
      examination.masterName,
      `the master ${titleOf(master)} and all Sentinels and replicas have the same address ${master.address.ip}`,
      'Sentinels on three machines, at most one of them the master’s',
      'for real work put the Sentinels on other machines than the master; for tests it is fine, as long as the clients are on this machine, too',
    ),
  ];
}

function namesOf(told: readonly Told[]): string {
  return [...new Set(told.map(({ by }) => by))].join(', ');
}
