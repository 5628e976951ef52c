import type { Server } from '../../model/examination.js';
import { isClosed, SAID } from '../../model/no-answer.js';
import { addressText, sameAddress } from '../../model/topology.js';
import type { Finding } from '../../model/verdict.js';
import { ruleFor } from '../no-answers.js';
import {
  type Case,
  finding,
  grouped,
  isHandedOut,
  isHeard,
  isLost,
  masterViewOf,
  type SilentServer,
  subjectOf,
  titleOf,
  type View,
  viewsOf,
} from './case.js';
import { isMeaningless } from './judge-addresses.js';
import { announcedElsewhere, notThere } from './judge-not-there.js';
import { isShutOut, shutOut } from './judge-shut.js';
import { howToStart } from './starting.js';

/**
 * Findings about servers that are known and did not answer here. Of its own topologies rsent asks the
 * engine instead.
 */
export function judgePresence(seen: Case): Finding[] {
  if (seen.ours) return [];
  const meaningless = seen.examination.told.filter((told) => isMeaningless(seen, told));
  const silent = seen.silent.filter(
    (server) => !meaningless.some(({ address }) => sameAddress(address, server.address)),
  );
  return [
    ...judgeSilences(seen, silent),
    ...judgeDoors(seen),
    ...judgeAliases(seen),
    ...judgeLeftOut(seen),
  ];
}

function judgeLeftOut({ examination: { leftOut, masterName } }: Case): Finding[] {
  if (leftOut === 0) return [];
  return [
    finding(
      'warning',
      'too-many-servers',
      masterName,
      `${leftOut} more addresses are named under this master, and were not asked`,
      'no more servers than take part',
      'look at SENTINEL REPLICAS and SENTINEL SENTINELS, and at who may publish on the data nodes',
    ),
  ];
}

/** What the user has named, and what has no place in this topology. */
function judgeDoors({ examination: { servers } }: Case): Finding[] {
  return servers.flatMap((server): Finding[] => {
    if (!server.isDoor) return [];
    const { answer, kind } = server.observed;
    if (answer.reached && kind === 'redis') {
      return [
        finding(
          'warning',
          'door-is-no-sentinel',
          titleOf(server),
          'it was named as a Sentinel, and is a data node',
          'a Sentinel',
          'name Sentinels with --sentinel (26379 as a rule), and other servers with --node',
        ),
      ];
    }
    if (answer.reached || server.member) return [];
    const { code, fix } = ruleFor(answer.why);
    return [
      finding(
        'warning',
        code === 'node-unreachable' ? 'door-closed' : code,
        titleOf(server),
        `it was named, and gives no answer (${answer.why}); no other Sentinel lists it`,
        'a Sentinel that answers',
        fix,
      ),
    ];
  });
}

/** Several that say the same are told once. */
function judgeSilences(seen: Case, silent: readonly SilentServer[]): Finding[] {
  const isOwn = ({ why }: SilentServer) => ruleFor(why).code !== 'node-unreachable';
  const shut = silent.filter((server) => isShutOut(seen, server));
  const own = silent.filter((server) => isOwn(server) && !shut.includes(server));
  const groups = grouped(own, ({ why, address }) =>
    why === SAID['withheld-unnamed'] ? addressText(address) : why,
  );
  return [
    ...shut.map((server) => shutOut(seen, server)),
    ...[...groups.values()].map((group) => kept(seen, group)),
    ...silent.filter((server) => !isOwn(server)).map((server) => judgeSilent(seen, server)),
  ];
}

/** Servers that speak and do not serve, all of them in the same words. */
function kept(seen: Case, group: readonly SilentServer[]): Finding {
  const [{ why, address }] = group as readonly [SilentServer];
  const { code, severity, saw, expected, fix } = ruleFor(why);
  const isPassword = isClosed(why);
  const opened = isPassword ? whatIsOpen(seen, group) : undefined;
  const isMaster = group.some((server) => isHandedOut(seen.examination, server.address));
  const named = why === SAID['withheld-unnamed'] ? ` ${addressText(address)}` : '';
  const isSentinel = group.every(({ observed }) => observed.kind === 'sentinel');
  const plural = group.length > 1 && code === 'access-refused';
  const what = plural ? saw.replace('it does', 'they do') : saw;
  // It says much at once (networking.c, acceptCommonHandler), all of it for who has to mend it.
  const words = code === 'protected-mode' ? '' : `: ${why}`;
  return {
    ...finding(
      severity,
      code,
      subjectOf(group),
      `${opened ?? what}${words}`,
      expected,
      `${code === 'protected-mode' && isSentinel ? OPEN_SENTINEL : fix}${named}`,
    ),
    ...(isMaster ? { onMaster: true } : {}),
    ...(group.length === 1 ? { about: address } : {}),
  };
}

/** A Sentinel has no CONFIG, and SENTINEL CONFIG SET takes no protected-mode (sentinel.c, sentinelConfigSetCommand). */
const OPEN_SENTINEL =
  'in a private network "protected-mode no" in its sentinel.conf, then start it again: it cannot be told while it runs; elsewhere one requirepass for all Sentinels, which each also has as its sentinel-pass';

