import type { SentinelEvent } from '../model/timeline.js';
import type { Address } from '../model/topology.js';

/** An event's payload in parts (sentinel.c, sentinelEvent: "<type> <name> <ip> <port> @ …"). */
export interface Instance {
  readonly type: string;
  readonly address: Address;
}

/** The instance that an event is about; undefined for events that name none. */
export function instanceOf({ payload }: SentinelEvent): Instance | undefined {
  const [type, , ip, port] = payload.split(' ');
  if (type === undefined || ip === undefined || !/^\d+$/.test(port ?? '')) return undefined;
  return { type, address: { ip, port: Number(port) } };
}

/** True for an event about the master itself, not about a replica or a Sentinel of it. */
export function isAboutMaster(event: SentinelEvent): boolean {
  return event.payload.startsWith('master ');
}
