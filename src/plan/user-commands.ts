import type { Passwords } from '../model/access.js';
import { type Account, rightsOn } from '../model/rights.js';
import type { NodeKind } from '../model/topology.js';

type Words = readonly [string, ...string[]];

/** What a user of a server is to have again. */
export interface Restored {
  readonly account: Account;
  /** The server knows rights to channels (6.2). */
  readonly hasChannels: boolean;
  /** It has further sets of rights (7.0). */
  readonly hasSelectors: boolean;
}

/**
 * What gives a user its rights and its password back, one command after the other. The first one does
 * all of it at once: connections that are open stay (redis.io/commands/acl-setuser).
 * @param passwords absent where nobody needs one
 */
export function restoringUser(
  kind: NodeKind,
  { account, hasChannels, hasSelectors }: Restored,
  acl: boolean,
  passwords: Passwords | undefined,
): readonly Words[] {
  const rights = rightsOn(kind, acl).get(account);
  if (rights === undefined) return [];
  const password = passwords?.[account === 'default' ? 'app' : account];
  const opens = rights.isOn && password !== undefined;
  const rules = [
    ...(rights.isOn ? ['on'] : ['off', 'resetpass']),
    ...(opens ? ['resetpass', `>${password}`] : []),
    ...(rights.isOn && passwords === undefined ? ['nopass'] : []),
    'resetkeys',
    ...rights.keys,
    ...(hasChannels ? ['resetchannels', ...rights.channels] : []),
    ...(hasSelectors ? ['clearselectors'] : []),
    ...rights.commands,
  ];
  // Redis's own setting for the default user goes into its conf as well.
  const isSetting = account === 'default' && kind === 'redis' && opens;
  return [
    ['ACL', 'SETUSER', account, ...rules],
    ...(isSetting ? [['CONFIG', 'SET', 'requirepass', password] as const] : []),
    kind === 'redis' ? ['CONFIG', 'REWRITE'] : ['SENTINEL', 'FLUSHCONFIG'],
  ];
}
