import { HELLO_PERIOD_MS } from '../model/constants.js';
import type {
  LinkFacts,
  MonitoredMaster,
  MonitoredReplica,
  SentinelFacts,
} from '../model/observation.js';
import { type Address, addressText, sameAddress } from '../model/topology.js';
import { isSilent, nameAt, type Scene, type SentinelSeen } from './scene.js';

/** INFO older than two of Sentinel's periods (10 s each) is no knowledge any more. */
const STALE_INFO_MS = 20_000;
/** Peers that have said nothing for three hello periods are not known to be there. */
const STALE_HELLO_MS = 3 * HELLO_PERIOD_MS;

export type Add = (
  code: string,
  saw: string,
  expected: string,
  fix: string,
  settling?: boolean,
) => void;

/** What one Sentinel says of the master, its replicas and the other Sentinels. */
export function judgeViews(
  scene: Scene,
  seen: SentinelSeen,
  facts: SentinelFacts,
  master: MonitoredMaster,
  add: Add,
): void {
  judgeMasterView(scene, facts, master, add);
  judgeSettings(scene, master, add);
  judgeReplicaViews(scene, facts, add);
  judgePeerViews(scene, seen, facts, add);
}

function judgeMasterView(
  scene: Scene,
  facts: SentinelFacts,
  view: MonitoredMaster,
  add: Add,
): void {
  const { master } = scene;
  const told = facts.handsOut;
  if (view.failoverState !== undefined || view.flags.includes('failover_in_progress')) {
    add(
      'failover-running',
      `failover state ${view.failoverState ?? 'unknown'}`,
      'no failover under way',
      'wait until it ends',
      true,
    );
  }
  if (master !== undefined && told !== undefined && !sameAddress(told, master.node.address)) {
    add(
      'sees-other-master',
      nameAt(scene, told),
      nameAt(scene, master.node.address),
      'it missed the switch; it learns from the next hello (2 s)',
      true,
    );
    return;
  }
  if (!sameAddress(view.address, told ?? view.address)) {
    add(
      'sees-other-master',
      `it describes ${addressText(view.address)} and hands out ${told && addressText(told)}`,
      'one address',
      'it is switching: look again',
      true,
    );
  }
  if (isSilent(scene, view.address)) return;
  judgeLink(scene, view, 'master', 'master', add);
  judgeInfo(scene, view, 'master', add);
}

/** Flags must be the bare type; a PONG is proven by `last-ping-sent` 0 and by nothing else. */
function judgeLink(scene: Scene, link: LinkFacts, type: string, what: string, add: Add): void {
  const who = `${what} ${nameAt(scene, link.address)}`;
  // master_down is the memory of an answer that expires by itself (sentinel.c, 5 ask periods).
  const odd = link.flags.filter(
    (flag) =>
      ![type, 'master_down', 'failover_in_progress', 'promoted', 'reconf_done'].includes(flag),
  );
  if (odd.length > 0) {
    add(
      `sees-${what}-down`,
      `${who} is ${odd.join(',')}`,
      'reachable',
      'check the network between them: rsent status shows both ends',
      true,
    );
  } else if (link.lastPingSentMs !== 0) {
    add(
      'unproven',
      `${who} owes it a PONG since ${link.lastPingSentMs} ms`,
      'no PING unanswered',
      'look again in a second',
      true,
    );
  }
}

function judgeInfo(
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
      true,
    );
  } else if (view.roleReported !== role) {
    add(
      'sees-other-role',
      `${who} reports the role ${view.roleReported}`,
      role,
      'it is changing roles, or someone changed it behind Sentinel',
      true,
    );
  }
  const actual = scene.redis.find(({ node }) => sameAddress(node.address, view.address))?.facts;
  if (actual !== undefined && view.runId !== '' && actual.server.runId !== view.runId) {
    add(
      'impostor',
      `${who} has run id ${view.runId}`,
      actual.server.runId,
      'it was restarted (look again in 10 s), or another server has its address',
      true,
    );
  }
}

function judgeSettings(scene: Scene, view: MonitoredMaster, add: Add): void {
  const { settings } = scene.expectation;
  if (settings === undefined) return;
  const pairs: [string, number, number][] = [
    ['quorum', view.quorum, settings.quorum],
    ['down-after-milliseconds', view.downAfterMs, settings.downAfterMs],
    ['failover-timeout', view.failoverTimeoutMs, settings.failoverTimeoutMs],
    ['parallel-syncs', view.parallelSyncs, settings.parallelSyncs],
  ];
  for (const [name, saw, expected] of pairs) {
    if (saw === expected) continue;
    add(
      'setting-differs',
      `${name} ${saw}`,
      String(expected),
      `SENTINEL SET ${scene.expectation.masterName} ${name} ${expected}`,
    );
  }
}

