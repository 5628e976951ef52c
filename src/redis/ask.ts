import { SENTINELS_COMMANDS, SETTINGS, settingQuestion } from '../health/doctor/settings.js';
import type { RedisQuestion, TlsQuestion } from '../health/parse-info.js';
import type { SentinelQuestion } from '../health/parse-sentinel.js';
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

/** What a data node is asked besides by who looks for the cause of a trouble. */
export const SETTING_QUESTIONS: Readonly<Record<string, Command>> = Object.fromEntries([
  ...SETTINGS.map((name) => [settingQuestion(name), ['CONFIG', 'GET', name]]),
  ['commands', ['COMMAND', 'INFO', ...SENTINELS_COMMANDS]],
]);
