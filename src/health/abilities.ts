import type { User } from '../model/access.js';
import { HELLO_CHANNEL } from '../model/constants.js';
import type { Denied, Replies, Reply } from '../model/observation.js';
import type { NodeKind } from '../model/topology.js';

interface Ability {
  readonly user: User;
  readonly command: readonly [string, ...string[]];
}

const AN_ID = '0'.repeat(40);
/** A key and a channel like any that an application may use. */
const A_KEY = 'a-key-of-the-application';

/**
 * What the nodes say to each other in the life of a topology, and applications to them (sentinel.c: sentinelSendSlaveOf and
 * the hello and ping of sentinelSendPeriodicCommands; replication.c, syncWithMaster). A Sentinel
 * throws the answers of a promotion away: where one of these is forbidden, all looks healthy, and
 * no failover can ever end.
 */
const ABILITIES: Readonly<Record<NodeKind, readonly Ability[]>> = {
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

function may(user: User, ...commands: (readonly [string, ...string[]])[]): readonly Ability[] {
  return commands.map((command) => ({ user, command }));
}

/** A name for the question whether somebody may do something, made of both. */
function questionOf({ user, command }: Ability): string {
  return `${user} ${command.join(' ')}`;
}

/** Questions that show what the users on such a node may do, without doing it (from 7.0 on). */
export function abilityQuestions(kind: NodeKind): Record<string, readonly [string, ...string[]]> {
  return Object.fromEntries([
    ...usersOn(kind).map((user) => [userQuestion(user), ['ACL', 'GETUSER', user]]),
    ...ABILITIES[kind].map((ability) => {
      return [questionOf(ability), ['ACL', 'DRYRUN', ability.user, ...ability.command]];
    }),
  ]);
}

function usersOn(kind: NodeKind): User[] {
  return [...new Set(ABILITIES[kind].map(({ user }) => user))];
}

function userQuestion(user: User): string {
  return `is ${user} on`;
}

/** The permission that stands for being able to log in at all, as ACL SETUSER writes it. */
export const TO_LOG_IN = 'on';

/**
 * What the server says they may not do; undefined when it was not asked, or is older than the
 * command (redis.io/commands/acl-dryrun).
 */
export function deniedIn(replies: Replies, kind: NodeKind): readonly Denied[] | undefined {
  const asked = ABILITIES[kind].map((ability) => ({
    ability,
    reply: replies[questionOf(ability)],
  }));
  if (!asked.some(({ reply }) => reply?.ok || isNoSuchUser(reply))) return undefined;
  // A user that is off, or gone, may be allowed all of it (acl.c, aclCommand): it is told apart.
  const off = usersOn(kind)
    .filter((user) => !isOn(replies[userQuestion(user)]))
    .map((user) => ({ user, permission: TO_LOG_IN }));
  return [
    ...off,
    ...asked.flatMap(({ ability: { user, command }, reply }): Denied[] => {
      if (reply?.ok && reply.value === 'OK') return [];
      const [name = '', sub = ''] = command;
      const hasSub = /^(CONFIG|CLIENT|SCRIPT|SENTINEL)$/.test(name);
      return [{ user, permission: `${name}${hasSub ? `|${sub}` : ''}`.toLowerCase() }];
    }),
  ];
}

/** ACL GETUSER gives names and values; the flags say whether somebody may log in. */
function isOn(reply: Reply | undefined): boolean {
  if (reply?.ok !== true || !Array.isArray(reply.value)) return false;
  const flags: unknown = reply.value[reply.value.indexOf('flags') + 1];
  return Array.isArray(flags) && flags.includes('on');
}

/** "ERR User 'sentinel' not found": somebody has removed it. */
function isNoSuchUser(reply: Reply | undefined): boolean {
  return reply?.ok === false && /User .{0,200} not found/i.test(reply.error);
}
