import type { Recording } from '../../src/drill/timeline.js';
import type { SentinelEvent } from '../../src/model/timeline.js';
import { capturedEvents } from './fixtures.js';

/** The hand-made failover: `redis-1` fails, `redis-2` takes over. */
const VICTIM = { ip: '172.30.5.11', port: 6379 };
const MASTER = 'master mymaster 172.30.5.11 6379';
const REPLICA = 'slave 172.30.5.12:6379 172.30.5.12 6379 @ mymaster 172.30.5.11 6379';
const OLD_MASTER = 'slave 172.30.5.11:6379 172.30.5.11 6379 @ mymaster 172.30.5.12 6379';

const PAYLOADS: Readonly<Record<string, string>> = {
  '+selected-slave': REPLICA,
  '+promoted-slave': REPLICA,
  '+slave-reconf-sent': REPLICA,
  '+slave-reconf-done': REPLICA,
  '+switch-master': 'mymaster 172.30.5.11 6379 172.30.5.12 6379',
  '+convert-to-slave': OLD_MASTER,
  '-sdown': OLD_MASTER,
  '+role-change': `${OLD_MASTER} new reported role is slave`,
  '+new-epoch': '1',
};

/** An event about what it usually is about. */
export function event(
  at: number,
  channel: string,
  sentinel = 'sentinel-1',
  payload = PAYLOADS[channel] ?? MASTER,
): SentinelEvent {
  return { at, sentinel, channel, payload };
}

/** A recording whose fault was at 1000: the events' times are given from there on. */
export function recording(
  events: readonly SentinelEvent[],
  more: Partial<Recording> = {},
): Recording {
  const moved = events.map((each) => ({ ...each, at: each.at + 1000 }));
  return { faultAt: 1000, victim: VICTIM, events: moved, ...more };
}

/** A captured failover as a recording. */
export function capturedRecording(name: string): Recording {
  const { victim, events, requestedOf, rejoinedAt } = capturedEvents(name);
  return {
    faultAt: 0,
    victim,
    events,
    ...(requestedOf === undefined ? {} : { requestedOf }),
    ...(rejoinedAt === undefined ? {} : { rejoinedAt }),
  };
}
