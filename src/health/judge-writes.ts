import type { RedisFacts } from '../model/observation.js';
import { sameAddress } from '../model/topology.js';
import type { Finding } from '../model/verdict.js';
import { isAtLeast } from '../model/version.js';
import type { RedisSeen, Scene } from './scene.js';
import { writeRefusal } from './writes.js';

/** Refusals that matter on a replica, too: it may be the master at any time. */
const ON_ANY_NODE = ['application-refused', 'cluster-enabled', 'clients-full'];

/** What says more than the refusal of a write does. */
const INSTEAD: Readonly<Record<string, string>> = {
  'master-follows-another': 'master-not-serving',
  'follows-itself': 'master-not-serving',
};

/**
 * Who may not write to its disk refuses PING, too, which is no answer for a Sentinel (sentinel.c,
 * sentinelPingReplyCallback): any master, and from 7.0 on a replica as well (server.c, processCommand).
 */
function refusesPing({ role, server: { product, version } }: RedisFacts): boolean {
  return role === 'master' || product === 'valkey' || isAtLeast(version, '7.0.0');
}

/**
 * The findings about a data node, and among them why it refuses writes, which every client of the
 * master feels. A warning about the same thing gives way to it.
 * @param findings what is known of it otherwise
 */
export function judgeWrites(
  scene: Scene,
  seen: RedisSeen,
  facts: RedisFacts,
  findings: readonly Finding[],
): Finding[] {
  const refusal = writeRefusal(facts, scene.expectation, seen.node.name);
  if (refusal === undefined) return [...findings];
  const { code } = refusal;
  const matters =
    seen === scene.master ||
    ON_ANY_NODE.includes(code) ||
    (code === 'snapshot-failed' && refusesPing(facts));
  if (!matters) return [...findings];
  const isTold = findings.some(
    ({ code, severity }) =>
      severity === 'error' && (code === refusal.code || INSTEAD[code] === refusal.code),
  );
  if (isTold) return [...findings];
  const rest = findings.filter(({ code }) => code !== refusal.code);
  const onMaster = seen === scene.master ? ({ onMaster: true } as const) : {};
  const whom = refusal.code === 'writes-refused' ? unheardBy(scene, seen, facts) : {};
  const base = { severity: 'error', subject: seen.node.name, about: seen.node.address } as const;
  return [...rest, { ...base, ...whom, ...refusal, ...onMaster }];
}

/** It is about the data nodes that are none of its replicas, where with them it would take writes. */
function unheardBy(
  scene: Scene,
  master: RedisSeen,
  { replicas, goodReplicas = 0, settings }: RedisFacts,
): Partial<Finding> {
  const others = scene.redis.map(({ node }) => node.address);
  const among = others.filter(
    (address) =>
      !sameAddress(address, master.node.address) &&
      !replicas.some((each) => sameAddress(each.address, address)),
  );
  const needed = Number(settings?.get('min-replicas-to-write') ?? Number.NaN);
  return goodReplicas + among.length >= needed ? { among } : {};
}
