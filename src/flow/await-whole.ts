import { expectRecord } from '../health/expect.js';
import { becomeHealthy } from './healthy.js';
import { Observer } from './observe.js';
import type { StepWorld } from './step-world.js';
import { recordTargets } from './targets.js';

/**
 * Wait until nothing is wrong with any node of the topology.
 * @throws RsentError `unhealthy` with every finding when that takes too long
 */
export async function awaitWhole(world: StepWorld): Promise<void> {
  const { context, record, access, files, deadline } = world;
  const expectation = expectRecord(record);
  const targets = recordTargets(record, context.home);
  const observer = new Observer(context.engine, expectation, targets, access, files);
  const hint = `rsent status ${record.spec.name} shows every finding.`;
  try {
    await becomeHealthy(context, observer, expectation, deadline - Date.now(), hint);
  } finally {
    observer.close();
  }
}
