import type { Hello, SentinelUser } from '../../model/examination.js';
import type { Replies, Reply } from '../../model/observation.js';
import { sameAddress } from '../../model/topology.js';
import { ABILITIES } from '../ability-lists.js';
import { textOf } from '../raw.js';
import type { SentinelVisit, Visit } from './visit.js';

/** The name of a Sentinel's connection to a data node (sentinel.c, sentinelSetClientName). */
const A_SENTINEL = /(?:^| )name=sentinel-[0-9a-f]{8}-(?:cmd|pubsub)(?: |$)/;
const USER = /(?:^| )user=(\S{1,300})(?: |$)/;

/** As whom Sentinels are logged in at a data node, by its CLIENT LIST (from 6.0 on it names users). */
export function sentinelUsersIn(reply: Reply): string[] {
  const lines = (textOf(reply) ?? '').split('\n').filter((line) => A_SENTINEL.test(line));
  const users = lines.flatMap((line) => USER.exec(line)?.[1] ?? []);
  return [...new Set(users)];
}

/** What a Sentinel says to a data node, and how rsent asks whether a user may (7.0). */
export function rightsQuestions(user: string): Record<string, readonly [string, ...string[]]> {
  return Object.fromEntries(
    ABILITIES.redis
      .filter((each) => each.user === 'sentinel')
      .map(({ command }) => [command.join(' '), ['ACL', 'DRYRUN', user, ...command]]),
  );
}

/** What the user may not, each with the words of the server; undefined where it cannot be asked. */
export function sentinelUserIn(name: string, replies: Replies): SentinelUser | undefined {
  if (!Object.values(replies).some(({ ok }) => ok)) return undefined;
  const refused = Object.entries(replies).flatMap(([command, reply]) => {
    const words = reply.ok ? String(reply.value) : '';
    // ACL DRYRUN says so in a text, as it was no fault of who asks (acl.c, aclCommand).
    return words.includes('has no permissions') ? [{ command, words }] : [];
  });
  return { name, refused };
}

/**
 * True when a Sentinel that answers says no hello, does not know another one of them, or has lost a data
 * node that answers (it cannot subscribe there): it may lack rights on the data nodes.
 */
export function mayLackRights(visits: readonly Visit[], hellos: readonly Hello[]): boolean {
  const sentinels = visits.filter(
    (visit): visit is SentinelVisit =>
      visit.kind === 'sentinel' && visit.facts.handsOut !== undefined,
  );
  const isHeard = ({ address, facts }: SentinelVisit) =>
    hellos.some(
      ({ sentinel, sentinelId }) => sentinelId === facts.myId || sameAddress(sentinel, address),
    );
  const processes = new Set(sentinels.map(({ facts }) => facts.server.runId));
  const answering = visits.filter(({ kind }) => kind === 'redis');
  const hasLost = ({ facts: { master, replicas } }: SentinelVisit) =>
    [...replicas, ...(master.reached ? [master.facts] : [])].some(
      ({ flags, address }) =>
        flags.includes('disconnected') &&
        answering.some((each) => sameAddress(each.address, address)),
    );
  return sentinels.some(
    (each) => !isHeard(each) || hasLost(each) || each.facts.peers.length < processes.size - 1,
  );
}
