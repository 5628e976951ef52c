import type { Greeting, Hello, PeerFacts, Settings, Told } from '../../model/examination.js';
import type { RedisFacts, Replies, Reply, SentinelFacts } from '../../model/observation.js';
import { type Address, addressText, sameAddress } from '../../model/topology.js';
import { parseRedis, type RedisQuestion, refusal } from '../parse-info.js';
import { parseSentinel, type SentinelQuestion } from '../parse-sentinel.js';
import { addressOf, fieldsIn, infoFields, instancesIn, numberOf, textOf } from '../raw.js';
import { missingCommands, parseSettings } from './settings.js';

/** What came of asking at one address. */
export type Visit = SilentVisit | RedisVisit | SentinelVisit;

interface At {
  readonly address: Address;
  readonly greeting?: Greeting;
}

export interface SilentVisit extends At {
  readonly kind: 'silent';
  readonly why: string;
}

/** What every server tells of itself. */
interface Answered extends At {
  /** It runs in a container, as far as it shows. */
  readonly contained: boolean;
}

export interface RedisVisit extends Answered {
  readonly kind: 'redis';
  readonly facts: RedisFacts;
  readonly settings?: Settings;
  readonly missingCommands?: readonly string[];
  /** Bytes that wait in the output buffer of a replica (CLIENT LIST, omem). */
  readonly buffered?: number;
}

export interface SentinelVisit extends Answered {
  readonly kind: 'sentinel';
  readonly facts: SentinelFacts;
  readonly peering?: PeerFacts;
  /** Every master that it monitors. */
  readonly masters: readonly { readonly name: string; readonly address: Address }[];
}

/**
 * True when INFO comes from a Sentinel; undefined when it was refused. Only Sentinels have this
 * field; Redis and Valkey call the field with the mode by different names.
 */
export function isSentinel(replies: Replies<'info'>): boolean | undefined {
  const text = textOf(replies.info);
  return text === undefined ? undefined : infoFields(text).has('sentinel_masters');
}

/** What a data node answered. */
export function redisVisit(
  at: At,
  { copying, ...replies }: Replies<RedisQuestion> & Partial<Replies<'copying'>>,
): Visit {
  const answer = parseRedis(replies);
  if (!answer.reached) return { ...at, kind: 'silent', why: answer.why };
  const all: Replies = replies;
  const settings = parseSettings(all);
  const missing = missingCommands(all['commands']);
  return {
    ...at,
    kind: 'redis',
    contained: isContained(at, replies),
    facts: { ...answer.facts, ...(settings && { settings }) },
    ...(settings === undefined ? {} : { settings }),
    ...(missing === undefined ? {} : { missingCommands: missing }),
    ...bufferedIn(copying),
  };
}

/** Bytes that wait for the replica that waits for most; absent where it does not tell. */
function bufferedIn(reply: Reply | undefined): { readonly buffered?: number } {
  const text = reply === undefined ? undefined : textOf(reply);
  const waiting = [...(text ?? '').matchAll(/ omem=(\d{1,15})\b/g)].map(([, bytes]) =>
    Number(bytes),
  );
  return waiting.length === 0 ? {} : { buffered: Math.max(...waiting) };
}

/** What a Sentinel answered. */
export function sentinelVisit(
  at: At,
  replies: Replies<SentinelQuestion | 'masters'> & Partial<Replies<'flush' | 'names'>>,
): Visit {
  const { flush, names, ...asked } = replies;
  const answer = parseSentinel(flush === undefined ? asked : { ...asked, flush });
  if (!answer.reached) return { ...at, kind: 'silent', why: answer.why };
  return {
    ...at,
    kind: 'sentinel',
    contained: isContained(at, replies),
    facts: { ...answer.facts, ...resolvesNames(names) },
    masters: mastersIn(replies),
  };
}

/** From 6.2 on a Sentinel tells it (SENTINEL CONFIG GET); who may not ask, or asks an older one, is told nothing. */
function resolvesNames(reply: Reply | undefined): { readonly resolvesNames?: boolean } {
  const value = fieldsIn(reply)?.get('resolve-hostnames');
  return value === undefined ? {} : { resolvesNames: value === 'yes' };
}

