import type { Engine } from '../engine/engine.js';
import { RsentError } from '../model/errors.js';
import { noAnswerOf } from '../model/no-answer.js';
import type { Observation } from '../model/observation.js';
import type { Plan } from '../model/plan.js';
import type { NodePlacement, RunningTopology, TopologyRecord } from '../model/topology.js';
import type { NodeClient } from '../redis/client.js';
import { holdOn, USUAL_WATCH } from './client-watch.js';

type Placed = Pick<NodePlacement, 'name' | 'container'>;

/** How often those that do not answer are looked at (ms): it costs the engine a process each. */
const LOOK_MS = 2000;

/**
 * Make sure that no signal or debugger has stopped the process of one of these nodes: no waiting has
 * such a process go on. Only those that do not answer are looked at.
 * @throws RsentError `unhealthy` naming the nodes and the way out
 */
export async function rejectFrozen<Node extends Placed>(
  engine: Engine,
  topology: string,
  nodes: readonly Node[],
  client: (node: Node) => NodeClient,
): Promise<void> {
  const silent = await Promise.all(
    nodes.map(async (node) => {
      const { pong } = await client(node).ask({ pong: ['PING'] });
      return !pong.ok && isSilence(pong.error) ? [node] : [];
    }),
  );
  await rejectHeld(engine, topology, silent.flat());
}

/** The nodes that run already and stay as they are: they must be able to answer. */
export function untouched(
  { placement }: Pick<TopologyRecord, 'placement'>,
  { steps }: Plan,
  before: RunningTopology,
): readonly NodePlacement[] {
  const ended = steps.flatMap((step) => (step.kind === 'remove-container' ? [step.container] : []));
  const runs = before.nodes.filter(({ state, cut }) => state === 'running' && !cut);
  return placement.nodes.filter(
    ({ name, container }) => !ended.includes(container) && runs.some((each) => each.name === name),
  );
}

/** The same for what does not answer in one look after another, now and then. */
export function frozenCheck(
  engine: Engine,
  { spec, placement }: Pick<TopologyRecord, 'spec' | 'placement'>,
): (observation: Observation) => Promise<void> {
  let looked = Date.now();
  return async ({ at, nodes }) => {
    if (at - looked < LOOK_MS) return;
    looked = at;
    const silent = nodes.flatMap(({ name, container, answer }) =>
      container === 'running' && !answer.reached && isSilence(answer.why) ? [name] : [],
    );
    const placed = placement.nodes.filter(({ name }) => silent.includes(name));
    await rejectHeld(engine, spec.name, placed);
  };
}

async function rejectHeld(
  engine: Engine,
  topology: string,
  silent: readonly Placed[],
): Promise<void> {
  const looks = await Promise.all(
    silent.map(async (node) => {
      const hold = await holdOn(engine, node.container, USUAL_WATCH);
      return hold === 'frozen' ? [node] : [];
    }),
  );
  const frozen = looks.flat();
  const [first] = frozen;
  if (first === undefined) return;
  const names = frozen.map(({ name }) => name).join(', ');
  const what = frozen.length === 1 ? 'its process is frozen' : 'their processes are frozen';
  throw new RsentError('unhealthy', `${names} of ${topology}: ${what}.`, {
    hint: wayOut(topology, frozen),
  });
}

/** A connection that is kept open says only that nothing came; what stands still for long takes no more. */
function isSilence(why: string): boolean {
  return ['frozen', 'late', 'unanswered'].includes(noAnswerOf(why));
}

function wayOut(topology: string, frozen: readonly Placed[]): string {
  const containers = frozen.map(({ container }) => container).join(' ');
  const kills = frozen.map(({ name }) => `rsent kill ${name} ${topology}`).join('; ');
  return `A signal or a debugger has stopped what runs there (state T), and no waiting ends that. docker kill -s CONT ${containers} has ${frozen.length === 1 ? 'it' : 'them'} go on after a signal; else ${kills}; then rsent up ${topology}.`;
}
