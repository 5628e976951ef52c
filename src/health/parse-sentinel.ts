import type {
  Addressless,
  Answer,
  Ckquorum,
  ConfSaved,
  LinkFacts,
  MonitoredMaster,
  MonitoredPeer,
  MonitoredReplica,
  Replies,
  Reply,
  SentinelFacts,
} from '../model/observation.js';
import type { Address } from '../model/topology.js';
import { parseServer, refusal } from './parse-info.js';
import {
  addressOf,
  type Fields,
  fieldsIn,
  infoFields,
  instancesIn,
  numberOf,
  textOf,
} from './raw.js';
import { untoldIn } from './untold.js';

/** What a Sentinel is asked; `flush` and `debug` only where they are wanted and known. */
export type SentinelQuestion =
  | 'info'
  | 'myid'
  | 'master'
  | 'address'
  | 'replicas'
  | 'peers'
  | 'ckquorum'
  | 'debug';

/** Facts from a Sentinel's replies; not reached when INFO was refused. */
export function parseSentinel(
  replies: Replies<SentinelQuestion> & { readonly flush?: Reply },
): Answer<SentinelFacts> {
  const text = textOf(replies.info);
  if (text === undefined) return { reached: false, why: refusal(replies.info) };
  const info = infoFields(text);
  const myId = textOf(replies.myid);
  const handsOut = parseHandedOut(replies.address);
  const pingPeriodMs = parsePingPeriod(replies.debug);
  const times = parseTimes(replies.debug);
  const untold = untoldIn(replies as Replies);
  const addressless = addresslessIn(replies);
  const confSaved = replies.flush === undefined ? undefined : parseSaved(replies.flush);
  return {
    reached: true,
    facts: {
      server: parseServer(info),
      tilt: info.get('sentinel_tilt') === '1',
      simulateFailure: numberOf(info, 'sentinel_simulate_failure_flags') !== 0,
      master: parseMaster(replies.master),
      replicas: addressed(replies.replicas).map(parseReplica),
      peers: addressed(replies.peers).map(parsePeer),
      ckquorum: parseCkquorum(replies.ckquorum),
      ...(addressless.length === 0 ? {} : { addressless }),
      ...(untold === undefined ? {} : { untold }),
      ...(myId === undefined ? {} : { myId }),
      ...(handsOut === undefined ? {} : { handsOut }),
      ...(pingPeriodMs === undefined ? {} : { pingPeriodMs }),
      ...(times.length === 0 ? {} : { changedTimes: times }),
      ...(confSaved === undefined ? {} : { confSaved }),
    },
  };
}

function parseMaster(reply: Reply): Answer<MonitoredMaster> {
  const fields = fieldsIn(reply);
  if (fields === undefined) return { reached: false, why: refusal(reply) };
  const failoverState = fields.get('failover-state');
  return {
    reached: true,
    facts: {
      ...parseLink(fields),
      infoRefreshMs: numberOf(fields, 'info-refresh'),
      roleReported: fields.get('role-reported') ?? '',
      configEpoch: numberOf(fields, 'config-epoch'),
      replicaCount: numberOf(fields, 'num-slaves'),
      otherSentinelCount: numberOf(fields, 'num-other-sentinels'),
      quorum: numberOf(fields, 'quorum'),
      downAfterMs: numberOf(fields, 'down-after-milliseconds'),
      failoverTimeoutMs: numberOf(fields, 'failover-timeout'),
      parallelSyncs: numberOf(fields, 'parallel-syncs'),
      ...(fields.has('s-down-time') ? { sinceDownMs: numberOf(fields, 's-down-time') } : {}),
      ...(failoverState === undefined ? {} : { failoverState }),
    },
  };
}

function addressed(reply: Reply): Fields[] {
  return instancesIn(reply).filter((fields) => addressOf(fields, 'ip', 'port') !== undefined);
}

/**
 * A name that cannot be resolved is kept without an address, from 6.2.7 on (sentinel.c,
 * createSentinelAddr); to dial '' would be to dial oneself.
 */
