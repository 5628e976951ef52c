import { createHmac, randomBytes } from 'node:crypto';
import type { Settings } from '../../model/examination.js';
import type { Replies, Reply } from '../../model/observation.js';
import { settingIn } from '../raw.js';

const SECRETS = ['masterauth', 'requirepass'];

/** The settings of a data node that decide what becomes of it in a failover. */
export const SETTINGS = [
  ...SECRETS,
  'masteruser',
  'appendonly',
  'save',
  'min-replicas-to-write',
  'stop-writes-on-bgsave-error',
  'maxclients',
  'client-output-buffer-limit',
  'protected-mode',
  'port',
  'replica-announce-ip',
  'replica-announce-port',
  'tls-port',
  'tls-replication',
];

/**
 * What a Sentinel says to a data node by its own name, unless it was told another one
 * (sentinel.c, sentinelSendSlaveOf and sentinelInstanceMapCommand).
 */
export const SENTINELS_COMMANDS = ['SLAVEOF', 'CONFIG', 'MULTI', 'CLIENT', 'INFO', 'PUBLISH'];

/** The name under which a setting is asked for. */
export function settingQuestion(name: string): string {
  return `setting ${name}`;
}

/** Settings out of their replies; undefined when the server tells none of them. */
export function parseSettings(replies: Replies): Settings | undefined {
  const settings = new Map<string, string>();
  for (const name of SETTINGS) {
    const value = settingIn(replies[settingQuestion(name)]);
    if (value === undefined) continue;
    settings.set(name, SECRETS.includes(name) ? markOf(value) : value);
  }
  return settings.size === 0 ? undefined : settings;
}

/** Of this process alone: nobody who sees a mark can try passwords on it. */
const KEY = randomBytes(32);

/** Secrets are compared, never kept: the same mark for the same one, '' for none. */
export function markOf(secret: string): string {
  return secret === '' ? '' : createHmac('sha256', KEY).update(secret).digest('hex').slice(0, 16);
}

/**
 * Commands that are not known by their own names: COMMAND INFO has null in their places
 * (redis.io/commands/command-info). Undefined when the server does not answer that.
 */
export function missingCommands(reply: Reply | undefined): string[] | undefined {
  if (reply?.ok !== true || !Array.isArray(reply.value)) return undefined;
  const { value } = reply;
  if (value.length !== SENTINELS_COMMANDS.length) return undefined;
  return SENTINELS_COMMANDS.filter((_, i) => value[i] === null || value[i] === undefined);
}
