import type { Plan, Step } from '../model/plan.js';
import type { ContainerState, NodePlacement, TopologyRecord } from '../model/topology.js';
import { isOff, majorityOf, ofKind, withLeaving, withUnfinished } from '../model/topology.js';
import { confPath } from './conf-path.js';
import { removal } from './up-network.js';

/** All that the plan depends on, read beforehand. */
export interface LeaveFacts {
  /** With the nodes that are to leave. */
  readonly record: TopologyRecord;
  readonly directory: string;
  /** Containers of all nodes that are there, by node name. Those that stay run. */
  readonly containers: ReadonlyMap<string, ContainerState>;
  /** Name of the present master. */
  readonly master: string;
  /** False before 7.0, which has no SENTINEL DEBUG. */
  readonly canHasten: boolean;
}

/**
 * How nodes leave without ghosts and without a blind moment. Sentinels never forget by themselves,
 * and SENTINEL RESET would leave them blind for up to 10 s; so each in turn is stopped, told by its
 * conf, and started again, while the others watch. One Sentinel leaves at a time, so that those
 * who stay are a majority of those who are known (sentinel.c, sentinelGetLeader).
 */
export function leavePlan(facts: LeaveFacts): Plan {
  const { record, containers } = facts;
  const { leaving = [], ...unfinished } = record.unfinished ?? {};
  const there = leaving.filter(({ name }) => containers.has(name));
  const data = ofKind(leaving, 'redis');
  const watching = ofKind(there, 'sentinel').filter((node) => runs(node, facts));
  const gone = ofKind(leaving, 'sentinel').filter((each) => !watching.includes(each));
  // Those that are gone already, as an earlier run left them, before another one goes.
  const first = gone.length > 0 || watching.length === 0 ? [[]] : [];
  const rounds = [...first, ...watching.map((each) => [each])];
  const steps = [
    ...guardSteps(facts),
    ...dataSteps(there, facts),
    ...rounds.flatMap((round, i) => {
      const left = [...gone, ...rounds.slice(0, i + 1).flat()];
      const remaining = leaving.length - data.length - left.length;
      return [...round.map(stop), ...forgetSteps([...data, ...left], remaining, i + 1, facts)];
    }),
    ...there.map(({ name, container }) => removal(`remove:${name}`, container)),
  ];
  const after = withUnfinished(record, unfinished);
  return {
    version: 1,
    topology: record.spec.name,
    steps: inTurn([...steps, { kind: 'write-record', id: 'left', after: [], record: after }]),
  };
}

/** What an earlier run has stopped already hears nothing, and is of no use to anybody. */
function runs({ name }: NodePlacement, { containers }: LeaveFacts): boolean {
  const state = containers.get(name);
  return state !== undefined && !isOff(state);
}

/** A master must not wait for replicas that are about to leave. */
function guardSteps(facts: LeaveFacts): Step[] {
  const { record } = facts;
  const { minReplicas } = record.spec.guard;
  return ofKind(withLeaving(record).placement.nodes, 'redis')
    .filter((node) => runs(node, facts))
    .flatMap(({ name: node }): Step[] => [
      {
        ...{ kind: 'tell', id: `guard:${node}`, after: [], node },
        command: ['CONFIG', 'SET', 'min-replicas-to-write', minReplicas],
      },
      { kind: 'tell', id: `save:${node}`, after: [], node, command: ['CONFIG', 'REWRITE'] },
    ]);
}

/** Never the master: another node is it before, and none that leaves, too. */
function dataSteps(there: readonly NodePlacement[], facts: LeaveFacts): Step[] {
  const { master } = facts;
  const data = ofKind(there, 'redis').filter((node) => runs(node, facts));
  const last = data.filter(({ name }) => name === master);
  const first = data.filter(({ name }) => name !== master);
  return [
    ...first.map(stop),
    ...last.flatMap((node): Step[] => [
      { kind: 'hand-over', id: `hand-over:${node.name}`, after: [], node: node.name },
      stop(node),
    ]),
  ];
}

/** @param stillThere Sentinels that leave later */
function forgetSteps(
  left: readonly NodePlacement[],
  stillThere: number,
  round: number,
  { record, directory, canHasten, containers }: LeaveFacts,
): Step[] {
  const { nodes } = record.placement;
  const staying = ofKind(nodes, 'sentinel').filter(({ name }) => containers.has(name));
  const sentinels = staying.length + stillThere;
  const replicas = ofKind(nodes, 'redis').length - 1;
  const quorum = stillThere === 0 ? record.spec.quorum : majorityOf(sentinels);
  return staying.flatMap((node): Step[] => {
    const id = (what: string) => `${what}:${node.name}:${round}`;
    const { container } = node;
    const all: Step[] = [
      { kind: 'stop-container', id: id('stop'), after: [], container },
      {
        ...{ kind: 'forget-nodes', id: id('forget'), after: [] },
        ...{ path: confPath(directory, node), nodes: left },
      },
      { kind: 'start-container', id: id('start'), after: [], container },
      {
        ...{ kind: canHasten ? 'hasten-sentinel' : 'await-ready', id: id('ready'), after: [] },
        node: node.name,
      },
      {
        ...{ kind: 'tell', id: id('quorum'), after: [], node: node.name },
        command: ['SENTINEL', 'SET', record.spec.masterName, 'quorum', quorum],
      },
      { kind: 'await-view', id: id('view'), after: [], node: node.name, replicas, sentinels },
    ];
    return all;
  });
}

function stop({ name, container }: NodePlacement): Step {
  return { kind: 'stop-container', id: `stop:${name}`, after: [], container };
}

/** Each after the one before it. */
function inTurn(steps: readonly Step[]): Step[] {
  return steps.map((step, i) => ({
    ...step,
    after: steps.slice(Math.max(0, i - 1), i).map(({ id }) => id),
  }));
}
