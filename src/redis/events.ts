import type { Credentials } from '../model/access.js';
import { ASK_TIMEOUT_MS } from '../model/constants.js';
import type { SentinelEvent } from '../model/timeline.js';
import type { Address } from '../model/topology.js';
import { inTime, newConnection, open } from './connection.js';
import { reasonOf, Unanswered } from './reasons.js';

/** A subscription to everything one Sentinel publishes. */
export interface Listener {
  close(): void;
}

/** How soon a lost connection is tried again (ms). */
const RETRY_MS = 100;

/** What is done with what is heard; times are those of arrival (Date.now(), ms). */
export interface Hearing {
  onEvent(event: SentinelEvent): void;
  /** Nothing can be heard from now on, until `onBack`. */
  onLost(at: number): void;
  onBack(at: number): void;
}

/**
 * Hear every event of one Sentinel from now on; resolves once the subscription is in force. A
 * connection that breaks is opened again, for as long as it takes; events meanwhile are lost.
 * @throws Unanswered when the Sentinel cannot be reached at first
 */
export async function listen(
  sentinel: string,
  address: Address,
  credentials: Credentials,
  hearing: Hearing,
): Promise<Listener> {
  let subscribed = false;
  const again = { retryStrategy: () => (subscribed ? RETRY_MS : null), autoResubscribe: false };
  const client = newConnection(address, credentials, ASK_TIMEOUT_MS, again);
  client.on('pmessage', (_pattern: string, channel: string, payload: string) => {
    hearing.onEvent({ at: Date.now(), sentinel, channel, payload });
  });
  try {
    await open(client);
    await inTime(client.psubscribe('*'), ASK_TIMEOUT_MS);
  } catch (error) {
    client.disconnect();
    throw new Unanswered(reasonOf(error, credentials.password));
  }
  subscribed = true;
  let lost = false;
  client.on('close', () => {
    if (!lost) hearing.onLost(Date.now());
    lost = true;
  });
  client.on('ready', () => {
    const back = () => {
      lost = false;
      hearing.onBack(Date.now());
    };
    client.psubscribe('*').then(back, () => undefined);
  });
  return {
    close: () => {
      subscribed = false;
      client.removeAllListeners('close');
      client.disconnect();
    },
  };
}
