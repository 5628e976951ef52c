import { Redis, type RedisOptions } from 'ioredis';
import type { Credentials } from '../model/access.js';
import type { Address } from '../model/topology.js';
import { keepQuietOnLogIn } from './quiet.js';
import { reasonOf, Unanswered } from './reasons.js';
import { limitReplies } from './reply-limit.js';

keepQuietOnLogIn();

type LogIn = Pick<RedisOptions, 'username' | 'password' | 'tls'>;

const NAMELESS = { checkServerIdentity: () => undefined };

/**
 * Credentials in the words of the library; the server's certificate must name where it is, unless
 * they say otherwise.
 */
export function connectionOptions({ username, password, ca, anyName, own }: Credentials): LogIn {
  return {
    ...(username === undefined ? {} : { username }),
    ...(password === undefined ? {} : { password }),
    ...(ca === undefined ? {} : { tls: { ca, ...own, ...(anyName ? NAMELESS : {}) } }),
  };
}

/** A connection that never retries unless told how: whoever asks decides what a failure means. */
export function newConnection(
  address: Address,
  credentials: Credentials,
  limitMs: number,
  more: Pick<RedisOptions, 'retryStrategy' | 'autoResubscribe'> = {},
): Redis {
  const options = {
    host: address.ip,
    port: address.port,
    ...connectionOptions(credentials),
    protocol: 2,
    lazyConnect: true,
    connectTimeout: limitMs,
    enableReadyCheck: false,
    enableOfflineQueue: false,
    maxRetriesPerRequest: 0,
    retryStrategy: () => null,
    disableClientInfo: true,
    // A node that hangs must not keep this process alive after the limit (2 s by default).
    disconnectTimeout: 0,
    ...more,
  } as const;
  const client = new Redis(options);
  limitReplies(client);
  return client;
}

/**
 * Connect.
 * @throws Unanswered with the reason in words for people (ioredis only says that the connection is closed)
 */
export async function open(client: Redis): Promise<void> {
  let reason: unknown;
  client.on('error', (error) => {
    reason = error;
  });
  await client.connect().catch((error: unknown) => {
    throw new Unanswered(reasonOf(reason ?? error, client.options.password));
  });
}

/**
 * An answer, if it comes in time: a server that is frozen takes connections, as the kernel does it.
 * @throws Unanswered when it does not come
 */
export async function inTime<T>(answer: Promise<T>, limitMs: number): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Unanswered(`no answer within ${limitMs} ms`)), limitMs);
  });
  // When it is given up, nobody listens to its end any more.
  answer.catch(() => undefined);
  return Promise.race([answer, late]).finally(() => clearTimeout(timer));
}
