import { confWords } from '../model/directives.js';
import { type Address, sameAddress } from '../model/topology.js';
import { editLines, endedOnce } from './conf-text.js';

/** What a redis.conf on disk says of the node's role. */
export interface KeptRedis {
  readonly replicaOf?: Address;
}

/** What a sentinel.conf on disk says of the master. */
export interface KeptSentinel {
  readonly master: Address;
  /** Version of that knowledge: the highest is the latest. */
  readonly configEpoch: number;
  /** The latest epoch that it has heard of. */
  readonly currentEpoch: number;
}

/** What a new conf of a Sentinel must not fall behind (sentinel.conf, config-epoch and current-epoch). */
export interface Epochs {
  readonly config: number;
  readonly current: number;
}

const IP = /^\d{1,3}(?:\.\d{1,3}){3}$/;
const PORT = /^\d{1,5}$/;

/** Read the role out of a redis.conf; the last directive wins, as in Redis. */
export function readRedisConf(text: string): KeptRedis {
  let replicaOf: Address | undefined;
  for (const [name, rest] of directives(text)) {
    if (name !== 'replicaof' && name !== 'slaveof') continue;
    replicaOf = addressIn(rest);
  }
  return replicaOf === undefined ? {} : { replicaOf };
}

/** Read the master out of a sentinel.conf; undefined when it monitors no master of that name. */
export function readSentinelConf(text: string, masterName: string): KeptSentinel | undefined {
  let master: Address | undefined;
  let [configEpoch, currentEpoch] = [0, 0];
  for (const [name, rest] of directives(text)) {
    if (name !== 'sentinel') continue;
    const [given = '', of, ...values] = rest;
    const what = given.toLowerCase();
    if (what === 'current-epoch') currentEpoch = epochIn(of);
    if (of !== masterName) continue;
    if (what === 'monitor') master = addressIn(values);
    if (what === 'config-epoch') configEpoch = epochIn(values[0]);
  }
  return master === undefined ? undefined : { master, configEpoch, currentEpoch };
}

/**
 * The same redis.conf with its node as a replica of the given master, or of nobody. All else is
 * kept as it is.
 */
export function followMaster(text: string, master?: Address): string {
  const kept = editLines(text, (line) => {
    const name = confWords(line)?.[0]?.toLowerCase();
    return name === 'replicaof' || name === 'slaveof' ? undefined : line;
  });
  const role = master === undefined ? '' : `replicaof ${master.ip} ${master.port}\n`;
  return `${endedOnce(kept)}${role}`;
}

/** The latest that any of these Sentinels knows of. */
export function latestEpochs(sentinels: readonly KeptSentinel[]): Epochs {
  return {
    config: Math.max(0, ...sentinels.map(({ configEpoch }) => configEpoch)),
    current: Math.max(0, ...sentinels.map(({ currentEpoch }) => currentEpoch)),
  };
}

/** A data node, and what its conf says; undefined where it has none. */
export interface KnownRedis {
  readonly address: Address;
  readonly kept: KeptRedis | undefined;
}

/**
 * Who may be the master according to what Sentinels and data nodes left on disk: the Sentinel with the
 * latest configuration epoch knows best. Without any, it is one of those that follow nobody: a node
 * that was killed as the master has no such line either, nor has one without a conf. A minority of the
 * Sentinels may have slept through a failover: where the data nodes' confs contradict it, its master is
 * only one of them, the first.
 * @param recorded how many Sentinels there should be
 * @returns one where that is certain
 */
export function keptMasters(
  sentinels: readonly KeptSentinel[],
  redis: readonly KnownRedis[],
  recorded: number,
): Address[] {
  const latest = [...sentinels].sort((a, b) => b.configEpoch - a.configEpoch)[0]?.master;
  const isMinority = sentinels.length * 2 <= recorded;
  const alone = redis.filter(({ kept }) => kept?.replicaOf === undefined);
  if (latest === undefined) return (alone.length === 0 ? redis : alone).map(addressOf);
  if (!isMinority || !isContradicted(latest, redis)) return [latest];
  const others = alone.map(addressOf).filter((address) => !sameAddress(address, latest));
  return others.length === 0 ? redis.map(addressOf) : [latest, ...others];
}

/** True when it follows another node, or when others follow one that follows nobody, and none follows it. */
function isContradicted(master: Address, redis: readonly KnownRedis[]): boolean {
  const hasFollower = (address: Address) =>
    redis.some(({ kept }) => kept?.replicaOf !== undefined && sameAddress(kept.replicaOf, address));
  const own = redis.find(({ address }) => sameAddress(address, master))?.kept?.replicaOf;
  if (own !== undefined && redis.some(({ address }) => sameAddress(address, own))) return true;
  const claims = ({ address, kept }: KnownRedis) =>
    kept !== undefined && kept.replicaOf === undefined && !sameAddress(address, master);
  return !hasFollower(master) && redis.some((each) => claims(each) && hasFollower(each.address));
}

function addressOf({ address }: KnownRedis): Address {
  return address;
}

/** Each directive's name, in lower case, and the words that follow it. */
function* directives(text: string): Generator<[string, string[]]> {
  for (const line of text.split('\n')) {
    const [name, ...rest] = confWords(line) ?? [];
    if (name !== undefined) yield [name.toLowerCase(), rest];
  }
}

function addressIn([ip = '', port = '']: readonly string[]): Address | undefined {
  return IP.test(ip) && PORT.test(port) ? { ip, port: Number(port) } : undefined;
}

/** An epoch is a whole number (sentinel.c); what is none must not win over those that are. */
function epochIn(word: string | undefined): number {
  return /^\d{1,19}$/.test(word ?? '') ? Number(word) : 0;
}
