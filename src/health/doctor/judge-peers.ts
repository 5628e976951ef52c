import type { Finding } from '../../model/verdict.js';
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
      `ACL SETUSER ${user} +sentinel|is-master-down-by-addr on each of them, then SENTINEL FLUSHCONFIG (with an aclfile: ACL SAVE)`,
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
    return finding(
      'error',
      'sentinel-pass-wrong',
      subjectOf(by),
      `${titles} answers here and wants a password; for ${subjectOf(by)} it is down`,
      'a password that all Sentinels take from each other',
      'the same requirepass in every sentinel.conf; or SENTINEL CONFIG SET sentinel-pass PASSWORD (with users also sentinel-user) on each of them, with what the others want',
    );
  });
}

/** True when it is known that the one says what opens the other: then something else keeps them apart. */
function isTheirs(by: Case['members'][number]['peering'], other: typeof by): boolean {
  return by?.says !== undefined && by.says === other?.opensWith;
}
