import type { Credentials } from '../model/access.js';
import { type Address, addressText } from '../model/topology.js';
import { connecting, NodeClient } from './client.js';

/** Connections that are kept open, one for each address and way to be let in there. */
export class Clients {
  readonly #open = new Map<string, NodeClient>();

  /** Load what they need, when there is time for it: whoever asks first would wait for it. */
  prepare(): void {
    // A failure is told to the one who asks.
    connecting().catch(() => undefined);
  }

  /** The one to an address, as a stranger or as a user who says a password. */
  at(address: Address, credentials: Credentials): NodeClient {
    const isKnown = credentials.password !== undefined;
    const key = `${addressText(address)} ${isKnown ? `known ${credentials.username ?? ''}` : ''}`;
    const client = this.#open.get(key) ?? new NodeClient(address, credentials);
    this.#open.set(key, client);
    return client;
  }

  close(): void {
    for (const client of this.#open.values()) client.close();
    this.#open.clear();
  }
}
