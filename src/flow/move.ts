import { type Candidate, candidateOf, chooseTargets, withTheirWord } from '../drill/target.js';
import { masterOf } from '../health/judge.js';
import { RsentError } from '../model/errors.js';
import { type Observation, observedOf } from '../model/observation.js';
import { fixedIp, ofKind, type TopologyRecord } from '../model/topology.js';
import { keepBranch } from './branches.js';
import type { Context } from './context.js';
import { requireCuttable } from './cuttable.js';
import { pointAt } from './drill/bring-back.js';
import { findRecorded } from './find.js';
import { leadForStart } from './kept-lead.js';
import type { Target } from './observe.js';
import { type Recorded, type Return, requireSafeStart, standingsReader } from './start-alone.js';
import { STOP_GRACE_S } from './stop.js';
import { observerOf } from './targets.js';

/** One single thing done to a node, for people who script their own drills. */
export type Move = 'kill' | 'pause' | 'resume' | 'cut' | 'heal' | 'start' | 'stop';

export interface MoveResult {
  readonly topology: string;
  readonly move: Move;
  readonly nodes: readonly Candidate[];
}

/** In which state a container must be for the move to mean anything. */
const FROM: Readonly<Record<Move, readonly string[]>> = {
  kill: ['running', 'cut', 'paused', 'restarting'],
  pause: ['running', 'cut'],
  resume: ['paused'],
  cut: ['running'],
  heal: ['cut'],
  start: ['exited', 'created', 'dead'],
  stop: ['running', 'cut', 'restarting'],
};

/**
 * Do one thing to a node, or to several of one role. Nothing is waited for and nothing put back.
 * @throws RsentError `usage` when the target means nobody, `refused` when it is in no state for
 * it; nothing was done then
 */
export async function move(
  context: Context,
  name: string,
  what: Move,
  target: string,
): Promise<MoveResult> {
  const known = await findRecorded(context, name);
  const { record } = known;
  if (what === 'cut') requireCuttable(record);
  const { expectation, targets, observer } = observerOf(context, known);
  try {
    const observation = await observer.look();
    const nodes = chosen(name, what, target, observation, targets);
    const serving = targets.find((each) => each.name === masterOf(expectation, observation));
    const data = targets.filter((each) =>
      ofKind(nodes, 'redis').some(({ name }) => name === each.name),
    );
    const master =
      what === 'start' && data.length > 0
        ? await leadForStart(context, known, observation, data, serving)
        : serving;
    if (what === 'start' || what === 'resume' || what === 'heal')
      await beforeReturn(context, known, observation, data, master, what);
    for (const node of nodes) {
      const found = targets.find((each) => each.name === node.name);
      if (found !== undefined) await act(context, record, what, found, master);
    }
    return { topology: name, move: what, nodes };
  } finally {
    observer.close();
  }
}

/** Nobody is emptied by those that come back; and what they have beyond their new master is kept. */
async function beforeReturn(
  context: Context,
  known: Recorded,
  observation: Observation,
  nodes: readonly Target[],
  master: Pick<Target, 'name' | 'address'> | undefined,
  how: Return,
): Promise<void> {
  const standingsAt = standingsReader(context, known, observation);
  for (const node of nodes)
    await requireSafeStart(context, known, observation, node, master, how, standingsAt);
  if (master === undefined) return;
  for (const { name } of nodes) await keepBranch(context, known, observation, name, master, how);
}

/** By name any node; by role only those for which the move means anything. */
function chosen(
  topology: string,
  what: Move,
  target: string,
  observation: Observation,
  targets: readonly Target[],
): Candidate[] {
  const { nodes } = observation;
  const fitting = nodes.filter(({ container }) => FROM[what].includes(container));
  const parts = target.split(',').map((part) => part.trim());
  const named = nodes.find((node) => parts.includes(node.name) && !fitting.includes(node));
  if (named !== undefined) {
    throw new RsentError(
      'refused',
      `${named.name} cannot be the target of ${what}: its container is ${named.container}.`,
      {
        hint: `Nothing was done. ${what} takes one that is ${FROM[what].join(' or ')}.${wayFrom(topology, named)}`,
      },
    );
  }
  const views = observedOf(observation, 'sentinel').flatMap(({ answer }) =>
    answer.reached ? [answer.facts] : [],
  );
  const candidates = fitting.map((node) => {
    const placed = targets.find(({ name }) => name === node.name);
    const candidate = candidateOf(node);
    return placed === undefined ? candidate : withTheirWord(candidate, placed.address, views);
  });
  return chooseTargets(target, candidates, nodes);
}

/** What a node takes in the state that it is in. */
function wayFrom(
  topology: string,
  { name, container, isFrozen }: Observation['nodes'][number],
): string {
  const kill = `rsent kill ${name} ${topology} ends it`;
  switch (container) {
    case 'paused':
      return ` rsent resume ${name} ${topology} lets it go on; ${kill} as it is.`;
    case 'cut':
      return ` rsent heal ${name} ${topology} puts it back on the network.`;
    case 'running':
      return isFrozen
        ? ` A signal or a debugger has stopped its process: ${kill}, and rsent up ${topology} starts it again.`
        : ` rsent stop ${topology} ${name} ends it in good order, ${kill} at once.`;
    case 'absent':
      return ` rsent up ${topology} makes it again.`;
    default:
      return ` rsent start ${topology} ${name} starts it.`;
  }
}

async function act(
  context: Context,
  record: TopologyRecord,
  what: Move,
  node: Target,
  master: Pick<Target, 'name' | 'address'> | undefined,
): Promise<void> {
  const { engine } = context;
  const { network } = record.placement;
  switch (what) {
    case 'kill':
      return engine.killContainer(node.container);
    case 'stop':
      return engine.stopContainer(node.container, STOP_GRACE_S);
    case 'pause':
      return engine.pauseContainer(node.container);
    case 'resume':
      return engine.resumeContainer(node.container);
    case 'cut':
      return engine.disconnect(node.container, network);
    case 'heal':
      return engine.connect(node.container, network, fixedIp(record.placement, node));
    case 'start':
      if (node.kind === 'redis' && master !== undefined && master.name !== node.name) {
        await pointAt(context, record, node, master.address);
      }
      return engine.startContainer(node.container);
  }
}
