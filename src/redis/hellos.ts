import type { Credentials } from '../model/access.js';
import { ASK_TIMEOUT_MS } from '../model/constants.js';
import type { Address } from '../model/topology.js';
import { newConnection, open } from './client.js';

/** Where Sentinels say hello to each other (sentinel.c, SENTINEL_HELLO_CHANNEL). */
const CHANNEL = '__sentinel__:hello';

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
  client.on('message', (_channel: string, payload: string) => heard.push(payload));
  try {
    await open(client);
    await client.subscribe(CHANNEL);
    await until;
  } catch {
    // Not to be let in is no finding: this only shows Sentinels that nobody has told of.
  } finally {
    client.disconnect();
  }
  return heard;
}
