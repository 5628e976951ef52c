import type { AccessFacts, Denied, UserFacts } from '../model/observation.js';
import { type Account, accountOf, type Rights, rightsOn } from '../model/rights.js';
import type { NodeKind } from '../model/topology.js';
import { mayWriteKeys } from './users.js';

/** A user that rsent made, and how it is not as rsent made it, in words. */
export interface ChangedUser {
  readonly account: Account;
  /** What is other in its keys, channels, commands and passwords. */
  readonly differences: readonly string[];
  /** All that is other is that an application may do less, and not nothing: somebody may have meant that. */
  readonly isNarrowed: boolean;
  /** Somebody who knows its name needs no password. */
  readonly isOpen: boolean;
  /** It lacks what nodes or every application need, or cannot log in. */
  readonly lacksNeeded: boolean;
}

/** What a topology was asked for of passwords. */
interface Security {
  readonly auth: boolean;
  readonly acl: boolean;
  /** Two passwords open each user while they are changed. */
  readonly isRotating: boolean;
}

/**
 * The users on a node whose rights are not those that rsent gave them, as its server describes them;
 * none where it does not tell.
 */
export function changedUsers(
  kind: NodeKind,
  facts: AccessFacts,
  security: Security,
): readonly ChangedUser[] {
  const { users } = facts;
  if (users === undefined) return [];
  return [...rightsOn(kind, security.acl)].flatMap(([account, rights]): ChangedUser[] => {
    const lacksNeeded = (facts.denied ?? []).some((each) => each.user === account);
    const user = users.find(({ name }) => name === account);
    const isOpen = security.auth && user?.isOn === true && !user.needsPassword;
    const [less, more] =
      user === undefined ? [[], []] : differencesOf(account, user, rights, facts, security);
    if (!lacksNeeded && !isOpen && less.length + more.length === 0) return [];
    const isApplications = account === accountOf('app', security.acl);
    const works = !lacksNeeded && !isOpen && (kind === 'sentinel' || isWriter(user));
    const isNarrowed = isApplications && works && more.length === 0;
    return [{ account, differences: [...less, ...more], isNarrowed, isOpen, lacksNeeded }];
  });
}

function isWriter(user: UserFacts | undefined): boolean {
  return user !== undefined && mayWriteKeys(user);
}

/** Users that rsent did not make. */
export function strangersAmong(
  kind: NodeKind,
  { users }: AccessFacts,
  acl: boolean,
): readonly UserFacts[] {
  const own = rightsOn(kind, acl);
  return (users ?? []).filter(({ name }) => !own.has(name as Account));
}

/** What a user has less, or at least other, and what it has more. */
function differencesOf(
  account: Account,
  user: UserFacts,
  rights: Rights,
  facts: AccessFacts,
  { auth, isRotating }: Security,
): [less: string[], more: string[]] {
  // Who cannot log in has no use of any right.
  if (!user.isOn && !rights.isOn) return [[], []];
  const names = (list: readonly Denied[] | undefined) =>
    (list ?? []).filter((each) => each.user === account).map(({ permission }) => permission);
  const [curtailed, excess] = [names(facts.curtailed), names(facts.excess)];
  const less = [
    ...patterns('keys', user.keys, rights.keys),
    ...(user.channels === undefined ? [] : patterns('channels', user.channels, rights.channels)),
    ...(curtailed.length > 0 ? [`may not: ${curtailed.join(', ')}`] : []),
  ];
  const more = [
    ...(user.isOn && !rights.isOn ? ['is on'] : []),
    ...(excess.length > 0 ? [`may, and should not: ${excess.join(', ')}`] : []),
    ...(user.selectors === '' ? [] : [`has further rights: ${user.selectors}`]),
    ...(auth && rights.isOn && user.passwords > 1 && !isRotating
      ? [`has ${user.passwords} passwords, where rsent gave it one`]
      : []),
  ];
  return [less, more];
}

function patterns(what: string, seen: readonly string[], given: readonly string[]): string[] {
  const text = (list: readonly string[]) => [...list].sort().join(' ') || 'none';
  if (text(seen) === text(given)) return [];
  return [`${what}: ${text(seen)} (rsent gave it ${text(given)})`];
}
