import { createHash } from 'node:crypto';
import type { Access } from '../model/access.js';
import { confWords } from '../model/directives.js';
import type { Replies } from '../model/observation.js';
import { type Account, rightsOn } from '../model/rights.js';
import type { NodeKind } from '../model/topology.js';
import { USERS_QUESTION } from './abilities.js';
import { fieldsIn, settingIn } from './raw.js';
import { isOpenedBy } from './users.js';

/** Question for what a data node says to its master. */
export const MASTERAUTH_QUESTION = {
  masterauth: ['CONFIG', 'GET', 'masterauth'],
} as const satisfies Record<string, readonly [string, ...string[]]>;

/** Question for what a Sentinel says of itself and to its peers (6.2; redis.io/docs, Sentinel). */
export const SENTINEL_CONFIG_QUESTION = {
  'sentinel config': ['SENTINEL', 'CONFIG', 'GET', '*'],
} as const satisfies Record<string, readonly [string, ...string[]]>;

/** How a topology's nodes know each other. */
export interface Security {
  readonly auth: boolean;
  readonly acl: boolean;
}

/**
 * Passwords on a data node that are not the ones of the topology, a name each; what is not known, or
 * not told, is not among them. No password leaves this function.
 */
export function otherPasswordsOfRedis(
  replies: Replies,
  access: Access,
  security: Security,
): string[] {
  const expected = security.auth ? access.replica?.password : '';
  const told = settingIn(replies['masterauth']);
  const isOther = expected !== undefined && told !== undefined && told !== expected;
  return [
    ...(isOther ? ['masterauth, which it says to its master as a replica'] : []),
    ...otherUsers('redis', replies, access, security),
  ];
}

/**
 * The same of a Sentinel.
 * @param conf text of its conf file, the only place that has what it says to data nodes
 */
export function otherPasswordsOfSentinel(
  replies: Replies,
  conf: string | undefined,
  masterName: string,
  access: Access,
  security: Security,
): string[] {
  const expected = security.auth ? access.watcher?.password : '';
  if (expected === undefined) return [];
  const told = fieldsIn(replies['sentinel config']);
  const [pass, user] = [told?.get('sentinel-pass'), told?.get('sentinel-user')];
  // Without users of their own nothing means requirepass (sentinel.c, sentinelSendAuthIfNeeded).
  const isPeers = pass === expected || (pass === '' && !security.acl);
  const wantedUser = security.acl ? 'sentinel' : '';
  const others = [
    ...(pass !== undefined && !isPeers ? ['sentinel-pass, which it says to its peers'] : []),
    ...(user !== undefined && user !== wantedUser ? ['sentinel-user, as whom it calls peers'] : []),
    ...(conf === undefined ? [] : watchingIn(conf, masterName, expected, wantedUser)),
  ];
  return [...others, ...otherUsers('sentinel', replies, access, security)];
}

function watchingIn(conf: string, masterName: string, pass: string, user: string): string[] {
  const told = watchingWords(conf, masterName);
  // One that watches nothing has no line of it either; that is a finding of its own.
  if (told === undefined) return [];
  return [
    ...(told.pass === pass ? [] : ['auth-pass, which it says to data nodes']),
    ...(told.user === user ? [] : ['auth-user, as whom it calls data nodes']),
  ];
}

/**
 * What a Sentinel says to data nodes, by its conf, which it saves at each change; undefined where it
 * does not watch that master.
 */
export function watchingWords(
  conf: string,
  masterName: string,
): { readonly pass: string; readonly user: string } | undefined {
  const lines = conf.split('\n').flatMap((line): string[][] => {
    const [what = '', name = '', master = '', value = ''] = confWords(line) ?? [];
    return what.toLowerCase() === 'sentinel' && master === masterName
      ? [[name.toLowerCase(), value]]
      : [];
  });
  const of = (name: string) => lines.findLast(([each]) => each === name)?.[1];
  if (of('monitor') === undefined) return undefined;
  return { pass: of('auth-pass') ?? '', user: of('auth-user') ?? '' };
}

/** Users that are on and that no known password opens. */
function otherUsers(
  kind: NodeKind,
  replies: Replies,
  access: Access,
  { auth, acl }: Security,
): string[] {
  if (!auth) return [];
  return [...rightsOn(kind, acl)].flatMap(([account, { isOn }]) => {
    const password = passwordOf(account, access);
    // What an application says to a data node is tried.
    const isTried = kind === 'redis' && (account === 'app' || account === 'default');
    if (!isOn || isTried || password === undefined) return [];
    const sha256 = createHash('sha256').update(password).digest('hex');
    const isOpened = isOpenedBy(replies[USERS_QUESTION], account, sha256);
    return isOpened ? [] : [`the password of its user ${account}`];
  });
}

function passwordOf(account: Account, access: Access): string | undefined {
  const known = {
    ...{ default: access.application, app: access.application, rsent: access.redis },
    ...{ sentinel: access.watcher, replication: access.replica },
  };
  return known[account]?.password;
}
