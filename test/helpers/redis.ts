import { setTimeout as pause } from 'node:timers/promises';
import { Redis } from 'ioredis';

/** Between two writes (ms): they show every gap, and leave the processor to what makes the gaps. */
const BETWEEN_MS = 2;

/** What a server wants to be told, and the authority (PEM) that it is believed by. */
export interface Key {
  readonly username?: string;
  readonly password?: string;
  readonly ca?: string;
}

/** A connection to `ip:port` that does not reconnect by itself. */
function connectTo(address: string, { username, password, ca }: Key = {}): Redis {
  const [host = '', port] = address.split(':');
  const client = new Redis({
    host,
    port: Number(port),
    ...(username === undefined ? {} : { username }),
    ...(password === undefined ? {} : { password }),
    ...(ca === undefined ? {} : { tls: { ca } }),
    // INFO is not for everyone.
    enableReadyCheck: username !== 'sentinel',
    lazyConnect: true,
    // On a busy machine it takes its time.
    connectTimeout: 3000,
    maxRetriesPerRequest: 0,
    retryStrategy: () => null,
  });
  client.on('error', () => {});
  return client;
}

/** Do something with a connection and close it. */
export async function withRedis<T>(
  address: string,
  act: (client: Redis) => Promise<T>,
  key?: Key,
): Promise<T> {
  const client = connectTo(address, key);
  try {
    await client.connect();
    return await act(client);
  } finally {
    client.disconnect();
  }
}

/** A SET that was answered OK, and when. */
export interface TakenWrite {
  readonly key: string;
  readonly at: number;
}

/**
 * Write to one fixed address, hundreds of times a second, reconnecting whenever it breaks, while
 * something else is done. Gives what that gave, every write that was answered OK, and how many
 * connections it took.
 */
export async function whileHammering<T>(
  address: string,
  prefix: string,
  act: () => Promise<T>,
  key?: Key,
): Promise<{ result: T; taken: readonly TakenWrite[]; connections: number }> {
  const taken: TakenWrite[] = [];
  let going = true;
  let connections = 0;
  const work = (async () => {
    for (let n = 0; going; ) {
      const client = connectTo(address, key);
      try {
        await client.connect();
        connections++;
        while (going) {
          const key = `${prefix}:${++n}`;
          await client.set(key, String(n));
          taken.push({ key, at: Date.now() });
          await pause(BETWEEN_MS);
        }
      } catch {
        await pause(5);
      } finally {
        client.disconnect();
      }
    }
  })();
  let result: T;
  try {
    result = await act();
  } finally {
    going = false;
    await work;
  }
  return { result, taken, connections };
}

/** Write to one address, one write after the other, while something is done; no error is passed over. */
export async function whileWriting<T>(
  address: string,
  act: () => Promise<T>,
  key?: Key,
): Promise<{ result: T; count: number; errors: readonly string[] }> {
  return withRedis(
    address,
    async (client) => {
      const errors: string[] = [];
      let going = true;
      let count = 0;
      const work = (async () => {
        while (going) {
          await client.set(`steady:${count++}`, '1').catch((error) => errors.push(String(error)));
          await pause(BETWEEN_MS);
        }
      })();
      const result = await act().finally(() => {
        going = false;
      });
      await work;
      return { result, count, errors };
    },
    key,
  );
}
