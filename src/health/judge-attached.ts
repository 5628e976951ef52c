import type { RedisFacts } from '../model/observation.js';
import { addressText, sameAddress } from '../model/topology.js';
import type { Finding } from '../model/verdict.js';
import { isInTouch, type Scene, USUAL_LAG_S } from './scene.js';

/** The master's own list of replicas: all that are expected, online, and no stranger. */
export function judgeAttached(scene: Scene): Finding[] {
  const { master } = scene;
  if (master?.facts === undefined || master.facts.role !== 'master') return [];
  const attached = master.facts.replicas;
  const findings: Finding[] = [];
  for (const { node, facts } of scene.redis) {
    if (facts === undefined || node === master.node || facts.role === 'master') continue;
    const found = attached.find((each) => sameAddress(each.address, node.address));
    if (found !== undefined && isInTouch(found)) continue;
    const saw =
      found === undefined
        ? `${master.node.name} does not list it`
        : `${master.node.name} lists it as ${found.state}, ${found.lagS} s behind`;
    findings.push({
      code: 'replica-not-attached',
      severity: 'error',
      subject: node.name,
      saw,
      expected: `online, at most ${USUAL_LAG_S} s behind`,
      fix: 'wait for its sync; if it stays so, look at its log',
      settling: true,
      about: node.address,
    });
  }
  return [...findings, ...judgeStrangers(scene, master.node.name, attached)];
}

function judgeStrangers(
  scene: Scene,
  masterName: string,
  attached: RedisFacts['replicas'],
): Finding[] {
  const ours = scene.redis.map(({ node }) => node.address);
  return attached
    .filter(({ address }) => !ours.some((each) => sameAddress(each, address)))
    .map(({ address }) => ({
      code: 'foreign-replica',
      severity: 'error',
      subject: masterName,
      saw: `a replica at ${addressText(address)}`,
      expected: 'only nodes of this topology',
      fix: 'find out who runs there: it copies all data and Sentinel may promote it',
      about: address,
    }));
}
