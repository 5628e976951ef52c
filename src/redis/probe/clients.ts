import { Redis } from 'ioredis';
import { connectionOptions } from '../connection.js';
import type { ProbeOrder } from './messages.js';

/** How soon a client that lost its connection tries again (ms). */
const RETRY_MS = 30;
/** The same for those that only show for how long somebody serves (ms). */
const OTHERS_RETRY_MS = 200;
/** What a client of a network nearby waits for a connection. */
const CONNECT_MS = 500;

const COMMON = {
  protocol: 2,
  connectTimeout: CONNECT_MS,
  // What could not be sent is told at once: a queue would write it later, unasked.
  enableOfflineQueue: false,
  maxRetriesPerRequest: 0,
  autoResendUnfulfilledCommands: false,
  disableClientInfo: true,
  disconnectTimeout: 10,
} as const;

/** The master, as an application finds it: through the Sentinels, and again after each loss. */
export function follower(order: ProbeOrder): Redis {
  const client = quiet(
    new Redis({
      ...COMMON,
      ...sentinelOptions(order),
      role: 'master',
      retryStrategy: () => RETRY_MS,
      // A demoted master that is still connected: look for the new one.
      reconnectOnError: (error) => error.message.startsWith('READONLY'),
      // The library listens for +switch-master, and does not wait for a broken connection.
      failoverDetector: true,
    }),
  );
  client.on('end', () => setTimeout(() => connectAgain(client), RETRY_MS));
  return client;
}

/**
 * The library gives up for good when its failover detector interrupts an attempt to connect, as it
 * may where a proxy of the engine takes connections for a node that is dead.
 */
function connectAgain(client: Redis): void {
  if (client.listenerCount('end') > 0) client.connect().catch(() => undefined);
}

/** Some replica, found the same way. */
export function reader(order: ProbeOrder): Redis {
  return quiet(
    new Redis({
      ...COMMON,
      ...sentinelOptions(order),
      role: 'slave',
      retryStrategy: () => OTHERS_RETRY_MS,
    }),
  );
}

/** The old master's address and no other, whatever has become of it. */
export function sticky({ oldMaster, credentials }: ProbeOrder): Redis {
  return quiet(
    new Redis({
      ...COMMON,
      ...connectionOptions(credentials),
      host: oldMaster.ip,
      port: oldMaster.port,
      enableReadyCheck: false,
      retryStrategy: () => OTHERS_RETRY_MS,
    }),
  );
}

function sentinelOptions({ sentinels, masterName, credentials, routes }: ProbeOrder) {
  const { username, password } = credentials;
  const { tls } = connectionOptions(credentials);
  return {
    ...connectionOptions(credentials),
    ...(tls === undefined ? {} : { sentinelTLS: tls, enableTLSForSentinelMode: true }),
    ...(username === undefined ? {} : { sentinelUsername: username }),
    ...(password === undefined ? {} : { sentinelPassword: password }),
    sentinels: sentinels.map(({ ip, port }) => ({ host: ip, port })),
    name: masterName,
    ...(routes === undefined ? {} : { natMap: natMapOf(routes) }),
    sentinelRetryStrategy: () => RETRY_MS,
    sentinelCommandTimeout: CONNECT_MS,
  };
}

function natMapOf(routes: NonNullable<ProbeOrder['routes']>) {
  return Object.fromEntries(
    Object.entries(routes).map(([from, { ip, port }]) => [from, { host: ip, port }]),
  );
}

/** What goes wrong shows in the writes; an error without a listener would be printed. */
function quiet(client: Redis): Redis {
  client.on('error', () => {});
  return client;
}
