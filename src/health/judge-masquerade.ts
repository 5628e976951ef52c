import { type Address, addressText } from '../model/topology.js';
import type { Finding } from '../model/verdict.js';
import type { Scene } from './scene.js';

/**
 * Where the engine's host puts its own address in the place of a sender's, all nodes come from one
 * address, and the master lists that for its replicas. A rule for a bridge that is gone does so, which an
 * engine leaves that was killed: it excepts that bridge alone (`! -o br-…`), so a new one on the same
 * subnet is not excepted (moby, libnetwork/drivers/bridge/setup_ip_tables.go).
 */
export function judgeMasquerade({ expectation, redis, sentinels }: Scene): Finding[] {
  const { topology, nodes, settings } = expectation;
  const gateway = settings?.gateway;
  const isNode = nodes.some(({ address }) => address.ip === gateway);
  if (gateway === undefined || isNode) return [];
  const seen: Address[] = [
    ...redis.flatMap(({ facts }) => facts?.replicas ?? []),
    ...sentinels.flatMap(({ facts }) => facts?.replicas ?? []),
  ].map(({ address }) => address);
  const strange = seen.find(({ ip }) => ip === gateway);
  if (strange === undefined) return [];
  return [
    {
      code: 'nodes-masqueraded',
      severity: 'error',
      subject: topology,
      saw: `its nodes see each other at ${addressText(strange)}, the gateway of their network: the engine’s host masquerades the traffic between containers`,
      expected: 'each node at its own address',
      fix: `on the engine’s host: sudo iptables -t nat -S POSTROUTING shows a rule for the subnet of ${gateway} with ! -o and a bridge that ip link does not list, left by an engine that was killed; remove it (the same words after iptables -t nat, -D in the place of -A), then rsent up ${topology} --recreate, which keeps the data`,
    },
  ];
}
