import { HELLO_CHANNEL } from '../model/constants.js';
import type { AccessFacts, Denied, Replies, Reply, UserFacts } from '../model/observation.js';
import { type Account, accountOf } from '../model/rights.js';
import type { NodeKind } from '../model/topology.js';
import { ABILITIES, type Ability, ON_DATA, TOO_MUCH } from './ability-lists.js';
import { mayRun } from './acl-rules.js';
import { usersIn } from './users.js';

/** The question for the users of a server. */
export const USERS_QUESTION = 'acl list';

/** A name for the question whether somebody may do something, made of both. */
function questionOf({ user, command }: Ability, acl: boolean): string {
  return `${accountOf(user, acl)} ${command.join(' ')}`;
}

/** Without ACL nobody has rights of its own, and the one that all are may do everything. */
function askedOf(kind: NodeKind, acl: boolean): readonly Ability[] {
  const onData = kind === 'redis' ? ON_DATA : [];
  return [...ABILITIES[kind], ...onData, ...(acl ? TOO_MUCH[kind] : [])];
}

/**
 * Questions that show who the users of such a node are, and, from 7.0 on, what they may do, without
 * doing it.
 * @param acl everyone is a user of its own
 */
export function abilityQuestions(
  kind: NodeKind,
  acl: boolean,
): Record<string, readonly [string, ...string[]]> {
  return Object.fromEntries([
    [USERS_QUESTION, ['ACL', 'LIST']],
    ...askedOf(kind, acl).map((ability) => {
      const account = accountOf(ability.user, acl);
      return [questionOf(ability, acl), ['ACL', 'DRYRUN', account, ...ability.command]];
    }),
  ]);
}

/** The permission that stands for being able to log in at all, as ACL SETUSER writes it. */
export const TO_LOG_IN = 'on';

/**
 * What a server says of its users and their rights: by ACL DRYRUN (redis.io/commands/acl-dryrun), by
 * its list of users where it is older than that. Nothing is said of what it does not tell.
 */
export function accessIn(replies: Replies, kind: NodeKind, acl: boolean): AccessFacts {
  const users = usersIn(replies[USERS_QUESTION]);
  const asked = askedOf(kind, acl).map((ability): Asked => {
    return { ability, acl, reply: replies[questionOf(ability, acl)] };
  });
  const tells = asked.some(({ reply }) => reply?.ok || isNoSuchUser(reply));
  if (!tells && users === undefined) return {};
  const answer = tells ? byTrial : (each: Asked) => byRules(each, users ?? []);
  const told = asked.map((each) => ({ ...each, answer: answer(each) }));
  const of = (list: readonly Ability[], wanted: Answer) =>
    once(told.filter(({ ability, answer }) => list.includes(ability) && answer === wanted));
  const off = users === undefined ? [] : offIn(users, kind, acl);
  const renamed = told.filter(({ ability, answer }) => {
    const isSent = ABILITIES[kind].includes(ability) && ability.user !== 'app';
    return isSent && answer === 'no such command';
  });
  return {
    denied: [...off, ...of(ABILITIES[kind], 'no')],
    curtailed: of(ON_DATA, 'no'),
    excess: of(TOO_MUCH[kind], 'yes'),
    renamed: [...new Set(renamed.map(({ ability }) => ability.command[0]))],
    ...(users === undefined ? {} : { users }),
  };
}

interface Asked {
  readonly ability: Ability;
  readonly acl: boolean;
  readonly reply: Reply | undefined;
}

type Answer = 'yes' | 'no' | 'not this key' | 'no such command' | 'unknown';

/** Keys and channels are judged by the patterns; only the hello's channel is part of the command. */
const ABOUT_A_PATTERN = /access the '.{0,200}' (?:key|channel)/s;

function byTrial({ ability, reply }: Asked): Answer {
  if (reply?.ok === true) {
    if (reply.value === 'OK') return 'yes';
    const isHello = ability.command.includes(HELLO_CHANNEL);
    return !isHello && ABOUT_A_PATTERN.test(String(reply.value)) ? 'not this key' : 'no';
  }
  // Where others were answered, a user that is not there may do nothing.
  return /command '.{0,200}' not found/is.test(reply?.error ?? '') ? 'no such command' : 'no';
}

/** For applications the rules say too little: what they use is in any category. */
function byRules({ ability: { user, command }, acl }: Asked, users: readonly UserFacts[]): Answer {
  const account = users.find(({ name }) => name === accountOf(user, acl));
  if (user === 'app') return 'unknown';
  if (account === undefined) return 'no';
  const answer = mayRun(account.commands, command);
  return answer === undefined ? 'unknown' : answer ? 'yes' : 'no';
}

/** A user that is off, or gone, may be allowed all of it (acl.c, aclCommand): it is told apart. */
function offIn(users: readonly UserFacts[], kind: NodeKind, acl: boolean): Denied[] {
  const needed = new Set<Account>(ABILITIES[kind].map(({ user }) => accountOf(user, acl)));
  const isOn = (account: Account) => users.some(({ name, isOn }) => name === account && isOn);
  return [...needed].filter((each) => !isOn(each)).map((user) => ({ user, permission: TO_LOG_IN }));
}

/** Each permission once, in the words of ACL SETUSER. */
function once(asked: readonly Asked[]): Denied[] {
  const found = new Map(
    asked.map(({ ability: { user, command }, acl }): [string, Denied] => {
      const denied = { user: accountOf(user, acl), permission: permissionOf(command) };
      return [`${denied.user} ${denied.permission}`, denied];
    }),
  );
  return [...found.values()];
}

function permissionOf([name, sub = '']: readonly [string, ...string[]]): string {
  const hasSub = /^(CONFIG|CLIENT|SCRIPT|SENTINEL|ACL|DEBUG|MODULE)$/.test(name);
  return `${name}${hasSub ? `|${sub}` : ''}`.toLowerCase();
}

/** "ERR User 'sentinel' not found": somebody has removed it. */
function isNoSuchUser(reply: Reply | undefined): boolean {
  return reply?.ok === false && /User .{0,200} not found/i.test(reply.error);
}
