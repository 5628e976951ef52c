import { announcedWrongly, sentinelSettingsIn } from '../health/judge-announced.js';
import { changedTimes } from '../health/parse-sentinel.js';
import { SENTINEL_CONFIG_QUESTION } from '../health/passwords.js';
import type { Replies } from '../model/observation.js';
import type { Address } from '../model/topology.js';
import type { Command } from '../redis/client.js';
import type { Listener, Told } from './tell.js';

/** What a Sentinel is asked before it is set back. */
export const OWN_QUESTIONS = {
  ...SENTINEL_CONFIG_QUESTION,
  debug: ['SENTINEL', 'DEBUG'],
} as const satisfies Record<string, Command>;

/** What a Sentinel says of itself. */
export interface Own {
  /** To `OWN_QUESTIONS`. */
  readonly replies: Replies<keyof typeof OWN_QUESTIONS>;
  /** Text of its conf file; undefined where it cannot be read. */
  readonly conf: string | undefined;
}

/** What a Sentinel is to watch. */
export interface Watched {
  readonly masterName: string;
  readonly quorum: number;
}

/**
 * Have a Sentinel watch the master again, where somebody has told it to forget it (SENTINEL REMOVE).
 * It learns the rest from hellos and from the master's INFO, the configuration epoch too.
 * @param master where it is; undefined where nobody is master
 * @param told what was put right is added
 * @throws Error with the server's words when it does not take it
 */
export async function restoreMonitor(
  { name, client }: Listener,
  { masterName, quorum }: Watched,
  master: () => Promise<Address | undefined>,
  told: Told[],
): Promise<void> {
  const { watched } = await client.ask({ watched: ['SENTINEL', 'MASTER', masterName] });
  // "No such master with that name" (sentinel.c, sentinelGetMasterByNameOrReplyError).
  if (watched.ok || !watched.error.includes('No such master')) return;
  const at = await master();
  if (at === undefined) return;
  await client.call('SENTINEL', 'MONITOR', masterName, at.ip, at.port, quorum);
  const [was, now] = ['watched by nobody', `${at.ip}:${at.port}`];
  told.push({ node: name, name: masterName, was, now });
}

/**
 * Set a Sentinel back in what it says of its own address, and in the times that SENTINEL DEBUG changes.
 * @param address its own
 * @param told what was put right is added
 * @throws Error with the server's words when it does not take it
 */
export async function restoreSelf(
  { name: node, client }: Listener,
  address: Address,
  { replies, conf }: Own,
  told: Told[],
): Promise<void> {
  const { settings = new Map<string, string>() } = sentinelSettingsIn(replies, conf);
  for (const { name, value, was } of announcedWrongly(address, settings)) {
    await client.call('SENTINEL', 'CONFIG', 'SET', name, value);
    told.push({ node, name, was, now: value });
  }
  for (const { name, was, usual } of changedTimes(replies.debug)) {
    await client.call('SENTINEL', 'DEBUG', name, usual);
    told.push({ node, name, was, now: String(usual) });
  }
}
