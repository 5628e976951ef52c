import type { Engine } from '../engine/engine.js';
import { RsentError } from '../model/errors.js';
import { noAnswerOf } from '../model/no-answer.js';
import type { NodeObservation } from '../model/observation.js';
import type { Plan } from '../model/plan.js';
import type { NodePlacement, RunningTopology, TopologyRecord } from '../model/topology.js';
import type { NodeClient } from '../redis/client.js';
import { holdOn, USUAL_WATCH } from './client-watch.js';

type Placed = Pick<NodePlacement, 'name' | 'container'>;

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
      const isHeld = !pong.ok && (await isFrozen(engine, node.container, pong.error));
      return isHeld ? [node] : [];
    }),
  );
  const frozen = silent.flat();
  if (frozen.length === 0) return;
  const names = frozen.map(({ name }) => name).join(', ');
  const what = frozen.length === 1 ? 'its process is frozen' : 'their processes are frozen';
  throw new RsentError('unhealthy', `${names} of ${topology}: ${what}.`, {
    hint: wayOut(topology, frozen),
  });
}

/** Steps after which what ran in a container does not run any more. */
const ENDING = ['remove-container', 'kill-container', 'stop-container'];

/** The nodes that run already and stay as they are: they must be able to answer. */
export function untouched(
  { placement }: Pick<TopologyRecord, 'placement'>,
  { steps }: Plan,
  before: RunningTopology,
): readonly NodePlacement[] {
  const ended = steps.flatMap((step) =>
    ENDING.includes(step.kind) && 'container' in step ? [step.container] : [],
  );
  const runs = before.nodes.filter(({ state, cut }) => state === 'running' && !cut);
  return placement.nodes.filter(
    ({ name, container }) => !ended.includes(container) && runs.some((each) => each.name === name),
  );
}

/** True for an observed node whose container runs, and which does not answer as its process is stopped. */
export async function isSeenFrozen(
  engine: Engine,
  name: string,
  { container, answer }: NodeObservation,
): Promise<boolean> {
  return container === 'running' && !answer.reached && isFrozen(engine, name, answer.why);
}

/** The same by the reason why it gave no answer. */
async function isFrozen(engine: Engine, container: string, why: string): Promise<boolean> {
  return isSilence(why) && (await holdOn(engine, container, USUAL_WATCH)) === 'frozen';
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
