import type { Server } from '../../model/examination.js';
import { refusalCodeOf } from '../../model/no-answer.js';
import type { Finding } from '../../model/verdict.js';
import { isAtLeast } from '../../model/version.js';
import {
  type Case,
  finding,
  grouped,
  isLost,
  type SentinelServer,
  subjectOf,
  titleOf,
  viewsOf,
} from './case.js';

/** Findings about what Sentinels may ask of each other. */
export function judgePeers(seen: Case): Finding[] {
  return [...judgeVoters(seen), ...judgePeerPass(seen)];
}

/** CKQUORUM counts them all the same: it only looks at who is down (sentinel.c, sentinelIsQuorumReachable). */
function judgeVoters({ sentinels }: Case): Finding[] {
  const deaf = sentinels.filter(({ peering }) => peering?.refuses !== undefined);
  return [...grouped(deaf, ({ peering }) => peering?.user ?? '')].map(([user, group]) =>
    finding(
      'error',
      'votes-refused',
      subjectOf(group),
      `they refuse SENTINEL IS-MASTER-DOWN-BY-ADDR to the user ${user}, as which Sentinels ask each other: ${group[0]?.peering?.refuses}`,
      'Sentinels that tell each other whether the master is down, and vote',
      `ACL SETUSER ${user} +sentinel|is-master-down-by-addr on each of them, then SENTINEL FLUSHCONFIG (with an aclfile: ACL SAVE); where no user may do that (NOPERM): stop each, add +sentinel|is-master-down-by-addr to the line "user ${user} …" of its sentinel.conf (or aclfile), start it`,
    ),
  );
}

/**
 * A Sentinel counts NOAUTH and WRONGPASS as no answer (sentinel.c, sentinelPingReplyCallback), so that one
 * with another password is down for the others.
 */
function judgePeerPass({ members, sentinels }: Case): Finding[] {
  const lost = members
    .filter(({ greeting, observed }) => observed.kind === 'sentinel' && greeting?.closed)
    .flatMap((server) => {
      const by = viewsOf(server.address, sentinels)
        .filter(isLost)
        .map((view) => view.by)
        .filter(({ peering }) => !isTheirs(peering, server.peering));
      return by.map((sentinel) => ({ sentinel, server }));
    });
  const bySentinel = grouped(lost, ({ sentinel }) => sentinel.name);
  const groups = grouped([...bySentinel.values()], (each) =>
    each.map(({ server }) => titleOf(server)).join(', '),
  );
  return [...groups].map(([titles, group]) => {
    const by = group.flatMap(([first]): SentinelServer[] => (first ? [first.sentinel] : []));
    const servers = group.flat().map(({ server }) => server);
    const others = servers.some(wantsAnother)
      ? sentinels.filter(({ peering }) => peering?.opensWith)
      : [];
    const other = others.length === 0 ? '' : `, another one than ${subjectOf(others)}`;
    return finding(
      'error',
      'sentinel-pass-wrong',
      subjectOf(by),
      `${titles} answers here and wants a password${other}; for ${subjectOf(by)} it is down`,
      'a password that all Sentinels take from each other',
      remedyOf(sentinels, other === '' ? undefined : titles),
    );
  });
}

/** What opened another Sentinel was said to it in vain: they have different passwords. */
function wantsAnother({ observed: { answer } }: Server): boolean {
  return !answer.reached && refusalCodeOf(answer.why) === 'WRONGPASS';
}

/**
 * A Sentinel says one password to all others: sentinel-pass, from 6.2 on, else its own requirepass
 * (sentinel.c, sentinelSendAuthIfNeeded; redis.io/docs, Sentinel, "Configuring Sentinel instances with
 * authentication"). What it has saved of its user `default` comes after requirepass (acl.c, ACLLoadConfiguredUsers).
 */
function remedyOf(sentinels: readonly SentinelServer[], different: string | undefined): string {
  const one =
    'the same requirepass in every sentinel.conf: stop a Sentinel that differs, change that line, delete the line "user default …" if there is one (it has the old password), start it';
  const isOld = sentinels.some(
    ({ facts: { server } }) => server.product === 'redis' && !isAtLeast(server.version, '6.2.0'),
  );
  const isOne = different !== undefined || isOld;
  if (!isOne) {
    return `${one}. Where all have one already: SENTINEL CONFIG SET sentinel-pass PASSWORD (with users also sentinel-user) on each, or the line "sentinel sentinel-pass PASSWORD" in its conf`;
  }
  const why = isOld
    ? 'before 6.2 a Sentinel says its own requirepass to the others'
    : `a Sentinel says one sentinel-pass to all others, so that it cannot fit two passwords: ${different} must have that of the others`;
  return `${one} (${why})`;
}

/** True when it is known that the one says what opens the other: then something else keeps them apart. */
function isTheirs(by: Case['members'][number]['peering'], other: typeof by): boolean {
  return by?.says !== undefined && by.says === other?.opensWith;
}
