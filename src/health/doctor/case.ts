import { HELLO_PERIOD_MS, PING_PERIOD_MS } from '../../model/constants.js';
import type { Examination, Server } from '../../model/examination.js';
import type {
  Answer,
  LinkFacts,
  MonitoredMaster,
  RedisFacts,
  SentinelFacts,
} from '../../model/observation.js';
import { type Address, addressText, plainHost, sameAddress } from '../../model/topology.js';
import type { Expectation, Finding } from '../../model/verdict.js';
import { type Scene, sceneOf } from '../scene.js';

export interface RedisServer extends Server {
  readonly facts: RedisFacts;
}

export interface SentinelServer extends Server {
  readonly facts: SentinelFacts;
}

/** An examination with the questions that every rule asks of it. */
export interface Case {
  readonly examination: Examination;
  /** It is a topology of rsent whose making is on this machine: then much is known, not guessed. */
  readonly ours: boolean;
  readonly members: readonly Server[];
  readonly redis: readonly RedisServer[];
  readonly sentinels: readonly SentinelServer[];
  readonly silent: readonly SilentServer[];
  readonly scene: Scene;
  /** The data node that is the master as far as can be told. */
  readonly master?: RedisServer;
}

export interface SilentServer extends Server {
  readonly why: string;
  /**
   * Alive in the eyes of a Sentinel, down for a while, or gone: nobody has heard from it for long.
   */
  readonly state: 'alive' | 'down' | 'gone';
}

/** A Sentinel's link to a server, by its own account. */
export interface View {
  readonly by: SentinelServer;
  readonly link: LinkFacts;
}

/** Silence (ms) after which nobody waits for a server any more. */
const GONE_MS = 5 * 60_000;

/** Put an examination in order. */
export function caseOf(examination: Examination): Case {
  const members = examination.servers.filter(({ member }) => member);
  const reached = members.flatMap((server) => withFacts(server));
  const redis = reached.filter((server): server is RedisServer => server.observed.kind === 'redis');
  const sentinels = reached.filter(
    (server): server is SentinelServer => server.observed.kind === 'sentinel',
  );
  const silent = members.flatMap((server): SilentServer[] => {
    const { answer } = server.observed;
    if (answer.reached) return [];
    return [{ ...server, why: answer.why, state: stateOf(server, sentinels, examination) }];
  });
  const there = [...reached, ...silent.filter(({ state }) => state !== 'gone')];
  const scene = sceneOf(expectationOf(examination, there), {
    at: 0,
    nodes: there.map(({ observed }) => observed),
    dials: [],
  });
  const master = redis.find(({ address }) => {
    return scene.master !== undefined && sameAddress(address, scene.master.node.address);
  });
  const ours = examination.expectation !== undefined;
  const base = { examination, ours, members, redis, sentinels, silent, scene };
  return master === undefined ? base : { ...base, master };
}

/** Addresses that any Sentinel hands out as the master's. */
export function handedOutIn(told: Examination['told']): Address[] {
  return told.filter(({ as }) => as === 'master').map(({ address }) => address);
}

/** True of an address that any Sentinel hands out as the master's. */
export function isHandedOut({ told }: Pick<Examination, 'told'>, address: Address): boolean {
  return handedOutIn(told).some((each) => sameAddress(each, address));
}

/** How the Sentinels see what is at this address. */
export function viewsOf(address: Address, sentinels: readonly SentinelServer[]): View[] {
  return sentinels.flatMap((by) => {
    const { master, replicas, peers } = by.facts;
    const links: LinkFacts[] = [...replicas, ...peers, ...(master.reached ? [master.facts] : [])];
    return links.filter((link) => sameAddress(link.address, address)).map((link) => ({ by, link }));
  });
}

/**
 * True when a Sentinel has given up on what is there, has no connection to it, or waits for a PONG for
 * longer than it waits between two PINGs: the flag s_down comes only after down-after (sentinel.c,
 * sentinelCheckSubjectivelyDown, which counts from act_ping_time).
 */
export function isLost({ link }: View): boolean {
  return (
    link.flags.includes('s_down') ||
    link.flags.includes('disconnected') ||
    link.lastPingSentMs > PING_PERIOD_MS
  );
}

/**
 * True when a Sentinel hears the hellos of one that does not answer it: a PING that was answered would
 * be about as young as its last hello, which it says on the data nodes (sentinel.c, sentinelSendHello).
 */
