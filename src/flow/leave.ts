import { masterOf } from '../health/judge.js';
import { RsentError } from '../model/errors.js';
import { type TopologyRecord, withLeaving } from '../model/topology.js';
import { leavePlan } from '../plan/leave-plan.js';
import { apply } from './apply.js';
import type { Context } from './context.js';
import { nodesWithContainer } from './find.js';
import { untilNoHeadway } from './patience.js';
import type { StepWorld } from './step-world.js';
import { actor } from './steps.js';
import { observing } from './targets.js';
import { waitFor } from './wait.js';

const LOOK_MS = 100;

/**
 * Have the nodes that are to leave go, and everybody forget them. All that stay must run. What was
 * interrupted is begun anew: what is done already is done again without harm.
 * @param record with the nodes that are to leave
 */
export async function leave(
  context: Context,
  record: TopologyRecord,
  world: StepWorld,
  canHasten: boolean,
): Promise<void> {
  const leaving = record.unfinished?.leaving ?? [];
  const names = leaving.map(({ name }) => name).join(', ');
  context.progress.stage(`Having ${names} leave`);
  const [master, containers] = await Promise.all([
    presentMaster(record, world),
    nodesWithContainer(context.engine, record.spec.name, record),
  ]);
  const states = new Map(containers.map(({ name, state }) => [name, state]));
  const { directory } = world;
  const plan = leavePlan({ record, directory, containers: states, master, canHasten });
  await apply(plan, actor(world), [], context);
  context.progress.done(`${names} left; nobody remembers ${leaving.length > 1 ? 'them' : 'it'}`);
}

/**
 * Of all nodes, those that leave included. Sentinels that have just started need a moment.
 * @throws RsentError `unhealthy` when nobody is master: who is to leave could be it again
 */
async function presentMaster(record: TopologyRecord, world: StepWorld): Promise<string> {
  const { context, patience } = world;
  const master = await observing(world, withLeaving(record), ({ observer, expectation }) => {
    const look = async () => masterOf(expectation, await observer.look());
    const every = { everyMs: LOOK_MS, signal: context.signal };
    return waitFor(look, untilNoHeadway(every, patience));
  });
  if (master !== undefined) return master;
  throw new RsentError('unhealthy', `Nobody is master of ${record.spec.name}: no node can leave.`);
}
