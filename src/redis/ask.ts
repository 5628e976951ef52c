import { SENTINELS_COMMANDS, SETTINGS, settingQuestion } from '../health/doctor/settings.js';
import type { PeerQuestion } from '../health/doctor/votes.js';
import type { RedisQuestion, TlsQuestion } from '../health/parse-info.js';
import type { SentinelQuestion } from '../health/parse-sentinel.js';
import type { Address } from '../model/topology.js';
import type { Command } from './client.js';

/** What a data node is asked in one round. */
export const REDIS_QUESTIONS: Readonly<Record<RedisQuestion, Command>> = {
  info: ['INFO'],
  role: ['ROLE'],
};

/** What it is asked besides where TLS is expected. */
export const TLS_QUESTIONS: Readonly<Record<TlsQuestion, Command>> = {
  plainPort: ['CONFIG', 'GET', 'port'],
  tlsReplication: ['CONFIG', 'GET', 'tls-replication'],
};

/** What a Sentinel is asked in one round about one master. */
export function sentinelQuestions(masterName: string): Readonly<Record<SentinelQuestion, Command>> {
  return {
    info: ['INFO'],
    myid: ['SENTINEL', 'MYID'],
    master: ['SENTINEL', 'MASTER', masterName],
    address: ['SENTINEL', 'GET-MASTER-ADDR-BY-NAME', masterName],

    replicas: ['SENTINEL', 'REPLICAS', masterName],
    peers: ['SENTINEL', 'SENTINELS', masterName],
    ckquorum: ['SENTINEL', 'CKQUORUM', masterName],
    debug: ['SENTINEL', 'DEBUG'],
  };
}

/** What a Sentinel says to its peers, and as whom (sentinel.c, sentinelSendAuthIfNeeded); from 6.2 on. */
export const PEER_QUESTIONS: Readonly<Record<PeerQuestion, Command>> = {
  peerUser: ['SENTINEL', 'CONFIG', 'GET', 'sentinel-user'],
  peerPass: ['SENTINEL', 'CONFIG', 'GET', 'sentinel-pass'],
};

/**
 * What Sentinels ask each other before a failover; with `*` no vote is asked for (sentinel.c,
 * sentinelAskMasterStateToOtherSentinels).
 * @param user as whom they ask, where that is not who asks here: then only whether it would be let in (7.0)
 */
export function voteQuestion({ ip, port }: Address, user?: string): Command {
  const words = ['SENTINEL', 'IS-MASTER-DOWN-BY-ADDR', ip, port, 0, '*'] as const;
  return user === undefined ? words : ['ACL', 'DRYRUN', user, ...words];
}

/** What a data node is asked besides by who looks for the cause of a trouble. */
export const SETTING_QUESTIONS: Readonly<Record<string, Command>> = Object.fromEntries([
  ...SETTINGS.map((name) => [settingQuestion(name), ['CONFIG', 'GET', name]]),
  ['commands', ['COMMAND', 'INFO', ...SENTINELS_COMMANDS]],
  ['copying', ['CLIENT', 'LIST', 'TYPE', 'slave']],
]);