export function isHelloing({ link, by }: View): boolean {
  const peer = by.facts.peers.find(({ address }) => sameAddress(address, link.address));
  if (peer === undefined) return false;
  const { lastHelloMs, lastOkPingReplyMs } = peer;
  const isYounger = lastOkPingReplyMs > lastHelloMs + 2 * PING_PERIOD_MS;
  return lastHelloMs <= 2 * HELLO_PERIOD_MS && isYounger;
}

/**
 * True when what is there answers a Sentinel's PING with an error: any reply counts for last-ping-reply,
 * only +PONG, -LOADING and -MASTERDOWN for last-ok-ping-reply (sentinel.c, sentinelPingReplyCallback).
 */
export function isRefusing(view: View): boolean {
  const { lastPingReplyMs, lastOkPingReplyMs } = view.link;
  if (lastPingReplyMs === undefined || !isLost(view)) return false;
  return lastOkPingReplyMs > lastPingReplyMs + PING_PERIOD_MS;
}

/** True when a Sentinel has heard from what is there, and nothing since says otherwise. */
export function isHeard(view: View): boolean {
  // Its run id is empty until a data node has answered INFO once (createSentinelRedisInstance).
  return !isLost(view) && view.link.runId !== '';
}

/** What a Sentinel says of the master, where it knows one. */
export function masterViewOf({ facts }: SentinelServer): MonitoredMaster | undefined {
  return facts.master.reached ? facts.master.facts : undefined;
}

/** Names in a row, as the subject of a finding about all of them. */
export function subjectOf(servers: readonly { readonly name: string }[]): string {
  return servers.map(({ name }) => name).join(', ');
}

/** Things by a text that they have in common, in the order in which it first appears. */
export function grouped<T>(things: readonly T[], textOf: (thing: T) => string): Map<string, T[]> {
  const groups = new Map<string, T[]>();
  for (const thing of things) {
    const text = textOf(thing);
    groups.set(text, [...(groups.get(text) ?? []), thing]);
  }
  return groups;
}

/** A finding in one line of code. */
export function finding(
  severity: Finding['severity'],
  code: string,
  subject: string,
  saw: string,
  expected: string,
  fix: string,
): Finding {
  return { code, severity, subject, saw, expected, fix };
}

/** "All addresses", which is none that one could go to. */
export function isNowhere(ip: string): boolean {
  return ['0.0.0.0', '::'].includes(plainHost(ip));
}

function withFacts(server: Server): (Server & { facts: RedisFacts | SentinelFacts })[] {
  const answer: Answer<RedisFacts | SentinelFacts> = server.observed.answer;
  return answer.reached ? [{ ...server, facts: answer.facts }] : [];
}

function expectationOf(
  { masterName, expectation }: Examination,
  there: readonly Server[],
): Expectation {
  return {
    topology: expectation?.topology ?? masterName,
    masterName,
    nodes: there.map(({ name, address, observed }) => {
      return { name, kind: observed.kind, container: '', address };
    }),
  };
}

function stateOf(
  { address, greeting }: Server,
  sentinels: readonly SentinelServer[],
  examination: Examination,
): SilentServer['state'] {
  if (isNowhere(address.ip)) return 'gone';
  const views = viewsOf(address, sentinels);
  if (views.some(isHeard)) return 'alive';
  // A master is nobody's past, however long it is away.
  if (isHandedOut(examination, address)) return 'down';
  // Somebody speaks there.
  if (greeting !== undefined) return 'down';
  const isGone = (view: View) => isLost(view) && isLongSilent(view) && !isHelloing(view);
  return views.length > 0 && views.every(isGone) ? 'gone' : 'down';
}

/**
 * Without an answer the count begins when the Sentinel made the entry: at its own start, and of all
 * replicas at each failover (sentinel.c, createInstanceLink, sentinelResetMasterAndChangeAddress). So
 * one that has never answered may have died a moment ago.
 */
function isLongSilent({ link }: View): boolean {
  return link.lastOkPingReplyMs > GONE_MS;
}

/** `a (10.0.0.1:6379)`; the address alone where it is the name. */
export function titleOf({ name, address }: Server): string {
  const text = addressText(address);
  return name.includes(text) ? name : `${name} (${text})`;
}
