import { refusalCodeOf, SAID } from '../../model/no-answer.js';
import type { Finding } from '../../model/verdict.js';
import { ruleFor } from '../no-answers.js';
import {
  type Case,
  finding,
  isHandedOut,
  type SilentServer,
  subjectOf,
  titleOf,
  type View,
  viewsOf,
} from './case.js';

/** What keeps everybody out whose TLS checks dates. */
const FOR_ALL: readonly string[] = [SAID['server-expired'], SAID['server-early']];

/** A path that is set is read, though it was that path before (config.c, applyTlsCfg). */
const RENEW =
  'renew its certificate: put the new one in the place of its tls-cert-file and tls-key-file, then CONFIG SET tls-cert-file FILE on it (redis-cli --tls --insecure), or restart it';

/**
 * True for a server that speaks, lets rsent in no more than the Sentinels, and is down for all who know
 * it. Between Sentinels that want passwords of each other `judgePeers` says more.
 */
export function isShutOut({ sentinels }: Case, server: SilentServer): boolean {
  const { observed, greeting, why } = server;
  if (greeting === undefined || ruleFor(why).code !== 'access-refused') return false;
  if (observed.kind === 'sentinel' && greeting.closed) return false;
  const views = viewsOf(server.address, sentinels);
  return views.length > 0 && views.every(isDown);
}

/** The finding about such a server. */
export function shutOut(seen: Case, server: SilentServer): Finding {
  const { address, name, why, observed } = server;
  const by = subjectOf(viewsOf(address, seen.sentinels).map((view) => view.by));
  const isMaster = isHandedOut(seen.examination, address);
  const harm = observed.kind === 'sentinel' ? 'its vote does not count' : 'they never promote it';
  return {
    ...finding(
      'error',
      'shut-out',
      name,
      `it runs, and lets neither rsent in nor the Sentinels: ${said(seen, server)}; for ${by} it is down${isMaster ? '' : `: ${harm}`}`,
      'a server that lets the Sentinels in',
      remedyOf(seen, server),
    ),
    about: address,
    ...(isMaster ? { onMaster: true } : {}),
    ...(FOR_ALL.includes(why) ? {} : { settling: true }),
  };
}

/** The data nodes that want a password and took the one that this server refuses. */
function opened({ redis }: Case, { why, observed }: SilentServer) {
  if (observed.kind !== 'redis' || refusalCodeOf(why) !== 'WRONGPASS') return [];
  return redis.filter(({ greeting }) => greeting?.closed);
}

function said(seen: Case, server: SilentServer): string {
  const others = opened(seen, server);
  if (others.length === 0) return server.why;
  return `it does not take the password that opens ${others.map(titleOf).join(', ')} (${server.why})`;
}

function remedyOf(seen: Case, server: SilentServer): string {
  const { examination } = seen;
  const { why, greeting } = server;
  if (opened(seen, server).length > 0) {
    return 'on it, with the password that it has now: CONFIG SET masterauth PASSWORD and CONFIG SET requirepass PASSWORD, with that of the others, then CONFIG REWRITE; or the same in its conf, and a restart. Sentinel can be told one password only for all data nodes';
  }
  if (why === SAID['server-expired']) return RENEW;
  if (FOR_ALL.includes(why)) return ruleFor(why).fix;
  if (greeting?.closed) {
    return `compare its requirepass with what the Sentinels were told: SENTINEL SET ${examination.masterName} auth-pass PASSWORD on each of them (with users also auth-user). For rsent: ${ruleFor(why).fix}`;
  }
  return `for rsent: ${ruleFor(why).fix}. What keeps the Sentinels out its own log says, and theirs`;
}

function isDown({ link }: View): boolean {
  return link.flags.includes('s_down');
}
