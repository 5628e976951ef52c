import type { ContainerSpec, Plan, Step } from '../model/plan.js';
import { type NodePlacement, ofKind, sameAddress } from '../model/topology.js';
import { CONF_MOUNT } from './conf.js';
import { nodeLabels, topologyLabels } from './labels.js';
import { isUp, type UpFacts } from './up-facts.js';
import { commonSteps, fileSteps } from './up-files.js';

const DATA_MOUNT = '/data';

/** The steps that take the topology from what is there to what was asked. Empty when all runs. */
export function upPlan(facts: UpFacts): Plan {
  const { nodes } = facts.record.placement;
  const created = nodes.flatMap((node) => [...fileSteps(node, facts), ...createSteps(node, facts)]);
  const network = facts.networkExists ? [] : [networkStep(facts)];
  const steps = [...commonSteps(facts), ...network, ...created, ...startSteps(facts)];
  const known = new Set(steps.map((step) => step.id));
  return {
    version: 1,
    topology: facts.record.spec.name,
    steps: steps.map((step) => ({ ...step, after: step.after.filter((id) => known.has(id)) })),
  };
}

function networkStep(facts: UpFacts): Step {
  const { spec, placement } = facts.record;
  return {
    kind: 'create-network',
    id: 'network',
    after: ['record'],
    name: placement.network,
    subnet: placement.subnet,
    labels: topologyLabels(spec.name),
  };
}

function createSteps(node: NodePlacement, facts: UpFacts): Step[] {
  if (facts.containers.has(node.name)) return [];
  return [
    {
      kind: 'create-container',
      id: `create:${node.name}`,
      after: ['network', `conf:${node.name}`, `directory:${node.name}/data`],
      container: containerSpec(node, facts),
    },
  ];
}

function containerSpec(node: NodePlacement, facts: UpFacts): ContainerSpec {
  const { spec, placement } = facts.record;
  const base = `${facts.directory}/${node.name}`;
  const mode = node.kind === 'sentinel' ? ' --sentinel' : '';
  const command = `umask 077; exec ${facts.server} ${CONF_MOUNT}/${node.kind}.conf${mode}`;
  return {
    name: node.container,
    kind: node.kind,
    image: spec.image.ref,
    // umask: each rewrite of a conf gives it mode 0644 & ~umask (config.c, rewriteConfigOverwriteFile).
    entrypoint: ['sh', '-c', command],
    user: facts.user,
    labels: nodeLabels(facts.record, node, facts.directory),
    network: placement.network,
    ip: node.address.ip,
    limits: facts.record.spec.limits,
    port: node.address.port,
    published: node.published,
    mounts: [
      { from: `${base}/conf`, to: CONF_MOUNT },
      { from: `${base}/data`, to: DATA_MOUNT },
    ],
  };
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
  const masterReady = master.map((node) => `ready:${node.name}`);
  const synced = [...masterReady, ...replicas.map((node) => `sync:${node.name}`)];
  return [
    ...master.flatMap((node) => runSteps(node, facts, [], 'await-ready')),
    ...replicas.flatMap((node) => runSteps(node, facts, masterReady, 'await-sync')),
    ...ofKind(nodes, 'sentinel').flatMap((node) =>
      runSteps(node, facts, synced, facts.canHasten ? 'hasten-sentinel' : 'await-ready'),
    ),
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
  const paused = facts.containers.get(node.name) === 'paused';
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

function healSteps(node: NodePlacement, { cut, record }: UpFacts): Step[] {
  if (!cut.has(node.name)) return [];
  const id = `heal:${node.name}`;
  const { network } = record.placement;
  const { container, address } = node;
  return [
    { kind: 'connect-container', id, after: ['network'], container, network, ip: address.ip },
  ];
}
