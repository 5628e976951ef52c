import { sameAddress } from '../model/topology.js';
import type { Finding } from '../model/verdict.js';
import type { Scene } from './scene.js';

const ONCE = 'each data node in one topology only: two over it take it from each other';

/** Data nodes that belong to another topology as well, as these Sentinels or others see it. */
export function judgeClaims(scene: Scene): Finding[] {
  return [...judgeOwnSentinels(scene), ...judgeOtherSentinels(scene)];
}

/** A Sentinel of this topology that monitors one of its nodes under another name, too. */
function judgeOwnSentinels({ expectation, redis, sentinels }: Scene): Finding[] {
  const found = new Map<string, { node: string; name: string; by: string[] }>();
  for (const { node: by, facts } of sentinels) {
    for (const { name, address } of facts?.masters ?? []) {
      const claimed = redis.find(({ node }) => sameAddress(node.address, address));
      if (name === expectation.masterName || claimed === undefined) continue;
      const { node } = claimed;
      const entry = found.get(`${node.name} ${name}`) ?? { node: node.name, name, by: [] };
      entry.by.push(by.name);
      found.set(`${node.name} ${name}`, entry);
    }
  }
  return [...found.values()].map(({ node, name, by }) => ({
    code: 'claimed-twice',
    severity: 'error',
    subject: node,
    saw: `${by.join(', ')} ${by.length > 1 ? 'monitor' : 'monitors'} it as ${name}, too`,
    expected: ONCE,
    fix: `SENTINEL REMOVE ${name} on ${by.join(', ')}`,
  }));
}

/** Sentinels whose id is none of this topology's, and that listen on its nodes. */
function judgeOtherSentinels({ expectation, redis, sentinels }: Scene): Finding[] {
  const ids = sentinels.flatMap(({ node, facts }) => [node.sentinelId, facts?.myId]);
  const isSure = sentinels.every(({ node, facts }) => node.sentinelId ?? facts?.myId);
  if (!isSure) return [];
  const others = new Map<string, { address: string; on: string[] }>();
  for (const { node, facts } of redis) {
    for (const { id, address } of facts?.watchers ?? []) {
      if (ids.some((own) => own?.startsWith(id))) continue;
      const entry = others.get(id) ?? { address, on: [] };
      if (!entry.on.includes(node.name)) entry.on.push(node.name);
      others.set(id, entry);
    }
  }
  return [...others].map(([id, { address, on }]) => ({
    code: 'claimed-twice',
    severity: 'error',
    subject: on.join(', '),
    saw: `a Sentinel that is not of this topology watches ${on.length > 1 ? 'them' : 'it'}, from ${address} (its id begins with ${id})`,
    expected: ONCE,
    fix: `rsent doctor ${expectation.topology} hears the name under which it does: SENTINEL REMOVE with that name on it, or end it`,
    // One that was removed a moment ago may be listed still.
    settling: true,
  }));
}
