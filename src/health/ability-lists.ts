import type { User } from '../model/access.js';
import { HELLO_CHANNEL } from '../model/constants.js';
import type { NodeKind } from '../model/topology.js';

/** Something that somebody says to a node. */
export interface Ability {
  readonly user: User;
  readonly command: readonly [string, ...string[]];
}

const AN_ID = '0'.repeat(40);
/** A key and a channel like any that an application may use. */
const A_KEY = 'a-key-of-the-application';

/**
 * What the nodes say to each other in the life of a topology, and applications to them (sentinel.c:
 * sentinelSendSlaveOf and the hello and ping of sentinelSendPeriodicCommands; replication.c,
 * syncWithMaster). A Sentinel throws the answers of a promotion away: where one of these is forbidden,
 * all looks healthy, and no failover can ever end.
 */
export const ABILITIES: Readonly<Record<NodeKind, readonly Ability[]>> = {
  redis: [
    ...may(
      'sentinel',
      ['PING'],
      ['INFO'],
      ['SUBSCRIBE', HELLO_CHANNEL],
      ['PUBLISH', HELLO_CHANNEL, ''],
      ['CLIENT', 'SETNAME', 'sentinel'],
      ['MULTI'],
      ['SLAVEOF', 'NO', 'ONE'],
      ['CONFIG', 'REWRITE'],
      ['CLIENT', 'KILL', 'TYPE', 'normal'],
      ['EXEC'],
      ['SCRIPT', 'KILL'],
    ),
    ...may('replication', ['PING'], ['REPLCONF', 'capa', 'psync2'], ['PSYNC', '?', '-1']),
    ...may(
      'app',
      ['PING'],
      ['GET', A_KEY],
      ['SET', A_KEY, ''],
      ['DEL', A_KEY],
      ['EXPIRE', A_KEY, '1'],
      ['MULTI'],
      ['EXEC'],
      ['SUBSCRIBE', A_KEY],
      ['PUBLISH', A_KEY, ''],
      ['INFO'],
      ['ROLE'],
    ),
  ],
  sentinel: [
    ...may(
      'sentinel',
      ['PING'],
      ['PUBLISH', HELLO_CHANNEL, ''],
      ['CLIENT', 'SETNAME', 'sentinel'],
      ['SENTINEL', 'IS-MASTER-DOWN-BY-ADDR', '127.0.0.1', '1', '0', AN_ID],
    ),
    ...may(
      'app',
      ['PING'],
      ['INFO'],
      ['SUBSCRIBE', '+switch-master'],
      ['SENTINEL', 'GET-MASTER-ADDR-BY-NAME', 'mymaster'],
      ['SENTINEL', 'REPLICAS', 'mymaster'],
      ['SENTINEL', 'SENTINELS', 'mymaster'],
    ),
  ],
};

/** What an application does with data besides. */
export const ON_DATA = may(
  'app',
  ...['INCR', 'TTL', 'EXISTS', 'UNLINK', 'TYPE', 'LPOP', 'SMEMBERS', 'HGETALL'].map(
    (name) => [name, A_KEY] as const,
  ),
  ...['APPEND', 'LPUSH', 'RPUSH', 'SADD', 'PFADD'].map((name) => [name, A_KEY, ''] as const),
  ['MGET', A_KEY],
  ['MSET', A_KEY, ''],
  ['SETEX', A_KEY, '1', ''],
  ['HSET', A_KEY, 'f', ''],
  ['HGET', A_KEY, 'f'],
  ['LRANGE', A_KEY, '0', '1'],
  ['ZADD', A_KEY, '1', ''],
  ['ZRANGE', A_KEY, '0', '1'],
  ['XADD', A_KEY, '*', 'f', ''],
  ['XRANGE', A_KEY, '-', '+'],
  ['SETBIT', A_KEY, '1', '1'],
  ['GEOADD', A_KEY, '1', '1', ''],
  ['EVAL', 'return 1', '0'],
  ['SCAN', '0'],
  ['WATCH', A_KEY],
  ['SELECT', '0'],
  ['PSUBSCRIBE', '*'],
);

const READS_ALL = [
  ['GET', A_KEY],
  ['CONFIG', 'GET', 'dir'],
  ['ACL', 'LIST'],
  ['SHUTDOWN'],
] as const;

/** What nobody but rsent itself may do; rsent none of it to the application's keys. */
export const TOO_MUCH: Readonly<Record<NodeKind, readonly Ability[]>> = {
  redis: [
    ...may(
      'sentinel',
      ...READS_ALL,
      ['SET', A_KEY, ''],
      ['FLUSHALL'],
      ['CONFIG', 'SET', 'dir', '/'],
    ),
    ...may('replication', ...READS_ALL, ['SET', A_KEY, ''], ['FLUSHALL'], ['SLAVEOF', 'NO', 'ONE']),
    ...may('rsent', ['GET', A_KEY], ['SET', A_KEY, '']),
    ...may(
      'app',
      ...READS_ALL.slice(1),
      ['CONFIG', 'SET', 'dir', '/'],
      ['FLUSHALL'],
      ['SLAVEOF', 'NO', 'ONE'],
      ['DEBUG', 'SLEEP', '0'],
      ['MODULE', 'LIST'],
      ['MONITOR'],
      ['CLIENT', 'KILL', 'TYPE', 'normal'],
    ),
  ],
  sentinel: [
    ...may('sentinel', ...READS_ALL.slice(2), ['SENTINEL', 'RESET', 'mymaster']),
    ...may(
      'app',
      ...READS_ALL.slice(2),
      ['SENTINEL', 'RESET', 'mymaster'],
      ['SENTINEL', 'FAILOVER', 'mymaster'],
      ['PUBLISH', HELLO_CHANNEL, ''],
    ),
  ],
};

function may(user: User, ...commands: (readonly [string, ...string[]])[]): readonly Ability[] {
  return commands.map((command) => ({ user, command }));
}
