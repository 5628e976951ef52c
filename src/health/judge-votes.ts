import type { MonitoredMaster } from '../model/observation.js';
import type { Finding } from '../model/verdict.js';
import type { Scene } from './scene.js';

/** An election begins within a second or two of the quorum: after so many down-afters none will. */
const PERIODS = 2;

/**
 * Enough Sentinels have long considered the master down, and none has heard that of the others: o_down
 * needs their answers (sentinel.c, sentinelCheckObjectivelyDown).
 */
export function judgeVotes({ expectation, sentinels }: Scene): Finding[] {
  const views = sentinels.flatMap(({ node, facts }) =>
    facts?.master.reached && !facts.tilt ? [{ node, view: facts.master.facts }] : [],
  );
  const isAgreed = views.some(({ view }) =>
    view.flags.some((flag) => flag === 'o_down' || flag === 'failover_in_progress'),
  );
  const sure = views.filter(({ view }) => isLongDown(view));
  const quorum = Math.max(1, ...views.map(({ view }) => view.quorum));
  if (isAgreed || sure.length < 2 || sure.length < quorum) return [];
  const { masterName } = expectation;
  const [first] = sure;
  const seconds = Math.round((first?.view.sinceDownMs ?? 0) / 1000);
  const { ip, port } = first?.view.address ?? { ip: 'IP', port: 'PORT' };
  return [
    {
      code: 'votes-unheard',
      severity: 'error',
      subject: masterName,
      saw: `${sure.map(({ node }) => node.name).join(', ')} consider the master down for ${seconds} s (quorum ${quorum}), and none has heard so from another: s_down, and no o_down`,
      expected: 'o_down within two seconds of the quorum, and then an election',
      fix: `on the machine of each Sentinel ask every other one: SENTINEL IS-MASTER-DOWN-BY-ADDR ${ip} ${port} 0 * must answer 1. NOPERM: ACL SETUSER default +sentinel|is-master-down-by-addr there; NOAUTH: sentinel-pass; no answer: their network, or sentinel announce-ip`,
    },
  ];
}

function isLongDown({ flags, sinceDownMs, downAfterMs }: MonitoredMaster): boolean {
  return flags.includes('s_down') && (sinceDownMs ?? 0) > PERIODS * downAfterMs;
}
