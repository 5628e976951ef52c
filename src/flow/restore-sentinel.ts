import { announcedWrongly, sentinelSettingsIn } from '../health/judge-announced.js';
import { changedTimes } from '../health/parse-sentinel.js';
import type { Address } from '../model/topology.js';
import type { NodeClient } from '../redis/client.js';
import type { Told } from './tell.js';

interface Listener {
  readonly name: string;
  readonly client: NodeClient;
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
  told.push({ node: name, name: masterName, was, now, takeBack: async () => undefined });
}

/**
 * Set a Sentinel back in what it says of its own address, and in the times that SENTINEL DEBUG changes.
 * @param own its address
 * @param conf text of its conf file
 * @param told what was put right is added
 * @throws Error with the server's words when it does not take it
 */
export async function restoreSelf(
  { name: node, client }: Listener,
  own: Address,
  conf: string | undefined,
  told: Told[],
): Promise<void> {
  const replies = await client.ask({
    'sentinel config': ['SENTINEL', 'CONFIG', 'GET', '*'],
    debug: ['SENTINEL', 'DEBUG'],
  });
  const { settings = new Map<string, string>() } = sentinelSettingsIn(replies, conf);
  const takeBack = async () => undefined;
  for (const { name, value, was } of announcedWrongly(own, settings)) {
    await client.call('SENTINEL', 'CONFIG', 'SET', name, value);
    told.push({ node, name, was, now: value, takeBack });
  }
  for (const { name, was, usual } of changedTimes(replies.debug)) {
    await client.call('SENTINEL', 'DEBUG', name, usual);
    told.push({ node, name, was, now: String(usual), takeBack });
  }
}
