import { addressText, sameAddress } from '../model/topology.js';
import type { Finding } from '../model/verdict.js';
import { nameAt, type RedisSeen, type Scene } from './scene.js';

/**
 * True for a data node that was told to follow its own address: the link of such a one never comes up, as
 * whoever has no link to its master refuses PSYNC with NOMASTERLINK (replication.c, syncCommand).
 */
export function followsItself({ node, facts }: Pick<RedisSeen, 'node' | 'facts'>): boolean {
  const upstream = facts?.role === 'slave' ? facts.upstream : undefined;
  return upstream?.linkUp === false && sameAddress(upstream.master, node.address);
}

/** The finding about a data node that follows itself; none where it does not. */
export function judgeItself(scene: Scene, seen: RedisSeen): Finding[] {
  if (!followsItself(seen)) return [];
  const { master } = scene;
  const { node } = seen;
  const isMaster = seen === master;
  const leader = isMaster ? undefined : master?.node.address;
  return [
    {
      code: 'follows-itself',
      severity: 'error',
      subject: node.name,
      saw: `it is a replica of itself: its master_host is its own address (${addressText(node.address)}), so that its link never comes up, and it takes no writes`,
      expected: leader === undefined ? 'a master' : `a replica of ${nameAt(scene, leader)}`,
      fix: `REPLICAOF ${leader === undefined ? 'NO ONE' : `${leader.ip} ${leader.port}`} on it`,
      about: node.address,
      settling: true,
      ...(isMaster ? { onMaster: true } : {}),
    },
  ];
}
