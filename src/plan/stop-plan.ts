import type { Plan, Step } from '../model/plan.js';
import type { DownFacts } from './down-plan.js';

/** Sentinels first, so that nobody takes what follows for a failure; what they live in last. */
export function stopPlan({
  topology,
  containers,
}: Pick<DownFacts, 'topology' | 'containers'>): Plan {
  const ids = (...parts: string[]) =>
    containers.flatMap(({ name, is }) => (parts.includes(is) ? [`stop:${name}`] : []));
  const before = { sentinel: [], redis: ids('sentinel'), other: ids('sentinel', 'redis') };
  const inOrder = (['sentinel', 'redis', 'other'] as const).flatMap((part) =>
    containers.filter(({ is }) => is === part),
  );
  const steps = inOrder.map(({ name, is }): Step => {
    return { kind: 'stop-container', id: `stop:${name}`, after: before[is], container: name };
  });
  return { version: 1, topology, steps };
}
