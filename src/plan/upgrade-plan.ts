import type { Plan, Step } from '../model/plan.js';
import { type NodePlacement, ofKind } from '../model/topology.js';
import type { Stage } from '../model/upgrade.js';
import { confPath } from './conf-path.js';
import { type ContainerFacts, nodeContainer } from './containers.js';
import { copyPath } from './kept-copy.js';
import type { UpFacts } from './up-facts.js';

/** All that the way to another image depends on; the record names that image. */
export interface RollFacts extends ContainerFacts, Pick<UpFacts, 'chown' | 'version'> {
  /** Node that is master now. */
  readonly master: string;
  /** Nodes that do not run the image yet. */
  readonly toGo: ReadonlyMap<string, NodeToGo>;
  /** True on the way back: what was changed last goes first. */
  readonly backwards: boolean;
  /** True when the present master can be the replica of one that runs the image. */
  readonly canFollow: boolean;
}

export interface NodeToGo {
  /** The image that it runs. */
  readonly image: string;
  readonly answers: boolean;
  /** The image cannot read what the node's server has written: a replica gets its data anew. */
  readonly unreadable: boolean;
  /** There is a copy of its conf as the image left it. */
  readonly hasCopy: boolean;
  /** There is one already for the way back; its conf is that of yet another server now. */
  readonly isKept: boolean;
}

/**
 * One node at a time: replicas, the hand-over, the old master, Sentinels; or, backwards, Sentinels
 * first. What is left when some nodes run the image already.
 */
export function rollStages(facts: RollFacts): Stage[] {
  const toGo = facts.record.placement.nodes.filter(({ name }) => facts.toGo.has(name));
  const silent = toGo.filter(({ name }) => isSilent(name, facts));
  const able = toGo.filter((node) => !silent.includes(node));
  const redis = ofKind(able, 'redis');
  const replicas = redis.filter(({ name }) => name !== facts.master);
  const master = redis.filter(({ name }) => name === facts.master);
  const data = [
    ...inTurn(replicas, facts).map((node) => stage('replica', node, facts)),
    ...master.flatMap((node) => masterStages(node, facts)),
  ];
  const sentinels = inTurn(ofKind(able, 'sentinel'), facts);
  const watching = sentinels.map((node) => stage('sentinel', node, facts));
  const inOrder = facts.backwards ? [...watching, ...data] : [...data, ...watching];
  return [...mendStages(silent, facts), ...inOrder];
}

/** What an image that does not work has left: before the last of them is mended nothing is healthy. */
function mendStages(silent: readonly NodePlacement[], facts: RollFacts): Stage[] {
  return silent.map((node, i) => {
    const { what, plan, ...rest } = stage(
      node.kind === 'redis' ? 'replica' : 'sentinel',
      node,
      facts,
    );
    const isLast = i === silent.length - 1;
    const steps = plan.steps.filter(({ kind }) => isLast || !isWait(kind));
    return { what, ...rest, plan: { ...plan, steps } };
  });
}

function isWait(kind: Step['kind']): boolean {
  return kind.startsWith('await-');
}

function isSilent(name: string, { toGo, master }: RollFacts): boolean {
  return name !== master && toGo.get(name)?.answers !== true;
}

function inTurn<T>(nodes: readonly T[], { backwards }: RollFacts): readonly T[] {
  return backwards ? [...nodes].reverse() : nodes;
}

/** Without a replica there is nobody to hand over to. */
function masterStages(node: NodePlacement, facts: RollFacts): Stage[] {
  const isAlone = ofKind(facts.record.placement.nodes, 'redis').length === 1;
  return [
    ...(isAlone ? [] : [handOverStage(node, facts)]),
    stage('master', node, isAlone ? asKept(facts) : facts),
  ];
}

/** Data of which there is no other copy is never emptied. */
function asKept(facts: RollFacts): RollFacts {
  const toGo = [...facts.toGo].map(
    ([name, each]) => [name, { ...each, unreadable: false }] as const,
  );
  return { ...facts, toGo: new Map(toGo) };
}

/**
 * An old server may not be able to follow the new master: what it cannot read is not waited for, as
 * it is replaced next. Sentinel has ended the failover by then, with all other replicas in sync.
 */
