import { confWords } from '../model/directives.js';
import type { Address } from '../model/topology.js';
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
 * that was killed as the master has no such line either, nor has one without a conf.
 * @returns one where that is certain
 */
export function keptMasters(
  sentinels: readonly KeptSentinel[],
  redis: readonly KnownRedis[],
): Address[] {
  const latest = [...sentinels].sort((a, b) => b.configEpoch - a.configEpoch)[0];
  if (latest !== undefined) return [latest.master];
  const alone = redis.filter(({ kept }) => kept?.replicaOf === undefined);
  return (alone.length === 0 ? redis : alone).map(({ address }) => address);
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
