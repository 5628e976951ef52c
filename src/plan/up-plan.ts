import type { Plan, Step } from '../model/plan.js';
import { fixedIp, isOff, type NodePlacement, ofKind, sameAddress } from '../model/topology.js';
import { nodeContainer } from './containers.js';
import {
  isReplaced,
  isUp,
  mustBeRemade,
  restoredRecord,
  settledRecord,
  type UpFacts,
  withLastMaster,
} from './up-facts.js';
import { commonSteps, emptySteps, fileSteps } from './up-files.js';
import { clearSteps, networkSteps, removal } from './up-network.js';

/** The steps that take the topology from what is there to what was asked. Empty when all runs. */
export function upPlan(given: UpFacts): Plan {
  const facts = withLastMaster(given);
  const { nodes } = facts.record.placement;
  const files = nodes.flatMap((node) => [...fileSteps(node, facts), ...emptySteps(node, facts)]);
  const ends = endSteps(facts);
  const old = [...ends, ...clearSteps(facts, ends)];
  const before = [...commonSteps(given), ...old, ...files];
  const steps = [
    ...[...before, ...settledSteps(given, before), ...networkSteps(facts)],
    ...nodes.flatMap((node) => createSteps(node, facts)),
    ...startSteps(facts, restoredSteps(given)),
  ];
  const known = new Set(steps.map((step) => step.id));
  return {
    version: 1,
    topology: given.record.spec.name,
    steps: steps.map((step) => ({ ...step, after: step.after.filter((id) => known.has(id)) })),
  };
}

/**
 * Containers that cannot stay as they are, Sentinels first: nobody is to see what goes as a
 * failure. Those of nodes that are to leave, too: they would keep the network, or tell the others
 * of what was before a reset.
 */
function endSteps(facts: UpFacts): Step[] {
  const { placement, unfinished } = facts.record;
  const staying = new Set(placement.nodes.map(({ name }) => name));
  const leaving = (unfinished?.leaving ?? []).filter(({ name }) => !staying.has(name));
  const nodes = [...placement.nodes, ...leaving];
  const inOrder = [...ofKind(nodes, 'sentinel'), ...ofKind(nodes, 'redis')];
  const there = inOrder.filter(({ name }) => facts.containers.has(name));
  const watching = ofKind(there, 'sentinel').flatMap(({ name }) => [
    `remove:${name}`,
    `kill:${name}`,
  ]);
  return there.flatMap((node) => {
    const { name, kind, container } = node;
    const after = ['record', ...(kind === 'redis' ? watching : [])];
    if (isReplaced(node, facts)) return [{ ...removal(`remove:${name}`, container), after }];
    if (!unfinished?.resetting || isOff(facts.containers.get(name) ?? 'exited')) return [];
    return [{ kind: 'kill-container', id: `kill:${name}`, container, after }];
  });
}

/**
 * All confs are as they should be, and nothing is there that should be another, before any node
 * starts: what was unfinished is done.
 */
function settledSteps(facts: UpFacts, before: readonly Step[]): Step[] {
  const record = settledRecord(facts);
  if (record === undefined) return [];
  return [{ kind: 'write-record', id: 'settled', after: before.map(({ id }) => id), record }];
}

function createSteps(node: NodePlacement, facts: UpFacts): Step[] {
  if (facts.containers.has(node.name) && !isReplaced(node, facts)) return [];
  const edits = ['conf', 'adapt', 'settings'].map((what) => `${what}:${node.name}`);
  const files = [...edits, `directory:${node.name}/data`];
  return [
    {
      kind: 'create-container',
      id: `create:${node.name}`,
      after: ['network', 'pod', 'settled', `remove:${node.name}`, ...files],
      container: nodeContainer(node, facts),
    },
  ];
}

/**
 * Master, then replicas, then Sentinels: a replica or a Sentinel that finds nobody listening
 * tries again only a second later (replication.c, replicationCron; sentinel.c,
 * sentinelReconnectInstance).
 */
function startSteps(facts: UpFacts, restored: readonly Step[]): Step[] {
  const { nodes } = facts.record.placement;
  const redis = ofKind(nodes, 'redis');
  const master = redis.filter((node) => sameAddress(node.address, facts.master));
  const replicas = redis.filter((node) => !sameAddress(node.address, facts.master));
  const masterReady = [...master.map((node) => `ready:${node.name}`), 'restored'];
  const synced = [...masterReady, ...replicas.map((node) => `sync:${node.name}`)];
  return [
    ...master.flatMap((node) => runSteps(node, facts, [], 'await-ready')),
    ...restored,
    ...replicas.flatMap((node) => runSteps(node, facts, masterReady, 'await-sync')),
    ...ofKind(nodes, 'sentinel').flatMap((node) =>
      runSteps(node, facts, synced, facts.canHasten ? 'hasten-sentinel' : 'await-ready'),
    ),
  ];
}

/** Only when all that was saved is there the record forgets that it was not; then others follow. */
function restoredSteps(facts: UpFacts): Step[] {
  const { placement, unfinished } = facts.record;
  const master = placement.nodes.find(({ address }) => sameAddress(address, facts.master));
  const { restoring } = unfinished ?? {};
  if (restoring === undefined || master === undefined) return [];
  const { name: node } = master;
  const id = `keys:${node}`;
  const after = ['record', `ready:${node}`];
  const { databases } = restoring;
  return [
    { kind: 'check-keys', id, after, node, databases },
    { kind: 'write-record', id: 'restored', after: [id], record: restoredRecord(facts) },
  ];
}

function runSteps(
  node: NodePlacement,
  facts: UpFacts,
  before: readonly string[],
  wait: 'await-ready' | 'await-sync' | 'hasten-sentinel',
): Step[] {
  const heal = healSteps(node, facts);
  if (isUp(node, facts) && heal.length === 0) return [];
  const isKilled = facts.record.unfinished?.resetting === true;
  const paused = facts.containers.get(node.name) === 'paused' && !mustBeRemade(facts) && !isKilled;
  const start = `start:${node.name}`;
  const prefix = { 'await-ready': 'ready', 'await-sync': 'sync', 'hasten-sentinel': 'hasten' }[
    wait
  ];
  const done = { kind: wait, id: `${prefix}:${node.name}`, node: node.name };
  if (isUp(node, facts)) return [...heal, { ...done, after: [`heal:${node.name}`] }];
  return [
    ...heal,
    {
      kind: paused ? 'resume-container' : 'start-container',
      id: start,
      after: [
        'settled',
        ...['create', 'conf', 'settings', 'certificate', 'heal'].map(
          (what) => `${what}:${node.name}`,
        ),
        ...before,
      ],
      container: node.container,
    },
    { ...done, after: [start] },
  ];
}

function healSteps(node: NodePlacement, facts: UpFacts): Step[] {
  const { cut, record } = facts;
  if (!cut.has(node.name) || isReplaced(node, facts)) return [];
  const id = `heal:${node.name}`;
  const { network } = record.placement;
  const { container } = node;
  const ip = fixedIp(record.placement, node);
  const at = ip === undefined ? {} : { ip };
  return [{ kind: 'connect-container', id, after: ['network'], container, network, ...at }];
}