function addresslessIn({ master, replicas, peers }: Replies<SentinelQuestion>): Addressless[] {
  const monitored = fieldsIn(master);
  const without = (listed: readonly Fields[], what: Addressless['what']) =>
    listed
      .filter((fields) => addressOf(fields, 'ip', 'port') === undefined)
      .map((fields) => ({ what, ip: fields.get('ip') ?? '', port: numberOf(fields, 'port') }));
  return [
    ...without(monitored === undefined ? [] : [monitored], 'master'),
    ...without(instancesIn(replicas), 'replica'),
    ...without(instancesIn(peers), 'sentinel'),
  ];
}

function parseReplica(fields: Fields): MonitoredReplica {
  const master = addressOf(fields, 'master-host', 'master-port');
  return {
    ...parseLink(fields),
    infoRefreshMs: numberOf(fields, 'info-refresh'),
    roleReported: fields.get('role-reported') ?? '',
    masterLinkOk: fields.get('master-link-status') === 'ok',
    priority: numberOf(fields, 'slave-priority', 100),
    ...(master === undefined ? {} : { master }),
  };
}

function parsePeer(fields: Fields): MonitoredPeer {
  return { ...parseLink(fields), lastHelloMs: numberOf(fields, 'last-hello-message') };
}

function parseLink(fields: Fields): LinkFacts {
  return {
    address: { ip: fields.get('ip') ?? '', port: numberOf(fields, 'port') },
    flags: (fields.get('flags') ?? '').split(',').filter((flag) => flag !== ''),
    runId: fields.get('runid') ?? '',
    lastPingSentMs: numberOf(fields, 'last-ping-sent'),
    lastOkPingReplyMs: numberOf(fields, 'last-ok-ping-reply'),
    ...(fields.has('last-ping-reply')
      ? { lastPingReplyMs: numberOf(fields, 'last-ping-reply') }
      : {}),
  };
}

/** `OK 3 usable Sentinels. Quorum and failover authorization can be reached` or `NOQUORUM …`. */
function parseCkquorum(reply: Reply): Ckquorum {
  const text = reply.ok ? String(reply.value) : reply.error;
  const usable = /\b(\d{1,9}) usable Sentinels/.exec(text)?.[1];
  const ok = reply.ok && text.startsWith('OK');
  return usable === undefined ? { ok, text } : { ok, text, usable: Number(usable) };
}

function parseSaved(reply: Reply): ConfSaved {
  return reply.ok ? { ok: true } : { ok: false, why: reply.error };
}

/** The address in a Sentinel's answer to GET-MASTER-ADDR-BY-NAME; undefined when it names none. */
export function parseHandedOut(reply: Reply): Address | undefined {
  if (!reply.ok || !Array.isArray(reply.value)) return undefined;
  const [ip, port] = reply.value;
  return addressOf(
    new Map([
      ['ip', String(ip)],
      ['port', String(port)],
    ]),
    'ip',
    'port',
  );
}

function parsePingPeriod(reply: Reply): number | undefined {
  const fields = fieldsIn(reply);
  const period = fields === undefined ? 0 : numberOf(fields, 'ping-period');
  return period === 0 ? undefined : period;
}

/** What a failover depends on, in ms, as a Sentinel begins (sentinel.c); no conf changes these. */
const USUAL_TIMES = {
  'tilt-trigger': 2000,
  'tilt-period': 30_000,
  'info-period': 10_000,
  'ask-period': 1000,
  'publish-period': 2000,
  'slave-reconf-timeout': 10_000,
  'min-link-reconnect-period': 15_000,
  'election-timeout': 10_000,
};

function parseTimes(reply: Reply): string[] {
  return changedTimes(reply).map(({ name, was, usual }) => `${name} ${was} (usual: ${usual})`);
}

/**
 * Which times a Sentinel has others of, and the usual ones, in ms.
 * @param reply to SENTINEL DEBUG, which is as old as 7.0
 */
export function changedTimes(
  reply: Reply,
): { readonly name: string; readonly was: string; readonly usual: number }[] {
  const fields = fieldsIn(reply);
  return Object.entries(USUAL_TIMES).flatMap(([name, usual]) => {
    const was = fields?.get(name);
    return was === undefined || was === String(usual) ? [] : [{ name, was, usual }];
  });
}
