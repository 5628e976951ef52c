import { expectRecord } from '../health/expect.js';
import { masterOf } from '../health/judge.js';
import type { TopologyRecord } from '../model/topology.js';
import { leavePlan } from '../plan/leave-plan.js';
import { apply } from './apply.js';
import type { Context } from './context.js';
import { nodesWithContainer } from './find.js';
import { Observer } from './observe.js';
import type { StepWorld } from './step-world.js';
import { actor } from './steps.js';
import { recordTargets } from './targets.js';

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
    nodesWithContainer(context.engine, record.spec.name),
  ]);
  const present = new Set(containers.map(({ name }) => name));
  const on = containers.filter(({ state }) => state === 'running');
  const running = new Set(on.map(({ name }) => name));
  const { directory } = world;
  const plan = leavePlan({ record, directory, present, running, master, canHasten });
  await apply(plan, actor(world), [], context);
  context.progress.done(`${names} left; nobody remembers ${leaving.length > 1 ? 'them' : 'it'}`);
}

/** Of all nodes, those that leave included. */
async function presentMaster(
  record: TopologyRecord,
  { context, access, files }: StepWorld,
): Promise<string | undefined> {
  const nodes = [...record.placement.nodes, ...(record.unfinished?.leaving ?? [])];
  const wide = { ...record, placement: { ...record.placement, nodes } };
  const targets = recordTargets(wide, context.home);
  const observer = new Observer(context.engine, expectRecord(wide), targets, access, files);
  try {
    return masterOf(expectRecord(wide), await observer.look());
  } finally {
    observer.close();
  }
}
