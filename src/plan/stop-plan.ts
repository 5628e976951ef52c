import type { Plan } from '../model/plan.js';
import { type DownFacts, endInOrder } from './down-plan.js';

/** Stop every container, in the order in which they may end. */
export function stopPlan({
  topology,
  containers,
}: Pick<DownFacts, 'topology' | 'containers'>): Plan {
  const steps = endInOrder(containers, 'stop', ({ name }, base) => {
    return { kind: 'stop-container', ...base, container: name };
  });
  return { version: 1, topology, steps };
}
