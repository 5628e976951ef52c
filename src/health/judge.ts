import type { Observation } from '../model/observation.js';
import { addressText } from '../model/topology.js';
import type { Expectation, Finding, Verdict } from '../model/verdict.js';
import { causesFirst } from './causes.js';
import { collect } from './collect.js';
import { judgeAccess } from './judge-access.js';
import { judgeAnnounced } from './judge-announced.js';
import { judgeClaims } from './judge-claims.js';
import { judgeConfs, judgeFiles } from './judge-files.js';
import { judgeIsolation } from './judge-isolation.js';
import { judgeLimits } from './judge-limits.js';
import { judgeMasquerade } from './judge-masquerade.js';
import { judgeMemory } from './judge-memory.js';
import { judgeNames, judgeRenamed } from './judge-names.js';
import { judgeNetwork } from './judge-network.js';
import { judgePasswords } from './judge-passwords.js';
import { judgePresence } from './judge-presence.js';
import { judgeRedis } from './judge-redis.js';
import { judgeSentinels } from './judge-sentinel.js';
import { judgeSettings } from './judge-settings.js';
import { judgeTls } from './judge-tls.js';
import { judgeUntold } from './judge-untold.js';
import { judgeUpgrade } from './judge-upgrade.js';
import { judgeUsers } from './judge-users.js';
import { isSilent, type Scene, sceneOf } from './scene.js';
import { judgeRenames } from './sentinel-renames.js';
import { writeRefusal } from './writes.js';

/** Findings that each by itself rule out a failover. */
const NO_FAILOVER = [
  ...['nodes-isolated', 'no-majority', 'no-quorum', 'no-eligible-replica', 'no-master'],
];

/** What one look at a topology means, measured against what was expected. */
export function judge(expectation: Expectation, observation: Observation): Verdict {
  const scene = sceneOf(expectation, observation);
  const findings = causesFirst([
    ...judgeIsolation(scene),
    ...judgeMasquerade(scene),
    ...judgeUnfinished(expectation),
    ...judgeNetwork(expectation, observation),
    ...judgePod(expectation, observation),
    ...judgeMemory(expectation, observation),
    ...judgeLimits(expectation, observation),
    ...observation.nodes.flatMap((node) => judgePresence(expectation, node)),
    ...judgeRedis(scene),
    ...judgeFiles(scene),
    ...judgeConfs(expectation, observation),
    ...judgeSettings(scene),
    ...judgePasswords(scene),
    ...judgeAnnounced(scene),
    ...judgeUntold(scene),
    ...judgeSentinels(scene),
    ...judgeDials(scene, observation),
    ...judgeAccess(scene, observation),
    ...judgeUsers(scene, observation),
    ...judgeClaims(scene),
    ...judgeRenames(scene),
    ...judgeTls(scene, observation),
    ...judgeNames(expectation, observation.nodes),
    ...judgeRenamed(expectation),
    ...judgeUpgrade(expectation, observation.nodes),
  ]);
  return verdictOf(findings, isDown(scene));
}

/**
 * Down: nobody takes writes. Degraded: someone does, but something is wrong.
 * @param isDown whether nobody takes writes
 */
export function verdictOf(findings: readonly Finding[], isDown: boolean): Verdict {
  const healthy = !findings.some(({ severity }) => severity === 'error');
  const serving = healthy ? 'healthy' : 'degraded';
  return { state: isDown ? 'down' : serving, healthy, findings };
}

/** Name of the node that serves as master, or undefined. */
export function masterOf(expectation: Expectation, observation: Observation): string | undefined {
  const { master } = sceneOf(expectation, observation);
  return master?.facts?.role === 'master' ? master.node.name : undefined;
}

/**
 * The findings that rule out a failover, each by its cause where another one explains it; none means
 * that one can happen.
 */
export function obstacles({ findings }: Verdict): Finding[] {
  const stands = findings.filter(({ code }) => NO_FAILOVER.includes(code));
  const causes = stands.map((finding) => {
    const { followsFrom } = finding;
    return findings.find(({ code }) => code === followsFrom) ?? finding;
  });
  return [...new Set(causes)];
}

/** True when time alone may mend something of it: worth another look before it is told. */
export function maySettle(verdict: Verdict): boolean {
  return verdict.findings.some(({ settling }) => settling === true);
}

function isDown({ master, expectation }: Scene): boolean {
  const { node, facts } = master ?? {};
  if (node === undefined || facts?.role !== 'master' || facts.loading) return true;
  return writeRefusal(facts, expectation, node.name) !== undefined;
}

/** What a killed rsent, or one that failed, has left half done. */
function judgeUnfinished({ topology, settings }: Expectation): Finding[] {
  return (settings?.unfinished ?? []).map((words) => ({
    code: 'unfinished',
    severity: 'warning',
    subject: topology,
    saw: `${words}, and that was cut short`,
    expected: 'done',
    fix: `rsent up ${topology} goes on with it`,
  }));
}

/** Without it no node is reached, and each would look like the one at fault. */
function judgePod({ topology, settings }: Expectation, { pod }: Observation): Finding[] {
  if (pod === undefined || pod === 'running') return [];
  const { findings, add } = collect(topology);
  const saw = `the container ${settings?.pod}, which holds the network of all nodes, is ${pod}`;
  add(
    'pod-down',
    saw,
    'running',
    `rsent up ${topology} makes it and the nodes anew; the data stays`,
  );
  return findings;
}

function judgeDials(scene: Scene, observation: Observation): Finding[] {
  const { vantage } = scene.expectation.settings ?? {};
  const who = vantage === undefined ? 'this host' : `a container on ${vantage}`;
  return observation.dials
    .filter((dial) => !dial.reached && !isSilent(scene, dial.address))
    .map((dial) => ({
      code: 'address-unreachable',
      severity: 'error',
      subject: dial.handedOutBy.join(', '),
      saw: `it tells clients ${addressText(dial.address)}; ${who} cannot reach it: ${dial.why ?? 'no answer'}`,
      expected: `every address that a Sentinel hands out can be called from ${who}`,
      fix:
        vantage === undefined
          ? 'look at routes and firewall; where the engine hides its containers from this host make the topology anew, with --clients host or containers, by where the clients are'
          : 'look at the firewall of the engine’s host',
      settling: true,
    }));
}
