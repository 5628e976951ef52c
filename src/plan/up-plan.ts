import type { Plan, Step } from '../model/plan.js';
import { isOff, type NodePlacement, ofKind } from '../model/topology.js';
import { nodeContainer } from './containers.js';
import { isReplaced, settledRecord, type UpFacts, withLastMaster } from './up-facts.js';
import { commonSteps, emptySteps, fileSteps } from './up-files.js';
import { clearSteps, networkSteps, removal } from './up-network.js';
import { startSteps } from './up-start.js';

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
    ...startSteps(facts, given),
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