function judgeReplicaViews(scene: Scene, facts: SentinelFacts, add: Add): void {
  const { master } = scene;
  if (master === undefined) return;
  const told = facts.handsOut;
  if (told !== undefined && !sameAddress(told, master.node.address)) return;
  const expected = scene.redis
    .map(({ node }) => node.address)
    .filter((address) => !sameAddress(address, master.node.address));
  judgeSet(scene, 'replica', facts.replicas, expected, add);
  for (const view of facts.replicas) {
    if (isSilent(scene, view.address)) continue;
    if (!expected.some((address) => sameAddress(address, view.address))) continue;
    judgeLink(scene, view, 'slave', 'replica', add);
    judgeInfo(scene, view, 'replica', add);
    judgeReplication(scene, view, master.node.address, add);
  }
}

function judgeReplication(scene: Scene, view: MonitoredReplica, master: Address, add: Add): void {
  if (view.runId === '') return;
  const who = nameAt(scene, view.address);
  if (view.master === undefined || !sameAddress(view.master, master)) {
    const follows = view.master === undefined ? 'nobody' : nameAt(scene, view.master);
    add(
      'sees-replica-astray',
      `${who} follows ${follows}`,
      nameAt(scene, master),
      'Sentinel repoints it after failover-timeout',
      true,
    );
  } else if (!view.masterLinkOk) {
    add(
      'sees-replica-unlinked',
      `${who} reports its link to the master as down`,
      'ok',
      'look again in a second: INFO comes once a second while it is down',
      true,
    );
  }
}

function judgePeerViews(scene: Scene, seen: SentinelSeen, facts: SentinelFacts, add: Add): void {
  const peers = scene.sentinels.filter((each) => each !== seen);
  judgeSet(
    scene,
    'peer',
    facts.peers,
    peers.map(({ node }) => node.address),
    add,
  );
  for (const view of facts.peers) {
    if (view.runId !== '' && view.runId === facts.myId) {
      add(
        'own-ghost',
        'it lists itself among its peers, so its vote counts twice',
        'only others',
        'stop it, delete the line "known-sentinel" with its own id, start it',
      );
    }
    const peer = peers.find(({ node }) => sameAddress(node.address, view.address));
    if (peer?.facts === undefined) continue;
    const { sentinelId } = peer.node;
    if (sentinelId !== undefined && view.runId !== sentinelId) {
      add(
        'peer-id',
        `${peer.node.name} under the id ${view.runId}`,
        sentinelId,
        'it learns the right one from the next hello (2 s)',
        true,
      );
    }
    judgeLink(scene, view, 'sentinel', 'peer', add);
    if (facts.server.uptimeMs > 2 * STALE_HELLO_MS && view.lastHelloMs > STALE_HELLO_MS) {
      add(
        'no-hello',
        `${peer.node.name} has said no hello for ${view.lastHelloMs} ms`,
        `one every ${HELLO_PERIOD_MS} ms`,
        'its publishing to the data nodes fails: look at its log',
        true,
      );
    }
  }
}

/** Exactly the expected ones: counts alone include the dead and the never seen. */
function judgeSet(
  scene: Scene,
  what: 'replica' | 'peer',
  views: readonly LinkFacts[],
  expected: readonly Address[],
  add: Add,
): void {
  for (const address of expected) {
    if (views.some((view) => sameAddress(view.address, address))) continue;
    add(
      `${what}-unknown`,
      `it does not know ${nameAt(scene, address)}`,
      `every ${what} known`,
      what === 'replica'
        ? 'it learns replicas from the master’s INFO (10 s)'
        : 'it learns peers from their hello (2 s)',
      true,
    );
  }
  for (const view of views) {
    if (expected.some((address) => sameAddress(view.address, address))) continue;
    add(
      `${what}-ghost`,
      `it lists ${addressText(view.address)}, which is not of this topology`,
      `only expected ${what}s`,
      'Sentinel never forgets by itself: stop it, delete that known-… line in its conf, start it',
    );
  }
}
