import type { ContainerSpec, Owner, Plan, Step } from '../model/plan.js';
import {
  type Address,
  type ContainerState,
  type NodePlacement,
  ofKind,
  sameAddress,
  type TopologyRecord,
} from '../model/topology.js';
import { renderConf, type Templates } from './conf.js';
import type { KeptRedis } from './kept.js';
import { nodeLabels, topologyLabels } from './labels.js';

/** All that the plan depends on, read beforehand. */
export interface UpFacts {
  readonly record: TopologyRecord;
  /** Absolute path of the topology's directory on the engine's host. */
  readonly directory: string;
  readonly templates: Templates;
  /** What the containers run as. */
  readonly user: Owner;
  /** True when files must be handed over to that user. */
  readonly chown: boolean;
  /** The server program in the image: redis-server or valkey-server. */
  readonly server: string;
  /** False before 7.0, which has no SENTINEL DEBUG. */
  readonly canHasten: boolean;
  /** True when the password is on disk already. */
  readonly hasPassword: boolean;
  /** True when the record on disk is this one already. */
  readonly recorded: boolean;
  readonly networkExists: boolean;
  /** Containers of this topology that exist already, by node name. */
  readonly containers: ReadonlyMap<string, ContainerState>;
  /** Nodes whose container is on no network, as a partition leaves it when nobody heals it. */
  readonly cut: ReadonlySet<string>;
  /** Roles found in kept redis.confs, by node name; a node without a conf is not in it. */
  readonly keptRedis: ReadonlyMap<string, KeptRedis>;
  /** Sentinels whose conf is on disk already, by node name. */
  readonly keptSentinels: ReadonlySet<string>;
  readonly master: Address;
}

const CONF_MOUNT = '/etc/redis';
const DATA_MOUNT = '/data';

/** The steps that take the topology from what is there to what was asked. Empty when all runs. */
export function upPlan(facts: UpFacts): Plan {
  const { nodes } = facts.record.placement;
  const created = nodes.flatMap((node) => [...fileSteps(node, facts), ...createSteps(node, facts)]);
  const network = facts.networkExists ? [] : [networkStep(facts)];
  const steps = [
    ...recordSteps(facts),
    ...secretSteps(facts),
    ...network,
    ...created,
    ...startSteps(facts),
  ];
  const known = new Set(steps.map((step) => step.id));
  return {
    version: 1,
    topology: facts.record.spec.name,
    steps: steps.map((step) => ({ ...step, after: step.after.filter((id) => known.has(id)) })),
  };
}

/** Path of a node's conf file on the host. */
export function confPath(directory: string, node: Pick<NodePlacement, 'name' | 'kind'>): string {
  return `${directory}/${node.name}/conf/${node.kind}.conf`;
}

function recordSteps(facts: UpFacts): Step[] {
  if (facts.recorded) return [];
  return [{ kind: 'write-record', id: 'record', after: [], record: facts.record }];
}

/** Before any conf that holds it: a password that nobody knows any more would lock all out. */
function secretSteps({ record, hasPassword, directory }: UpFacts): Step[] {
  if (!record.spec.security.auth || hasPassword) return [];
  const path = `${directory}/password`;
  return [{ kind: 'write-secret', id: 'password', after: ['record'], path, mode: 0o600 }];
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

function fileSteps(node: NodePlacement, facts: UpFacts): Step[] {
  const owner = facts.chown ? { owner: facts.user } : {};
  const base = `${facts.directory}/${node.name}`;
  const paths = [base, `${base}/conf`, `${base}/data`];
  // A container that exists has its directories mounted.
  const needed = facts.containers.has(node.name) ? [] : paths;
  const directories = needed.map((path, i): Step => {
    const after = i === 0 ? ['record'] : [`directory:${node.name}`];
    const id = `directory:${node.name}${['', '/conf', '/data'][i]}`;
    return { kind: 'make-directory', id, after, path, mode: 0o700, ...owner };
  });
  return [...directories, ...confSteps(node, facts, owner)];
}

function confSteps(node: NodePlacement, facts: UpFacts, owner: { owner?: Owner }): Step[] {
  const { spec, placement } = facts.record;
  const path = confPath(facts.directory, node);
  const id = `conf:${node.name}`;
  const after = [`directory:${node.name}/conf`, 'password'];
  const kept = facts.keptRedis.get(node.name);
  if (kept !== undefined) {
    if (isUp(node, facts) || !strays(node, kept, facts.master)) return [];
    const isMaster = sameAddress(node.address, facts.master);
    const master = isMaster ? {} : { master: facts.master };
    return [{ kind: 'follow-master', id, after, path, ...master }];
  }
  if (facts.keptSentinels.has(node.name)) return [];
  const content = renderConf(node, spec, placement, facts.master, facts.templates);
  return [{ kind: 'write-file', id, after, path, content, mode: 0o600, ...owner }];
}

/**
 * True when its conf would make the node a second master, the replica of a past one, or, the
 * master itself, the replica of one that follows it (its conf was not saved at its promotion).
 */
function strays(node: NodePlacement, kept: KeptRedis, master: Address): boolean {
  if (sameAddress(node.address, master)) return kept.replicaOf !== undefined;
  return kept.replicaOf === undefined || !sameAddress(kept.replicaOf, master);
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
      after: [`create:${node.name}`, `conf:${node.name}`, `heal:${node.name}`, ...before],
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

function isUp(node: NodePlacement, facts: UpFacts): boolean {
  const state = facts.containers.get(node.name);
  return state === 'running' || state === 'restarting';
}
