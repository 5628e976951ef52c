import type { LinkFacts, MonitoredMaster, MonitoredReplica } from '../model/observation.js';
import { sameAddress } from '../model/topology.js';
import type { Add } from './collect.js';
import { nameAt, type Scene } from './scene.js';

/** INFO older than two of Sentinel's periods (10 s each) is no knowledge any more. */
const STALE_INFO_MS = 20_000;

/** Flags of a failover, and of who was asked about the master: none of them says that a link is down. */
const OF_A_FAILOVER = [
  ...['master_down', 'failover_in_progress', 'promoted'],
  ...['reconf_sent', 'reconf_inprog', 'reconf_done'],
];

/** Flags must be the bare type; a PONG is proven by `last-ping-sent` 0 and by nothing else. */
export function judgeLink(
  scene: Scene,
  link: LinkFacts,
  type: string,
  what: string,
  add: Add,
): void {
  const who = `${what} ${nameAt(scene, link.address)}`;
  // master_down is the memory of an answer that expires by itself (sentinel.c, 5 ask periods).
  const odd = link.flags.filter((flag) => ![type, ...OF_A_FAILOVER].includes(flag));
  if (odd.length > 0) {
    add(
      `sees-${what}-down`,
      `${who} is ${odd.join(',')}`,
      'reachable',
      `check the network between them: rsent status ${scene.expectation.topology} shows both ends`,
      { settling: true, about: link.address },
    );
  } else if (link.lastPingSentMs !== 0) {
    add(
      'unproven',
      `${who} owes it a PONG since ${link.lastPingSentMs} ms`,
      'no PING unanswered',
      'look again in a second',
      { settling: true, about: link.address },
    );
  }
}

/** Whether a Sentinel's INFO of a data node is there, is recent, and is of that node. */
export function judgeInfo(
  scene: Scene,
  view: MonitoredMaster | MonitoredReplica,
  what: 'master' | 'replica',
  add: Add,
): void {
  const who = `${what} ${nameAt(scene, view.address)}`;
  const role = what === 'master' ? 'master' : 'slave';
  if (view.runId === '' || view.infoRefreshMs <= 0 || view.infoRefreshMs >= STALE_INFO_MS) {
    add(
      'no-info',
      `${who} has not answered INFO lately`,
      'INFO every 10 s',
      'look again in a few seconds',
      { settling: true, about: view.address },
    );
  } else if (view.roleReported !== role) {
    add(
      'sees-other-role',
      `${who} reports the role ${view.roleReported}`,
      role,
      'it is changing roles, or someone changed it behind Sentinel',
      { settling: true, about: view.address },
    );
  }
  const actual = scene.redis.find(({ node }) => sameAddress(node.address, view.address))?.facts;
  if (actual !== undefined && view.runId !== '' && actual.server.runId !== view.runId) {
    add(
      'impostor',
      `${who} has run id ${view.runId}`,
      actual.server.runId,
      'it was restarted (look again in 10 s), or another server has its address',
      { settling: true, about: view.address },
    );
  }
}