/** Whom the given password opens, where that is one kind of servers and not the other. */
function whatIsOpen(
  { sentinels, redis, silent }: Case,
  group: readonly SilentServer[],
): string | undefined {
  const isShut = (kind: 'redis' | 'sentinel') =>
    group.some(({ observed }) => observed.kind === kind);
  const isLetIn = (servers: readonly Server[]) => servers.some(({ greeting }) => greeting?.closed);
  const allShut = (kind: 'redis' | 'sentinel') =>
    silent.some(({ observed }) => observed.kind === kind) && isShut(kind);
  if (allShut('redis') && redis.length === 0 && isLetIn(sentinels)) {
    return 'the password that was given opens the Sentinels, and not the data nodes';
  }
  if (allShut('sentinel') && sentinels.every(({ greeting }) => greeting?.open) && isLetIn(redis)) {
    return 'the password that was given opens the data nodes, and not these Sentinels';
  }
  return undefined;
}

/** One that says nothing: what the Sentinels know of it decides what that means. */
function judgeSilent(seen: Case, server: SilentServer): Finding {
  const { why, state } = server;
  if (state === 'alive') return unreachable(seen, server.address, why);
  return notThere(seen, server) ?? (state === 'gone' ? ghost(seen, server) : down(seen, server));
}

function unreachable(seen: Case, address: SilentServer['address'], why: string): Finding {
  const text = addressText(address);
  const by = seen.examination.told.filter((told) => sameAddress(told.address, address));
  const hearing = viewsOf(address, seen.sentinels).filter(isHeard);
  const heard =
    hearing.length === 0
      ? ''
      : `; ${subjectOf(hearing.map((view) => view.by))} can: it answers there`;
  return {
    ...finding(
      'error',
      'address-unreachable',
      [...new Set(by.map((told) => told.by))].join(', ') || text,
      `it tells clients ${text}, and this machine cannot reach that: ${why}${heard}`,
      'every address that a Sentinel hands out can be dialled from where the clients are',
      'run the clients in the network of the nodes; or publish each port under its own number and announce the address of the host (replica-announce-ip, sentinel announce-ip, and sentinel monitor with it); or have the client translate (natMap of ioredis, nodeAddressMap of node-redis)',
    ),
    // It may have ended a moment ago: the Sentinels have not missed it yet.
    settling: true,
  };
}

/**
 * Announced, but reached only under another address. Whoever wants a password there, and was not told
 * it, is there all the same.
 */
function judgeAliases(seen: Case): Finding[] {
  return [...seen.redis, ...seen.sentinels].flatMap((server) => {
    const isReached = [...server.reachedAt, ...server.greetedAt].some((each) =>
      sameAddress(each, server.address),
    );
    if (isReached) return [];
    const sentinel = seen.sentinels.find(({ name }) => name === server.name);
    const elsewhere = sentinel && announcedElsewhere(seen, sentinel);
    return [elsewhere ?? unreachable(seen, server.address, 'nobody answers there')];
  });
}

function ghost({ examination, sentinels }: Case, server: SilentServer): Finding {
  const isSentinel = server.observed.kind === 'sentinel';
  const by = viewsOf(server.address, sentinels).map((view) => view.by.name);
  const line = isSentinel ? 'known-sentinel' : 'known-replica';
  return finding(
    'error',
    'ghost',
    server.name,
    `${by.join(', ')} still ${by.length > 1 ? 'count' : 'counts'} on it, and nobody has heard from it for long (${server.why})`,
    'only servers that are there',
    `on one Sentinel after the other: stop it, delete the line "sentinel ${line} ${examination.masterName} ${server.address.ip} ${server.address.port} …" from its conf, start it; SENTINEL RESET forgets the living, too`,
  );
}

function down(seen: Case, server: SilentServer): Finding {
  const { address, name, why } = server;
  const lost = viewsOf(address, seen.sentinels).filter(isLost);
  const by = lost.map((view) => view.by.name);
  const isMaster = isHandedOut(seen.examination, address);
  return {
    ...finding(
      'error',
      'node-down',
      name,
      `it does not answer here (${why})${by.length > 0 ? `, nor to ${by.join(', ')}` : ''}${isMaster ? whenReplaced(lost) : ''}`,
      'a server that answers',
      `${howToStart(address)}; if it is gone for good, have every Sentinel forget it`,
    ),
    about: address,
    ...(isMaster
      ? { why: 'nobody takes writes until it is back, or the Sentinels have promoted another one' }
      : {}),
  };
}

/**
 * When the Sentinels act: down-after from the first PING without an answer, or from the last answer
 * where there is no connection (sentinel.c, sentinelCheckSubjectivelyDown), at the quorum.
 */
function whenReplaced(views: readonly View[]): string {
  const left = views.flatMap(({ link, by }) => {
    const master = masterViewOf(by);
    if (master === undefined) return [];
    if (link.flags.includes('s_down')) return [{ ms: 0, quorum: master.quorum }];
    const silent = link.lastPingSentMs || link.lastOkPingReplyMs;
    return [{ ms: Math.max(0, master.downAfterMs - silent), quorum: master.quorum }];
  });
  const sorted = left.sort((a, b) => a.ms - b.ms);
  const ms = sorted[(sorted[0]?.quorum ?? 0) - 1]?.ms ?? 0;
  return ms === 0 ? '' : `; the Sentinels will act in ${Math.ceil(ms / 1000)} s (down-after)`;
}
