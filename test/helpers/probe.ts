import { EventEmitter } from 'node:events';
import type { Redis } from 'ioredis';
import type { ProbeOrder } from '../../src/redis/probe/messages.js';
import type { FakeServer } from './fake-server.js';

/** Write to this server, whose name is redis-1. */
export function anOrder(server?: FakeServer, more: Partial<ProbeOrder> = {}): ProbeOrder {
  const oldMaster = server?.address ?? { ip: '127.0.0.1', port: 1 };
  return {
    keyPrefix: 'p:',
    credentials: {},
    masterName: 'mymaster',
    sentinels: [],
    oldMaster,
    nodes: [
      { name: 'redis-2', addresses: [{ ip: '172.30.5.12', port: 6379 }] },
      { name: 'redis-1', addresses: [{ ip: '172.30.5.11', port: 6379 }, oldMaster] },
    ],
    ratePerS: 10,
    wait: 0,
    expiryS: 3600,
    reads: false,
    ...more,
  };
}

/** A command that was sent, and the two ways to end it. */
interface Sent {
  readonly command: readonly string[];
  answer(reply: unknown): void;
  fail(error: Error): void;
}

/** A connection whose answers come when the test says so, the client's loss of it included. */
export class SlowConnection extends EventEmitter {
  status = 'ready';
  stream = { remoteAddress: '127.0.0.1', remotePort: 1 };
  readonly sent: Sent[] = [];
  /** How often the client broke it, to have a new one or to have none any more. */
  readonly broken: ('again' | 'for good')[] = [];

  call(...command: readonly (string | number)[]): Promise<unknown> {
    return new Promise((resolve, reject) => {
      this.sent.push({ command: command.map(String), answer: resolve, fail: reject });
    });
  }

  disconnect(again = false): void {
    this.broken.push(again ? 'again' : 'for good');
  }

  /** As the library's own client, for those who take one. */
  get redis(): Redis {
    return this as unknown as Redis;
  }
}

/** An error as a server answers it. */
export function replyError(message: string): Error {
  return Object.assign(new Error(message), { name: 'ReplyError' });
}

/** Everything that can happen by itself has happened. */
export const settled = () => new Promise<void>((resolve) => setImmediate(resolve));
