import type { RedisFacts, Upstream } from '../model/observation.js';
import { sameAddress } from '../model/topology.js';
import type { ExpectedNode, Finding } from '../model/verdict.js';
import { collect } from './collect.js';
import { judgeAttached } from './judge-attached.js';
import { judgeEligible } from './judge-eligible.js';
import { followsItself, judgeItself } from './judge-itself.js';
import { judgeLeader, leaderOf } from './judge-leader.js';
import { judgeNoMaster } from './judge-no-master.js';
import { isUntold } from './judge-untold.js';
import { judgeWrites } from './judge-writes.js';
import { nameAt, type RedisSeen, type Scene } from './scene.js';
import { remedyOfSecond } from './second-master.js';

/** Findings about the data nodes: exactly one master, all others its replicas, in sync. */
export function judgeRedis(scene: Scene): Finding[] {
  return [
    ...judgeMasters(scene),
    ...scene.redis.flatMap((seen) =>
      seen.facts === undefined
        ? []
        : judgeWrites(scene, seen, seen.facts, judgeNode(scene, seen, seen.facts)),
    ),
    ...judgeAttached(scene),
    ...judgeEligible(scene),
  ];
}

function judgeMasters(scene: Scene): Finding[] {
  const { master } = scene;
  if (master?.facts === undefined) return [judgeNoMaster(scene)];
  const leader = leaderOf(scene);
  const others = scene.redis.filter(
    (seen) => seen !== master && seen !== leader && seen.facts?.role === 'master',
  );
  const isMaster = master.facts.role === 'master';
  return others.map(({ node, facts }) => {
    const base = {
      code: 'two-masters',
      severity: 'error',
      subject: node.name,
      saw: `it says it is a master, and ${isMaster ? `so does ${master.node.name}` : `the Sentinels hand out ${master.node.name}`}`,
      expected: `a replica of ${nameAt(scene, master.node.address)}`,
      about: node.address,
    } as const;
    if (facts?.figures?.clusterEnabled) {
      // REPLICAOF is refused in cluster mode (replication.c, replicaofCommand).
      const fix = 'nothing of its own: no Sentinel can demote it as long as it is in cluster mode';
      return { ...base, fix, why: 'it serves no write and copies nothing: one failure is used up' };
    }
    return {
      ...base,
      fix: remedyOfSecond(scene, node.address, master.node.address),
      settling: true,
    };
  });
}

/** No error: nobody tries again by itself where there are no save points, and nothing is lost. */
function snapshotFailed(subject: string): Finding {
  return {
    code: 'snapshot-failed',
    severity: 'warning',
    subject,
    saw: 'its last snapshot (RDB) could not be written',
    expected: 'written',
    fix: 'free disk space, then BGSAVE; with stop-writes-on-bgsave-error it may refuse writes until one succeeds',
  };
}

function loadingOf({ headway }: RedisFacts): string {
  const text = headway?.what === 'load' ? headway.text : 'loading its data';
  return `it is loading its data${text === 'loading its data' ? '' : `: ${text}`}`;
}

/**
 * A master that loads answers PING with -LOADING, which counts as alive (sentinel.c,
 * sentinelPingReplyCallback): no failover comes by itself, unless the Sentinel saw it restart and has a
 * master-reboot-down-after-period (7.0).
 */
function remedyOfLoading(scene: Scene, seen: RedisSeen): string {
  if (seen !== scene.master) return 'wait until it is done';
  const { masterName } = scene.expectation;
  return `wait until it is done; or have a replica take over now: SENTINEL FAILOVER ${masterName} on a Sentinel. SENTINEL SET ${masterName} master-reboot-down-after-period MILLISECONDS on every Sentinel does so by itself the next time`;
}

