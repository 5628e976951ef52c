import { type Address, addressText, sameAddress } from '../../model/topology.js';
import type { Finding } from '../../model/verdict.js';
import { isInTouch } from '../scene.js';
import {
  type Case,
  finding,
  isHelloing,
  isLost,
  type RedisServer,
  type SentinelServer,
  type SilentServer,
  subjectOf,
  titleOf,
  viewsOf,
} from './case.js';

/** A replica acknowledges once a second (replication.c, replicationCron). */
const MOST_LAG_S = 1;
/** Whoever ended or froze has not answered a PING for at most a second longer than its acknowledgement is old (ms). */
const SILENT_MS = (MOST_LAG_S + 2) * 1000;

/**
 * A server that is at work, and that nobody can talk to at the address by which it is known.
 * @returns undefined where nothing proves that it runs
 */
export function notThere(seen: Case, server: SilentServer): Finding | undefined {
  const by = attachedTo(seen, server.address);
  const owner = announcerOf(seen, server.address);
  if (owner !== undefined) return announcedByReplica(seen, server, owner, by);
  if (by !== undefined) return unknownReplica(server, by);
  const hearing = viewsOf(server.address, seen.sentinels)
    .filter(isHelloing)
    .map((view) => view.by);
  return hearing.length === 0 ? undefined : unknownSentinel(seen, server, hearing);
}

/**
 * A Sentinel that answers elsewhere than where it says that it is, and where those that it told so do not
 * reach it either.
 * @returns undefined where one of them reaches it: then it is this machine that does not
 */
export function announcedElsewhere(seen: Case, server: SentinelServer): Finding | undefined {
  const views = viewsOf(server.address, seen.sentinels).filter(({ by }) => by.name !== server.name);
  const [real] = server.reachedAt;
  if (real === undefined || views.length === 0 || !views.every(isLost)) return undefined;
  const by = subjectOf(views.map((view) => view.by));
  const isPort = real.ip === server.address.ip;
  const what = isPort
    ? `announce-port ${real.port} on it`
    : 'announce-ip ADDRESS on it, with one at which the other Sentinels reach it';
  return elsewhere(
    `sentinel ${addressText(real)}`,
    [server.address, real],
    `it tells the others that it is at ${addressText(server.address)} (sentinel announce-ip, announce-port), and nobody answers there, neither here nor for ${by}; it answers at ${addressText(real)}`,
    `SENTINEL CONFIG SET ${what}; before 6.2: that line in its conf, and a restart`,
  );
}

/** Who has a replica by this address that acknowledged a moment ago: then it runs, wherever it listens. */
function attachedTo({ redis, sentinels }: Case, address: Address): RedisServer | undefined {
  const views = viewsOf(address, sentinels);
  if (views.some(({ link }) => link.lastOkPingReplyMs <= SILENT_MS)) return undefined;
  return redis.find(({ facts }) =>
    facts.replicas.some(
      (each) => sameAddress(each.address, address) && isInTouch(each, MOST_LAG_S),
    ),
  );
}

/** The data node that says of itself that it is there (replica-announce-ip, replica-announce-port). */
function announcerOf({ redis }: Case, { ip, port }: Address): RedisServer | undefined {
  return redis.find(({ settings, address, reachedAt }) => {
    const [saidIp, saidPort] = [
      settings?.get('replica-announce-ip') ?? '',
      Number(settings?.get('replica-announce-port') ?? 0),
    ];
    if (saidIp === '' && saidPort === 0) return false;
    return [address, ...reachedAt].some((own) =>
      sameAddress({ ip: saidIp || own.ip, port: saidPort || own.port }, { ip, port }),
    );
  });
}

function announcedByReplica(
  { examination }: Case,
  { address, why }: SilentServer,
  owner: RedisServer,
  by: RedisServer | undefined,
): Finding {
  const real = owner.reachedAt[0] ?? owner.address;
  const { settings } = owner;
  const [ip, port] = [settings?.get('replica-announce-ip'), settings?.get('replica-announce-port')];
  const said = [
    ...(ip ? [`replica-announce-ip ${ip}`] : []),
    ...(port && port !== '0' ? [`replica-announce-port ${port}`] : []),
  ].join(', ');
  const listing = by === undefined ? '' : `, as which ${titleOf(by)} lists it`;
  return elsewhere(
    owner.name,
    [address, owner.address],
    `it announces ${addressText(address)} (${said})${listing}, and nobody answers there (${why}); it answers at ${addressText(real)}`,
    real.ip === address.ip
      ? `CONFIG SET replica-announce-port ${real.port} on it, then CONFIG REWRITE, and CLIENT KILL TYPE master, so that its master lists it there. Then have the Sentinels forget ${addressText(address)}, one after the other: stop it, delete the line "sentinel known-replica ${examination.masterName} ${address.ip} ${address.port}" from its conf, start it`
      : 'CONFIG SET replica-announce-ip ADDRESS on it, with what the other nodes reach, then CONFIG REWRITE, and CLIENT KILL TYPE master, so that its master lists it there',
  );
}

function unknownReplica({ address, name, why }: SilentServer, by: RedisServer): Finding {
  return elsewhere(
    name,
    [address],
    `nobody answers at ${addressText(address)} (${why}), and ${titleOf(by)} has a replica by that address in sync: it runs, and listens elsewhere`,
    'on it: CONFIG GET bind, port and replica-announce-*; have it listen at an address that the others reach (bind, in its conf, then restart it), or announce the right one (CONFIG SET replica-announce-ip, replica-announce-port, then CONFIG REWRITE and CLIENT KILL TYPE master: it says its address only as it connects)',
  );
}

function unknownSentinel(
  { examination }: Case,
  { address, name, why }: SilentServer,
  hearing: readonly SentinelServer[],
): Finding {
  const text = addressText(address);
  return elsewhere(
    name,
    [address],
    `nobody answers at ${text} (${why}), and ${subjectOf(hearing)} still ${hearing.length > 1 ? 'hear' : 'hears'} the hellos that it says on the data nodes of ${examination.masterName}: it runs, and listens elsewhere, or a firewall is before it`,
    'on its machine: bind, port, sentinel announce-ip and announce-port in its conf must give an address at which the other Sentinels reach it; mend them and restart it (from 6.2 on SENTINEL CONFIG SET announce-ip and announce-port do without)',
  );
}

function elsewhere(
  subject: string,
  [about, ...among]: readonly Address[],
  saw: string,
  fix: string,
): Finding {
  return {
    ...finding(
      'error',
      'listens-elsewhere',
      subject,
      saw,
      'a server that listens where it says',
      fix,
    ),
    ...(about === undefined ? {} : { about }),
    among,
    // A cut network looks like that for a second.
    settling: true,
  };
}
