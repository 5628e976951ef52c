import { PING_PERIOD_MS } from '../model/constants.js';
import type { SentinelFacts } from '../model/observation.js';
import { majorityOf } from '../model/topology.js';
import type { ExpectedNode, Finding } from '../model/verdict.js';
import { type Add, collect } from './collect.js';
import { judgeAddressless } from './judge-addressless.js';
import { isUntold } from './judge-untold.js';
import { judgeViews } from './judge-views.js';
import { judgeVotes } from './judge-votes.js';
import type { Scene, SentinelSeen } from './scene.js';

/** Findings about the Sentinels: who they are, what each one sees, whether they agree. */
export function judgeSentinels(scene: Scene): Finding[] {
  return [
    ...judgeMajority(scene),
    ...judgeIdentities(scene),
    ...judgeEpochs(scene),
    ...judgeVotes(scene),
    ...judgeAddressless(scene),
    ...scene.sentinels.flatMap((seen) =>
      seen.facts === undefined ? [] : judgeOne(scene, seen, seen.facts),
    ),
  ];
}

/** SENTINEL_TILT_PERIOD in sentinel.c. */
export const LEAVES_TILT =
  'wait 30 s: a Sentinel leaves TILT that long after its last stall; if it comes back, find what stalls it (CPU, disk, DNS, a machine that sleeps)';

function judgeMajority(scene: Scene): Finding[] {
  const answering = scene.sentinels.filter(({ facts }) => facts !== undefined);
  const tilted = answering.filter(({ facts }) => facts?.tilt);
  const usable = answering.length - tilted.length;
  const majority = majorityOf(scene.sentinels.length);
  const quorum = scene.expectation.settings?.quorum ?? 0;
  const needed = Math.max(majority, quorum);
  if (usable >= needed) return [];
  const waiting = tilted.length > 0 ? `; ${tilted.length} in TILT mode` : '';
  const start = `rsent up ${scene.expectation.topology} starts the stopped ones`;
  return [
    {
      code: usable < majority ? 'no-majority' : 'no-quorum',
      severity: 'error',
      subject: scene.expectation.topology,
      saw: `${usable} of ${scene.sentinels.length} Sentinels can act${waiting}`,
      expected: `at least ${needed} (majority ${majority}, quorum ${quorum || 'unknown'}): without them no failover can happen`,
      // Nobody is started who runs: those in TILT only need time.
      fix:
        answering.length >= needed
          ? LEAVES_TILT
          : tilted.length > 0
            ? `${start}; ${LEAVES_TILT}`
            : start,
      settling: answering.length >= needed,
    },
  ];
}

function judgeIdentities(scene: Scene): Finding[] {
  const byId = new Map<string, ExpectedNode[]>();
  for (const { node, facts } of scene.sentinels) {
    if (facts?.myId === undefined) continue;
    byId.set(facts.myId, [...(byId.get(facts.myId) ?? []), node]);
  }
  return [...byId]
    .filter(([, nodes]) => nodes.length > 1)
    .map(([id, nodes]) => ({
      code: 'duplicate-sentinel-id',
      severity: 'error',
      subject: nodes.map(({ name }) => name).join(', '),
      among: nodes.map(({ address }) => address),
      saw: `they share the id ${id}`,
      expected: 'an id of its own for each Sentinel',
      fix: 'stop all but one, delete the line "sentinel myid" of the others and start them again',
    }));
}

function judgeEpochs(scene: Scene): Finding[] {
  const epochs = new Map(
    scene.sentinels.flatMap(({ node, facts }) =>
      facts?.master.reached ? [[node.name, facts.master.facts.configEpoch] as const] : [],
    ),
  );
  if (new Set(epochs.values()).size <= 1) return [];
  return [
    {
      code: 'epochs-differ',
      severity: 'error',
      subject: scene.expectation.topology,
      saw: [...epochs].map(([name, epoch]) => `${name} has ${epoch}`).join(', '),
      expected: 'one configuration epoch on all Sentinels',
      fix: 'wait for the next hello (2 s); if they still differ, they do not hear each other',
      settling: true,
    },
  ];
}

function judgeOne(scene: Scene, seen: SentinelSeen, facts: SentinelFacts): Finding[] {
  const { findings, add } = collect(seen.node.name);
  judgeSelf(scene, seen, facts, add);
  // Who may not ask for its view has none to judge; that is a finding of its own.
  if (isUntold(facts, 'SENTINEL MASTER', 'SENTINEL REPLICAS', 'SENTINEL SENTINELS'))
    return findings;
  if (!facts.master.reached) {
    add(
      'knows-no-master',
      facts.master.why,
      `a master named ${scene.expectation.masterName}`,
      scene.expectation.settings?.ownUsers
        ? `rsent up ${scene.expectation.topology} has it watch the master again`
        : 'its conf has no such "sentinel monitor" line; look at its conf file',
      { about: seen.node.address },
    );
    return findings;
  }
  judgeViews(scene, seen, facts, facts.master.facts, add);
  if (!isUntold(facts, 'SENTINEL CKQUORUM')) judgeCkquorum(scene, facts, add);
  return findings;
}

function judgeSelf(scene: Scene, seen: SentinelSeen, facts: SentinelFacts, add: Add): void {
  const { sentinelId } = seen.node;
  if (facts.myId !== undefined && sentinelId !== undefined && facts.myId !== sentinelId) {
    add(
      'wrong-sentinel-id',
      `id ${facts.myId}`,
      sentinelId,
      'its conf was replaced; peers keep a ghost of its old id',
    );
  }
  if (facts.tilt) {
    add(
      'tilt',
      'TILT mode: it answers, but takes no part in a failover',
      'not in TILT',
      LEAVES_TILT,
      { settling: true },
    );
  }
  if (facts.simulateFailure) {
    add('simulates-failure', 'SENTINEL SIMULATE-FAILURE is set', 'unset', 'restart this Sentinel');
  }
  if (facts.pingPeriodMs !== undefined && facts.pingPeriodMs !== PING_PERIOD_MS) {
    add(
      'ping-period',
      `${facts.pingPeriodMs} ms`,
      `${PING_PERIOD_MS} ms: below 200 ms failovers abort`,
      `SENTINEL DEBUG ping-period ${PING_PERIOD_MS}, or rsent up ${scene.expectation.topology}, which does it`,
    );
  }
  if (facts.changedTimes !== undefined) {
    add(
      'debug-times',
      facts.changedTimes.join(', '),
      'the times that a Sentinel begins with: with others it may never take part in a failover',
      `rsent up ${scene.expectation.topology} sets them back`,
    );
  }
  if (facts.confSaved?.ok === false && !isUntold(facts, 'SENTINEL FLUSHCONFIG')) {
    add(
      'conf-not-saved',
      facts.confSaved.why,
      'its conf can be written',
      'free disk space, check owner and mode of its conf directory',
    );
  }
}

function judgeCkquorum(scene: Scene, facts: SentinelFacts, add: Add): void {
  const { ok, usable, text } = facts.ckquorum;
  const silent = scene.sentinels.filter((seen) => seen.facts === undefined).length;
  const awaited = scene.sentinels.length - silent;
  if (ok && usable !== undefined && usable >= awaited) return;
  if (!ok && awaited < majorityOf(scene.sentinels.length)) return;
  add('ckquorum', text, `OK ${awaited} usable Sentinels`, 'see the findings about its peers', {
    settling: true,
  });
}