function judgeNode(scene: Scene, seen: RedisSeen, facts: RedisFacts): Finding[] {
  const { node } = seen;
  const { findings, add } = collect(node.name);
  const passing = {
    ...{ settling: true, about: node.address },
    ...(seen === scene.master ? { onMaster: true as const } : {}),
  };
  if (facts.loading) {
    add('node-loading', loadingOf(facts), 'loaded', remedyOfLoading(scene, seen), passing);
  }
  if (facts.role !== facts.roleCommand && !isUntold(facts, 'ROLE')) {
    add(
      'role-unclear',
      `INFO says ${facts.role}, ROLE says ${facts.roleCommand}`,
      'one role',
      'look again: its role is changing',
      passing,
    );
  }
  if (!facts.lastWriteOk) {
    add(
      'disk-write-failed',
      'its last write to the append-only file failed: it refuses writes, and Sentinels hold it for dead',
      'written',
      'free disk space: it tries again every second',
      passing,
    );
  }
  if (!facts.lastSaveOk) findings.push(snapshotFailed(node.name));
  if (followsItself(seen)) {
    findings.push(...judgeItself(scene, seen));
  } else if (seen === scene.master && leaderOf(scene) !== undefined) {
    findings.push(...judgeLeader(scene));
  } else if (seen === scene.master && facts.role !== 'master') {
    add(
      'master-not-serving',
      `role ${facts.role}`,
      'master, as the Sentinels hand it out',
      'a failover may be under way: look again',
      passing,
    );
  }
  if (seen !== scene.master && facts.role === 'slave' && facts.upstream !== undefined) {
    findings.push(...judgeReplica(scene, seen, facts, facts.upstream));
  }
  return findings;
}

function judgeReplica(
  scene: Scene,
  seen: RedisSeen,
  facts: RedisFacts,
  upstream: Upstream,
): Finding[] {
  const { findings, add } = collect(seen.node.name);
  const { master } = scene;
  if (followsItself(seen)) {
    // Told already: neither another master nor a link is what is wrong.
  } else if (master !== undefined && !sameAddress(upstream.master, master.node.address)) {
    findings.push(wrongMaster(scene, seen.node, facts, upstream, master));
  } else if (!upstream.linkUp) {
    add(
      'replica-link-down',
      'its link to the master is down',
      'up',
      `look at its log: rsent logs ${scene.expectation.topology} ${seen.node.name}`,
      { settling: true, about: upstream.master },
    );
  } else if (upstream.syncInProgress) {
    add(
      'replica-syncing',
      'it is still copying from the master',
      'in sync',
      'wait until the copy is done',
      { settling: true },
    );
  } else if (master?.facts && facts.masterReplicationId !== master.facts.masterReplicationId) {
    add(
      'replica-other-history',
      'its replication id differs from the master’s',
      'the same history',
      'look again: it is about to resync',
      { settling: true },
    );
  }
  if (upstream.announced === false) findings.push(hidden(scene, seen));
  if (!upstream.readOnly) {
    add(
      'replica-writable',
      'it takes writes of its own',
      'read-only',
      isOwn(scene)
        ? `rsent up ${scene.expectation.topology} sets it back`
        : 'CONFIG SET replica-read-only yes on it, then CONFIG REWRITE',
    );
  }
  return findings;
}

/** True where rsent decides what a data node is set to. */
function isOwn({ expectation: { settings } }: Scene): boolean {
  return settings?.ownUsers === true;
}

/** A replica behind a replica has the data of the one master of both: their histories are one. */
function wrongMaster(
  scene: Scene,
  node: ExpectedNode,
  facts: RedisFacts,
  { master: followed, linkUp }: Upstream,
  master: RedisSeen,
): Finding {
  const history = master.facts?.masterReplicationId;
  const isBehind = linkUp && history !== undefined && facts.masterReplicationId === history;
  return {
    code: 'replica-wrong-master',
    severity: 'error',
    subject: node.name,
    saw: `it follows ${nameAt(scene, followed)}${isBehind ? ', and has the data of the master by that way' : ''}`,
    expected: nameAt(scene, master.node.address),
    fix: `Sentinel repoints it after failover-timeout; rsent up ${scene.expectation.topology} does it when it starts the node`,
    settling: true,
    about: node.address,
    ...(isBehind
      ? { why: 'it loses its source with the replica in between, and comes a step later' }
      : {}),
  };
}

/** A warning where the user's own templates may say so. */
function hidden(scene: Scene, { node }: RedisSeen): Finding {
  const { topology } = scene.expectation;
  const mends = isOwn(scene);
  return {
    code: 'replica-hidden',
    severity: mends ? 'error' : 'warning',
    subject: node.name,
    saw: 'replica-announced is no: no Sentinel lists it, and clients that ask for replicas never find it',
    expected: 'yes',
    fix: `${mends ? `rsent up ${topology} sets it back` : 'CONFIG SET replica-announced yes on it, then CONFIG REWRITE'}; Sentinels learn that within 10 s`,
  };
}
