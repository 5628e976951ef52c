import type { Redis } from 'ioredis';
import { PROBE } from '../../model/client.js';
import { messageOf } from '../../model/errors.js';
import { addressText } from '../../model/topology.js';
import { isReply, reasonOf } from '../reasons.js';
import type { ProbeOrder } from './messages.js';

/** What came of one write. */
export type Said =
  | { readonly outcome: 'ok'; readonly by?: string }
  | { readonly outcome: 'fail' | 'unknown'; readonly why: string };

/**
 * Writes over one connection, sent together; each gets an answer of its own. One WAIT follows them
 * all: it counts replicas that have every write sent before it (redis.io/commands/wait).
 * @returns `fail` for an error reply, because Redis checks before it executes (server.c,
 *   processCommand), and for what was never sent; `unknown` when the connection broke meanwhile
 */
export function writeAll(
  client: Redis,
  order: ProbeOrder,
  keys: readonly string[],
): Promise<Said>[] {
  if (client.status !== 'ready') return keys.map(async () => NOT_SENT);
  const by = peerOf(client, order);
  const done: Said = by === undefined ? { outcome: 'ok' } : { outcome: 'ok', by };
  const sets = keys.map((key) => client.call('SET', key, '1', 'EX', order.expiryS));
  const waited = order.wait === 0 ? undefined : reached(client, order.wait);
  return sets.map(async (set) => {
    try {
      await set;
      return (await waited) ?? done;
    } catch (error) {
      return failure(error);
    }
  });
}

const NOT_SENT: Said = { outcome: 'fail', why: 'no connection' };

/** Undefined when enough replicas have all that was sent before. */
async function reached(client: Redis, wanted: number): Promise<Said | undefined> {
  try {
    const count = Number(await client.call('WAIT', wanted, PROBE.waitMs));
    if (count >= wanted) return undefined;
    return { outcome: 'unknown', why: `WAIT: ${count} of ${wanted} replicas had it` };
  } catch (error) {
    const why = isReply(error) ? `WAIT: ${reasonOf(error)}` : 'the connection broke before WAIT';
    return { outcome: 'unknown', why };
  }
}

function failure(error: unknown): Said {
  if (isReply(error)) return { outcome: 'fail', why: reasonOf(error) };
  if (/isn't writeable/.test(messageOf(error))) return NOT_SENT;
  return { outcome: 'unknown', why: 'the connection broke before the answer' };
}

/** The node at the other end of a connection. */
function peerOf({ stream }: Redis, { nodes }: ProbeOrder): string | undefined {
  const { remoteAddress, remotePort } = stream;
  const peer = addressText({ ip: remoteAddress ?? '', port: remotePort ?? 0 });
  return nodes.find(({ addresses }) => addresses.some((each) => addressText(each) === peer))?.name;
}
