import { PING_PERIOD_MS } from '../model/constants.js';
import type { LinkFacts, SentinelFacts } from '../model/observation.js';
import { sameAddress } from '../model/topology.js';
import type { Finding } from '../model/verdict.js';
import { isInTouch, type Scene } from './scene.js';

/**
 * Every node answers rsent, and none hears any other: no node is at fault, the network between them
 * is. One finding for that, which explains what each of them complains of.
 */
export function judgeIsolation({ expectation, redis, sentinels }: Scene): Finding[] {
  const isTold = [...redis, ...sentinels].every(({ facts }) => facts !== undefined);
  if (!isTold || redis.length < 2 || sentinels.length === 0) return [];
  const isHeard = sentinels.some(({ node, facts }) =>
    linksOf(facts).some((link) => !sameAddress(link.address, node.address) && !isDead(link)),
  );
  const isFollowed = redis.some(({ facts }) => facts?.replicas.some((each) => isInTouch(each)));
  if (isHeard || isFollowed) return [];
  const nodes = redis.length + sentinels.length;
  const isKnown = expectation.settings !== undefined;
  return [
    {
      code: 'nodes-isolated',
      severity: 'error',
      subject: expectation.topology,
      saw: `all ${nodes} nodes answer rsent, but none of them hears another: ${isKnown ? 'the engine’s host does not let traffic between containers through' : 'what lies between them lets nothing through'}`,
      expected: isKnown ? 'containers that reach each other' : 'servers that reach each other',
      fix: FORWARD,
      settling: true,
    },
  ];
}

/**
 * docs.docker.com/engine/network/packet-filtering-firewalls: Docker adds its own rules as it starts,
 * and a firewall that is loaded later takes them away.
 */
const FORWARD =
  'on the engine’s host: sysctl net.ipv4.ip_forward must be 1; iptables -S FORWARD and iptables -S DOCKER-USER show what drops it (bridged traffic passes them where sysctl net.bridge.bridge-nf-call-iptables is 1); a firewall that was reloaded has removed Docker’s rules, and restarting the engine brings them back';

function linksOf(facts: SentinelFacts | undefined): readonly LinkFacts[] {
  if (facts === undefined) return [];
  const { master, replicas, peers } = facts;
  return [...(master.reached ? [master.facts] : []), ...replicas, ...peers];
}

/** Down or without a connection by its flags, or a PING without an answer for more than its period. */
function isDead({ flags, lastPingSentMs }: LinkFacts): boolean {
  return (
    flags.some((flag) => ['s_down', 'o_down', 'disconnected'].includes(flag)) ||
    lastPingSentMs > PING_PERIOD_MS
  );
}
