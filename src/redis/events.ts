import { ASK_TIMEOUT_MS } from '../model/constants.js';
import type { SentinelEvent } from '../model/timeline.js';
import type { Address } from '../model/topology.js';
import { newConnection, open } from './client.js';

/** A subscription to everything one Sentinel publishes. */
export interface Listener {
  close(): void;
}

/**
 * Hear every event of one Sentinel from now on; resolves once the subscription is in force.
 * @param onEvent called with the time of arrival (Date.now())
 * @throws Error when the Sentinel cannot be reached
 */
export async function listen(
  sentinel: string,
  address: Address,
  onEvent: (event: SentinelEvent) => void,
): Promise<Listener> {
  const client = newConnection(address, ASK_TIMEOUT_MS);
  client.on('pmessage', (_pattern: string, channel: string, payload: string) => {
    onEvent({ at: Date.now(), sentinel, channel, payload });
  });
  await open(client);
  await client.psubscribe('*');
  return { close: () => client.disconnect() };
}