/** Process ids below this belong to a kernel, or to the first processes of a container. */
const LOW_PID = 100;

/** A container gives its processes low ids, and its ports other numbers outside. */
function isContained({ address }: At, { info }: Replies<'info'>): boolean {
  const fields = infoFields(textOf(info) ?? '');
  const isMoved = ![0, address.port].includes(numberOf(fields, 'tcp_port'));
  return isMoved || numberOf(fields, 'process_id', LOW_PID) < LOW_PID;
}

/** Names and addresses in a reply to SENTINEL MASTERS. */
export function mastersIn({ masters }: Replies<'masters'>): SentinelVisit['masters'] {
  return instancesIn(masters).flatMap((fields) => {
    const address = addressOf(fields, 'ip', 'port');
    const name = fields.get('name');
    return name === undefined || address === undefined ? [] : [{ name, address }];
  });
}

/** Why a question was not answered. */
export function silence(at: At, replies: Replies<'info'>): SilentVisit {
  return { ...at, kind: 'silent', why: refusal(replies.info) };
}

/** Every address that these Sentinels hand out, word by word; `by` is where each was asked. */
export function toldIn(visits: readonly Visit[]): Told[] {
  return visits.flatMap((visit): Told[] => {
    if (visit.kind !== 'sentinel') return [];
    const by = addressText(visit.address);
    const { handsOut, replicas, peers } = visit.facts;
    return [
      ...(handsOut === undefined ? [] : [{ address: handsOut, by, as: 'master' } as const]),
      ...replicas.map(({ address }) => ({ address, by, as: 'replica' }) as const),
      ...peers.map(({ address }) => ({ address, by, as: 'sentinel' }) as const),
    ];
  });
}

/**
 * What an address is said to be; undefined where nobody says it, or not all the same.
 * @param doors what the user has named as Sentinels
 * @param ours the nodes of a topology of rsent
 */
export function kindAt(
  address: Address,
  told: readonly Told[],
  doors: readonly Address[],
  ours: readonly { readonly address: Address; readonly kind: 'redis' | 'sentinel' }[],
): 'redis' | 'sentinel' | undefined {
  const isIt = (each: { readonly address: Address }) => sameAddress(each.address, address);
  const kinds = new Set([
    ...ours.filter(isIt).map(({ kind }) => kind),
    ...doors.filter((door) => sameAddress(door, address)).map(() => 'sentinel' as const),
    ...told.filter(isIt).map(({ as }) => (as === 'sentinel' ? as : 'redis')),
  ]);
  const [kind] = kinds;
  return kinds.size === 1 ? kind : undefined;
}

/**
 * Where to ask next: what the Sentinels hand out, the Sentinels that say hello for this master, whom a
 * handed-out data node says it follows, and who follows it: a master that no Sentinel knows, and
 * replicas that are not announced, are found by that alone.
 */
export function leadsIn(
  visits: readonly Visit[],
  hellos: readonly Hello[],
  masterName: string,
): Address[] {
  const told = toldIn(visits).map(({ address }) => address);
  const known = new Set(told.map(addressText));
  const beside = visits.flatMap((visit) => {
    if (visit.kind !== 'redis') return [];
    const { upstream, replicas, role } = visit.facts;
    const isMaster = role === 'master' && follows(visits, visit.address, known);
    if (!known.has(addressText(visit.address)) && !isMaster) return [];
    return [...(upstream ? [upstream.master] : []), ...replicas.map(({ address }) => address)];
  });
  const greeting = hellos.filter((hello) => hello.masterName === masterName);
  return [...told, ...beside, ...greeting.map(({ sentinel }) => sentinel)];
}

/** True when a data node that the Sentinels hand out follows what is at this address. */
function follows(visits: readonly Visit[], address: Address, known: ReadonlySet<string>): boolean {
  return visits.some((visit) => {
    if (visit.kind !== 'redis' || !known.has(addressText(visit.address))) return false;
    const { upstream } = visit.facts;
    return upstream !== undefined && sameAddress(upstream.master, address);
  });
}
