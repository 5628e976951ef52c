import type { MonitoredMaster, SentinelFacts } from '../model/observation.js';
import { addressText, sameAddress } from '../model/topology.js';
import type { Add } from './collect.js';
import { judgeInfo, judgeLink } from './judge-links.js';
import { judgePeerViews, judgeReplicaViews } from './judge-members.js';
import { isSilent, nameAt, type Scene, type SentinelSeen } from './scene.js';

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
      { settling: true, about: view.address },
    );
  }
  if (master !== undefined && told !== undefined && !sameAddress(told, master.node.address)) {
    add(
      'sees-other-master',
      nameAt(scene, told),
      nameAt(scene, master.node.address),
      'it missed the switch; it learns from the next hello (2 s)',
      { settling: true },
    );
    return;
  }
  if (!sameAddress(view.address, told ?? view.address)) {
    add(
      'sees-other-master',
      `it describes ${addressText(view.address)} and hands out ${told && addressText(told)}`,
      'one address',
      'it is switching: look again',
      { settling: true },
    );
  }
  if (isSilent(scene, view.address)) return;
  judgeLink(scene, view, 'master', 'master', add);
  judgeInfo(scene, view, 'master', add);
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
      `SENTINEL SET ${scene.expectation.masterName} ${name} ${expected}, or rsent up ${scene.expectation.topology}, which does it`,
    );
  }
}
