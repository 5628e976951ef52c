import { PING_PERIOD_MS } from '../model/constants.js';
import type { MonitoredMaster, MonitoredReplica } from '../model/observation.js';
import { sameAddress } from '../model/topology.js';
import type { Finding } from '../model/verdict.js';
import { type RedisSeen, type Scene, type SentinelSeen, silentMaster } from './scene.js';

/** SENTINEL_INFO_PERIOD in sentinel.c. */
const INFO_PERIOD_MS = 10_000;

/** Whether a failover would find anybody to promote. */
export function judgeEligible(scene: Scene): Finding[] {
  if (scene.redis.length < 2) return [];
  // While the master is away only this is certain: links and views change by the second then.
  if (scene.master === undefined && !(silentMaster(scene) && areAllPassedOver(scene))) return [];
  if (scene.redis.some((seen) => isEligible(scene, seen))) return [];
  return [
    {
      code: 'no-eligible-replica',
      severity: 'error',
      subject: scene.expectation.topology,
      saw: whyNot(scene),
      expected: 'at least one that could be promoted',
      fix: `start a replica (rsent up ${scene.expectation.topology}), or give one a replica-priority`,
      settling: true,
      among: scene.redis.filter((seen) => seen !== scene.master).map(({ node }) => node.address),
    },
  ];
}

function areAllPassedOver({ redis, master }: Scene): boolean {
  const replicas = redis.filter((seen) => seen !== master && seen.facts?.role === 'slave');
  return replicas.length > 0 && replicas.every(({ facts }) => facts?.upstream?.priority === 0);
}

function whyNot(scene: Scene): string {
  if (areAllPassedOver(scene)) {
    return 'every replica has the priority 0: Sentinel promotes none of them';
  }
  return 'no replica that was linked to the master lately and has a priority above 0';
}

/**
 * Sentinel's own rule (sentinel.c, sentinelSelectSlave, the same from 2.8 to 8.0, and in Valkey): a
 * priority above 0, a link to the master that is not down for longer than ten times down-after (and
 * the time since which the master is down), and in the eyes of a Sentinel that does not list it as
 * down, has had an answer from it in five PING periods and INFO in three of its periods.
 */
function isEligible(scene: Scene, seen: RedisSeen): boolean {
  const { facts } = seen;
  if (facts?.role !== 'slave' || facts.upstream === undefined) return false;
  const { priority, linkUp, linkDownMs = Number.POSITIVE_INFINITY } = facts.upstream;
  if (priority === 0) return false;
  const watching = scene.sentinels
    .flatMap((sentinel) => viewOf(sentinel, seen))
    // In a switch the leader still describes the old master, and the others have asked nobody yet.
    .filter(({ master }) => isOf(scene, master))
    .filter(({ view }) => view.runId !== '');
  // Where no Sentinel says anything of it, what it says of itself must do.
  if (watching.length === 0) return linkUp;
  return watching.some(({ master, view }) => {
    const mostDownMs = (master.sinceDownMs ?? 0) + 10 * master.downAfterMs;
    return (linkUp || linkDownMs <= mostDownMs) && isUsable(view, master);
  });
}

function isOf({ master }: Scene, { address }: MonitoredMaster): boolean {
  return master !== undefined && sameAddress(address, master.node.address);
}

function isUsable(view: MonitoredReplica, master: MonitoredMaster): boolean {
  const isDown = view.flags.some((flag) => ['s_down', 'o_down', 'disconnected'].includes(flag));
  const infoMs = isMasterDown(master) ? 5 * PING_PERIOD_MS : 3 * INFO_PERIOD_MS;
  return !isDown && view.lastOkPingReplyMs <= 5 * PING_PERIOD_MS && view.infoRefreshMs <= infoMs;
}

function isMasterDown({ flags }: MonitoredMaster): boolean {
  return flags.includes('s_down');
}

function viewOf(
  { facts }: SentinelSeen,
  { node }: RedisSeen,
): { readonly master: MonitoredMaster; readonly view: MonitoredReplica }[] {
  const view = facts?.replicas.find(({ address }) => sameAddress(address, node.address));
  if (facts?.master.reached !== true || view === undefined) return [];
  return [{ master: facts.master.facts, view }];
}
