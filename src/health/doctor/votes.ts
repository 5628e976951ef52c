import type { PeerFacts } from '../../model/examination.js';
import { refusalCodeOf } from '../../model/no-answer.js';
import type { Replies, Reply } from '../../model/observation.js';
import { settingIn } from '../raw.js';
import { markOf } from './settings.js';

/** What a Sentinel is asked about its dealings with the others. */
export type PeerQuestion = 'peerUser' | 'peerPass';

/** As whom all Sentinels log in at each other unless they are told otherwise. */
const USUAL = 'default';

/** As whom this Sentinel logs in at its peers. */
export function peerUserIn({ peerUser }: Replies<PeerQuestion>): string {
  return settingIn(peerUser) || USUAL;
}

/**
 * How a Sentinel deals with its peers.
 * @param vote its answer to who asks as they do
 * @param password with which it let rsent in
 */
export function peerFactsIn(
  replies: Replies<PeerQuestion>,
  vote: Reply | undefined,
  password: string | undefined,
): PeerFacts {
  const says = settingIn(replies.peerPass);
  const user = peerUserIn(replies);
  const refused = refusalIn(vote);
  return {
    user,
    ...(refused === undefined ? {} : { refuses: refused }),
    ...(password === undefined ? {} : { opensWith: markOf(password) }),
    ...sayingOf(says, password),
  };
}

/** Without a sentinel-pass a Sentinel says its own requirepass (sentinel.c, sentinelSendAuthIfNeeded). */
function sayingOf(says: string | undefined, password: string | undefined) {
  if (says === undefined) return {};
  if (says !== '') return { says: markOf(says) };
  return password === undefined ? {} : { says: markOf(password) };
}

/** Why who asks as a peer gets no answer; undefined where one comes, and where it cannot be told. */
function refusalIn(vote: Reply | undefined): string | undefined {
  if (vote === undefined) return undefined;
  // ACL DRYRUN says so in a text, as it was no fault of who asks (acl.c, aclCommand).
  if (vote.ok) {
    const text = typeof vote.value === 'string' ? vote.value : '';
    return text.includes('has no permissions') ? text : undefined;
  }
  return refusalCodeOf(vote.error) === 'NOPERM' ? vote.error : undefined;
}
