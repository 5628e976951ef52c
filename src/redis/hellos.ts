import type { Credentials } from '../model/access.js';
import { ASK_TIMEOUT_MS, HELLO_CHANNEL } from '../model/constants.js';
import type { Address } from '../model/topology.js';
import { inTime, newConnection, open } from './connection.js';

/** Anyone may publish there: no more is kept than many Sentinels say in a long time. */
const MOST_HELLOS = 1000;
/** Two addresses, two names, an id and two numbers (sentinel.c, sentinelSendHello). */
const LONGEST_HELLO = 1024;

/**
 * Hear what Sentinels say on a data node, until the time is over or the signal comes; nothing where
 * one is not let in.
 */
export async function hearHellos(
  address: Address,
  credentials: Credentials,
  until: Promise<unknown>,
): Promise<string[]> {
  const heard: string[] = [];
  const client = newConnection(address, credentials, ASK_TIMEOUT_MS);
  client.on('message', (_channel: string, payload: string) => {
    if (heard.length < MOST_HELLOS && payload.length <= LONGEST_HELLO) heard.push(payload);
  });
  try {
    await open(client);
    await inTime(client.subscribe(HELLO_CHANNEL), ASK_TIMEOUT_MS);
    await until;
  } catch {
    // Not to be let in is no finding: this only shows Sentinels that nobody has told of.
  } finally {
    client.disconnect();
  }
  return heard;
}
