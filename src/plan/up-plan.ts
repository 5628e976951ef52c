import type { Plan, Step } from '../model/plan.js';
import { fixedIp, type NodePlacement, ofKind, sameAddress } from '../model/topology.js';
import { nodeContainer } from './containers.js';
import { isUp, mustBeRemade, type UpFacts } from './up-facts.js';
import { commonSteps, fileSteps } from './up-files.js';
import { networkSteps, removal } from './up-network.js';

/** The steps that take the topology from what is there to what was asked. Empty when all runs. */
export function upPlan(facts: UpFacts): Plan {
  const { nodes } = facts.record.placement;
  const created = nodes.flatMap((node) => [...fileSteps(node, facts), ...createSteps(node, facts)]);
  const steps = [...commonSteps(facts), ...networkSteps(facts), ...created, ...startSteps(facts)];
  const known = new Set(steps.map((step) => step.id));
  return {
    version: 1,
    topology: facts.record.spec.name,
    steps: steps.map((step) => ({ ...step, after: step.after.filter((id) => known.has(id)) })),
  };
}

function createSteps(node: NodePlacement, facts: UpFacts): Step[] {
  const isThere = facts.containers.has(node.name);
  if (isThere && !mustBeRemade(facts)) return [];
  const remove = removal(`remove:${node.name}`, node.container);
  return [
    ...(isThere ? [remove] : []),
    {
      kind: 'create-container',
      id: `create:${node.name}`,
      after: ['network', 'pod', remove.id, `conf:${node.name}`, `directory:${node.name}/data`],
      container: nodeContainer(node, facts),
    },
  ];
}

/**
 * Master, then replicas, then Sentinels: a replica or a Sentinel that finds nobody listening
 * tries again only a second later (replication.c, replicationCron; sentinel.c,
 * sentinelReconnectInstance).
 */
function startSteps(facts: UpFacts): Step[] {
  const { nodes } = facts.record.placement;
  const redis = ofKind(nodes, 'redis');
  const master = redis.filter((node) => sameAddress(node.address, facts.master));
  const replicas = redis.filter((node) => !sameAddress(node.address, facts.master));
  const masterReady = [...master.map((node) => `ready:${node.name}`), 'restored'];
  const synced = [...masterReady, ...replicas.map((node) => `sync:${node.name}`)];
  return [
    ...master.flatMap((node) => runSteps(node, facts, [], 'await-ready')),
    ...master.flatMap((node) => restoredSteps(node, facts)),
    ...replicas.flatMap((node) => runSteps(node, facts, masterReady, 'await-sync')),
    ...ofKind(nodes, 'sentinel').flatMap((node) =>
      runSteps(node, facts, synced, facts.canHasten ? 'hasten-sentinel' : 'await-ready'),
    ),
  ];
}

/** Only when all that was saved is there the record forgets that it was not; then others follow. */
function restoredSteps({ name: node }: NodePlacement, { record }: UpFacts): Step[] {
  const { restoring, ...whole } = record;
  if (restoring === undefined) return [];
  const check = {
    kind: 'check-keys',
    id: `keys:${node}`,
    after: ['record', `ready:${node}`],
  } as const;
  return [
    { ...check, node, databases: restoring.databases },
    { kind: 'write-record', id: 'restored', after: [check.id], record: whole },
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
  const paused = facts.containers.get(node.name) === 'paused' && !mustBeRemade(facts);
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
        ...['create', 'conf', 'certificate', 'heal'].map((what) => `${what}:${node.name}`),
        ...before,
      ],
      container: node.container,
    },
    { ...done, after: [start] },
  ];
}

function healSteps(node: NodePlacement, facts: UpFacts): Step[] {
  const { cut, record } = facts;
  if (!cut.has(node.name) || mustBeRemade(facts)) return [];
  const id = `heal:${node.name}`;
  const { network } = record.placement;
  const { container } = node;
  const ip = fixedIp(record.placement, node);
  const at = ip === undefined ? {} : { ip };
  return [{ kind: 'connect-container', id, after: ['network'], container, network, ...at }];
}
