import type { Step } from '../model/plan.js';
import { fixedIp, type NodePlacement, ofKind, sameAddress } from '../model/topology.js';
import { goesOn, isReplaced, isUp, restoredRecord, type UpFacts } from './up-facts.js';

/** So many replicas may be starting still when Sentinels start: about as many as an engine starts at once. */
const STARTING_REPLICAS = 2;

type Wait = 'await-ready' | 'await-sync' | 'hasten-sentinel';

/**
 * Master, then replicas, then Sentinels: a replica or a Sentinel that finds nobody listening
 * tries again only a second later (replication.c, replicationCron; sentinel.c,
 * sentinelReconnectInstance). Where nobody has data yet, the later ones begin to start while the
 * earlier ones still do.
 * @param given the same without a last master that leaves: as it is to be recorded
 */
export function startSteps(facts: UpFacts, given: UpFacts): Step[] {
  const { nodes } = facts.record.placement;
  const redis = ofKind(nodes, 'redis');
  const isMaster = ({ address }: NodePlacement) => sameAddress(address, facts.master);
  const master = redis.filter(isMaster);
  const replicas = redis.filter((node) => !isMaster(node));
  const sentinels = ofKind(nodes, 'sentinel');
  const greet = facts.canHasten ? 'hasten-sentinel' : 'await-ready';
  const ready = [...master.map(({ name }) => `ready:${name}`), 'restored'];
  const synced = [...ready, ...replicas.map(({ name }) => `sync:${name}`)];
  const first = master.flatMap((node) => runSteps(node, facts, [], 'await-ready'));
  const isEmpty = startsEmpty(facts);
  const next = isEmpty
    ? beside(first, ready, replicas, facts)
    : [
        ...restoredSteps(given),
        ...replicas.flatMap((node) => runSteps(node, facts, ready, 'await-sync')),
      ];
  const seen = isEmpty ? [...ready, ...nearlySynced(next)] : synced;
  const last = sentinels.flatMap((node) => runSteps(node, facts, seen, greet));
  return [...first, ...next, ...last];
}

/**
 * Replicas without data start as soon as their master has an address, which takes less time: the
 * engine starts several containers at once. One that is faster is told again whom to follow.
 */
function beside(
  first: readonly Step[],
  ready: readonly string[],
  replicas: readonly NodePlacement[],
  facts: UpFacts,
): Step[] {
  const { master } = facts;
  const addresses = addressSteps(first);
  const open = addresses.map(({ id }) => id);
  const steps = replicas.flatMap((node) => runSteps(node, facts, open, 'await-sync'));
  return [
    ...addresses,
    ...steps.map((step) =>
      step.kind === 'await-sync' ? { ...step, master, after: [...step.after, ...ready] } : step,
    ),
    ...addressSteps(steps).slice(0, STARTING_REPLICAS),
  ];
}

/**
 * When Sentinels may start beside replicas without data: some are in sync, the others will be before a
 * Sentinel runs that starts now. One that is not by then costs a second, after which Sentinel looks
 * again (sentinel.c, sentinelSendPeriodicCommands).
 */
function nearlySynced(steps: readonly Step[]): string[] {
  const addresses = steps.filter((step) => step.kind === 'await-address');
  const starting = new Set(addresses.map(({ node }) => node));
  const synced = steps.filter((step) => step.kind === 'await-sync' && !starting.has(step.node));
  return [...addresses, ...synced].map(({ id }) => id);
}

/** Beside each start and the wait for its node, one for the address of that node. */
function addressSteps(steps: readonly Step[]): Step[] {
  return steps.flatMap((step, nth): Step[] => {
    const start = steps[nth - 1];
    if (!('node' in step) || start?.kind !== 'start-container') return [];
    const { node } = step;
    return [{ kind: 'await-address', id: `address:${node}`, after: start.after, node }];
  });
}

/** True when no data node has anything that it could lose. */
function startsEmpty({ record, recorded, keptRedis, dumpBytes }: UpFacts): boolean {
  const { resetting, restoring } = record.unfinished ?? {};
  if (restoring !== undefined || dumpBytes !== undefined) return false;
  return resetting === true || (!recorded && keptRedis.size === 0);
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
  const check: Step[] =
    databases === undefined ? [] : [{ kind: 'check-keys', id, after, node, databases }];
  const record = restoredRecord(facts);
  return [...check, { kind: 'write-record', id: 'restored', after: [...after, id], record }];
}

function runSteps(
  node: NodePlacement,
  facts: UpFacts,
  before: readonly string[],
  wait: Wait,
): Step[] {
  const heal = healSteps(node, facts);
  if (isUp(node, facts) && heal.length === 0) return [];
  const paused = !isUp(node, facts) && goesOn(node, facts);
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
        // A container that is there already is not made after them.
        ...['conf', 'data'].map((part) => `directory:${node.name}/${part}`),
        ...before,
      ],
      container: node.container,
    },
    { ...done, after: [start] },
  ];
}

/** What brings a node back whose process goes on: empty where it is neither paused nor on no network. */
export function wakeSteps(node: NodePlacement, facts: UpFacts): Step[] {
  const heal = healSteps(node, facts);
  const isPaused = facts.containers.get(node.name) === 'paused' && !isReplaced(node, facts);
  if (!isPaused) return heal;
  const { name, container } = node;
  const after = [`heal:${name}`];
  return [...heal, { kind: 'resume-container', id: `start:${name}`, after, container }];
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