function handOverStage(node: NodePlacement, facts: RollFacts): Stage {
  const { name } = node;
  const steps: Step[] = [
    { kind: 'hand-over', id: `hand-over:${name}`, after: [], node: name },
    { kind: 'await-healthy', id: `healthy:hand-over:${name}`, after: [] },
  ];
  return staged('hand-over', name, facts, facts.canFollow ? steps : steps.slice(0, 1));
}

function stage(what: Stage['what'], node: NodePlacement, facts: RollFacts): Stage {
  return staged(what, node.name, facts, [
    ...saveSteps(node, facts),
    ...exchangeSteps(node, facts),
    ...waitSteps(what, node, facts),
    { kind: 'await-healthy', id: `healthy:${node.name}`, after: [] },
  ]);
}

/** Each step waits for the one before it. */
function staged(
  what: Stage['what'],
  node: string,
  { record }: RollFacts,
  steps: readonly Step[],
): Stage {
  const plan: Plan = {
    version: 1,
    topology: record.spec.name,
    steps: steps.map((step, i) => ({ ...step, after: steps.slice(i - 1, i).map(({ id }) => id) })),
  };
  return { what, node, plan };
}

/** What it knows is on disk before it stops: a replica that came back as a master would be a second one. */
function saveSteps(node: NodePlacement, facts: RollFacts): Step[] {
  const { name, kind } = node;
  const path = confPath(facts.directory, node);
  const known = facts.toGo.get(name);
  const command =
    kind === 'redis' ? (['CONFIG', 'REWRITE'] as const) : (['SENTINEL', 'FLUSHCONFIG'] as const);
  const save: Step = { kind: 'tell', id: `save:${name}`, after: [], node: name, command };
  const keep: Step = {
    ...{ kind: 'keep-conf', id: `keep:${name}`, after: [], path },
    ...{ copy: copyPath(path), image: known?.image ?? '' },
  };
  return [...(known?.answers ? [save] : []), ...(known?.hasCopy || known?.isKept ? [] : [keep])];
}

/**
 * The container with the new image in the place of the old one. Killed at any moment, the next `up`
 * finds a container that starts with what is there, or none and makes it anew: so data that the
 * image could not read has gone before the old container has.
 */
function exchangeSteps(node: NodePlacement, facts: RollFacts): Step[] {
  const { name, container } = node;
  const known = facts.toGo.get(name);
  const path = confPath(facts.directory, node);
  const owner = facts.chown ? { owner: facts.user } : {};
  const data = `${facts.directory}/${node.folder}/data`;
  const copy = copyPath(path);
  const steps: readonly (Step | false)[] = [
    { kind: 'stop-container', id: `stop:${name}`, after: [], container },
    node.kind === 'redis' &&
      known?.unreadable === true && {
        ...{ kind: 'empty-directory', id: `empty:${name}`, after: [] },
        ...{ path: data, mode: 0o700, ...owner },
      },
    known?.hasCopy === true && {
      kind: 'restore-conf',
      id: `restore:${name}`,
      after: [],
      path,
      copy,
    },
    { kind: 'remove-container', id: `remove:${name}`, after: [], container },
    known?.hasCopy !== true && {
      ...{ kind: 'adapt-conf', id: `adapt:${name}`, after: [], path },
      version: facts.version,
    },
    {
      ...{ kind: 'create-container', id: `create:${name}`, after: [] },
      container: nodeContainer(node, facts),
    },
    { kind: 'start-container', id: `start:${name}`, after: [], container },
  ];
  return steps.filter((step) => step !== false);
}

/** A node that was handed over from is a replica by now. */
function waitSteps(what: Stage['what'], node: NodePlacement, facts: RollFacts): Step[] {
  const { name } = node;
  const { nodes } = facts.record.placement;
  const [redis, sentinels] = [ofKind(nodes, 'redis'), ofKind(nodes, 'sentinel')];
  const ready: Step = { kind: 'await-ready', id: `ready:${name}`, after: [], node: name };
  if (what === 'sentinel') {
    const counts = { replicas: redis.length - 1, sentinels: sentinels.length };
    return [{ kind: 'await-view', id: `view:${name}`, after: [], node: name, ...counts }];
  }
  if (redis.length === 1) return [ready];
  return [{ kind: 'await-sync', id: `sync:${name}`, after: [], node: name }];
}
