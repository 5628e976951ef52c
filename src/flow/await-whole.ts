import { becomeHealthy } from './healthy.js';
import type { StepWorld } from './step-world.js';
import { observing } from './targets.js';

/**
 * Wait until nothing is wrong with any node of the topology.
 * @throws RsentError `unhealthy` with every finding when that takes too long
 */
export async function awaitWhole(world: StepWorld): Promise<void> {
  const { context, record, patience } = world;
  const hint = `rsent status ${record.spec.name} shows every finding.`;
  await observing(world, record, async ({ observer, expectation }) => {
    await becomeHealthy(context, observer, expectation, patience.limitMs, hint);
  });
}
