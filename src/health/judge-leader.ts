import { addressText, sameAddress } from '../model/topology.js';
import type { Finding } from '../model/verdict.js';
import { nameAt, type RedisSeen, type Scene } from './scene.js';

/**
 * The master that the handed-out one follows, its link being up: then that one takes the writes, and
 * what the Sentinels hand out is the past. Undefined when the handed-out one is a master itself.
 */
export function leaderOf({ master, redis }: Scene): RedisSeen | undefined {
  const upstream = master?.facts?.role === 'slave' ? master.facts.upstream : undefined;
  if (upstream?.linkUp !== true) return undefined;
  return redis.find(
    ({ node, facts }) => facts?.role === 'master' && sameAddress(node.address, upstream.master),
  );
}

/**
 * A Sentinel takes a master that reports to be a replica for down after down-after and two INFO
 * periods (sentinel.c, sentinelCheckSubjectivelyDown), and can then promote only replicas that it
 * lists (sentinelSelectSlave). One that lists none never finds the way back by itself.
 */
export function judgeLeader(scene: Scene): Finding[] {
  const [leader, { master }] = [leaderOf(scene), scene];
  if (leader === undefined || master === undefined) return [];
  const { masterName } = scene.expectation;
  const { ip, port } = leader.node.address;
  const lists = scene.sentinels.some(({ facts }) =>
    facts?.replicas.some(({ address }) => sameAddress(address, leader.node.address)),
  );
  const quorum = scene.sentinels.flatMap(({ facts }) =>
    facts?.master.reached ? [facts.master.facts.quorum] : [],
  )[0];
  const again = `on every Sentinel: SENTINEL REMOVE ${masterName}, SENTINEL MONITOR ${masterName} ${ip} ${port} ${quorum ?? 'QUORUM'}, and its SENTINEL SET lines again (down-after-milliseconds, failover-timeout, auth-pass)`;
  return [
    {
      code: 'master-follows-another',
      severity: 'error',
      subject: scene.expectation.topology,
      saw: `the Sentinels hand out ${nameAt(scene, master.node.address)}, which is a replica of ${nameAt(scene, leader.node.address)}: that one takes the writes, with ${leader.facts?.replicas.length ?? 0} replicas`,
      expected: `${addressText(leader.node.address)} handed out`,
      fix: lists
        ? `look again after down-after and 20 s: then the Sentinels take a master that reports to be a replica for down; if it stays so, ${again}`
        : again,
      settling: lists,
    },
  ];
}
