import { masterOf } from '../health/judge.js';
import { RsentError } from '../model/errors.js';
import { withLeaving } from '../model/topology.js';
import { handOver } from './drill/hand-over.js';
import { placed, type StepWorld } from './step-world.js';
import { observing } from './targets.js';

/**
 * Have another node be master than this one, without losing a write; nothing when it is not master.
 * @throws RsentError as the planned hand-over does
 */
export async function handOverFrom(node: string, world: StepWorld): Promise<void> {
  const { context } = world;
  // A node that is to leave may be master still.
  const record = withLeaving(world.record);
  await observing(world, record, async ({ observer, expectation, targets }) => {
    const name = masterOf(expectation, await observer.look());
    const master = targets.find((each) => each.name === name);
    // Whoever goes on would take a master away that was merely not seen.
    if (master === undefined) throw new RsentError('unhealthy', 'Nobody is seen to be master now.');
    if (name !== node) return;
    const { downAfterMs } = record.spec.timing;
    const scene = { context, record, observer, expectation, master, downAfterMs, faults: [] };
    await handOver(scene, { begin: () => undefined, rejoined: () => undefined });
    // Its connections were broken, so that clients look for the master anew.
    world.client(placed(node, world)).close();
  });
}
