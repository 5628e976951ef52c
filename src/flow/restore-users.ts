import { createHash } from 'node:crypto';
import { abilityQuestions, accessIn, USERS_QUESTION } from '../health/abilities.js';
import { changedUsers } from '../health/changed-users.js';
import { opensWith } from '../health/users.js';
import type { Passwords } from '../model/access.js';
import { messageOf, RsentError } from '../model/errors.js';
import type { AccessFacts, Reply } from '../model/observation.js';
import { type Account, rightsOn } from '../model/rights.js';
import type { TopologyRecord } from '../model/topology.js';
import { restoringUser } from '../plan/user-commands.js';
import { withoutSecret } from '../redis/reasons.js';
import type { Observer, Target } from './observe.js';
import type { Told } from './tell.js';

/**
 * Give the users that rsent made on a node the rights and the password again that it gave them, where
 * somebody has changed them. An application's user that only may do less stays so, as do users of the
 * topology's own templates, and any other.
 * @param passwords absent where nobody needs one
 * @param told what was put right is added
 * @throws RsentError `refused` with the server's words when it does not take it
 */
export async function restoreUsers(
  { spec, unfinished }: TopologyRecord,
  observer: Observer,
  node: Target,
  passwords: Passwords | undefined,
  told: Told[],
): Promise<void> {
  // While passwords are changed each user has two; the change itself sets them right.
  if (spec.templates !== undefined || unfinished?.rotating === 'password') return;
  const { auth, acl } = spec.security;
  if (auth && passwords === undefined) return;
  const known = auth ? passwords : undefined;
  const client = observer.client(node);
  const replies = await client.ask(abilityQuestions(node.kind, acl));
  const facts = accessIn(replies, node.kind, acl);
  const changed = changedUsers(node.kind, facts, { auth, acl, isRotating: false });
  const accounts = new Set<Account>([
    ...changed.filter(({ isNarrowed }) => !isNarrowed).map(({ account }) => account),
    ...lockedOut(node, facts, acl, replies[USERS_QUESTION], known),
  ]);
  for (const account of accounts) {
    for (const command of restoringUser(node.kind, restored(account, facts), acl, known)) {
      await client.call(...command).catch((error: unknown) => {
        const why = Object.values(known ?? {}).reduce(withoutSecret, messageOf(error));
        throw new RsentError('refused', `${node.name} does not take its user ${account}: ${why}.`);
      });
    }
    const [was, now] = ['changed by hand', 'as rsent gave it'];
    told.push({ node: node.name, name: `user ${account}`, was, now });
  }
}

/** Users whose password is another one, or not the only one. */
function lockedOut(
  { kind }: Target,
  { users }: AccessFacts,
  acl: boolean,
  reply: Reply | undefined,
  passwords: Passwords | undefined,
): Account[] {
  if (passwords === undefined) return [];
  return [...rightsOn(kind, acl)].flatMap(([account, { isOn }]) => {
    const isThere = users?.some(({ name }) => name === account) === true;
    const password = passwords[account === 'default' ? 'app' : account];
    const sha256 = createHash('sha256').update(password).digest('hex');
    return isOn && isThere && !opensWith(reply, account, sha256) ? [account] : [];
  });
}

function restored(account: Account, { users }: AccessFacts) {
  const user = users?.find(({ name }) => name === account);
  const hasChannels = users?.some(({ channels }) => channels !== undefined) === true;
  return { account, hasChannels, hasSelectors: user !== undefined && user.selectors !== '' };
}
