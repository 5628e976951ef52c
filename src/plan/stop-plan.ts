import type { Plan } from '../model/plan.js';
import type { DownFacts } from './down-plan.js';

const IN_ORDER = ['sentinel', 'redis', 'other'] as const;

/**
 * Stop every container. Sentinels first, so that nobody takes what follows for a failure; what the
 * nodes live in last. Each waits for all the parts before it.
 */
export function stopPlan({
  topology,
  containers,
}: Pick<DownFacts, 'topology' | 'containers'>): Plan {
  const idOf = (name: string) => `stop:${name}`;
  const steps = IN_ORDER.flatMap((part, nth) => {
    const earlier = IN_ORDER.slice(0, nth);
    const after = containers.flatMap(({ name, is }) => (earlier.includes(is) ? [idOf(name)] : []));
    const alike = containers.filter(({ is }) => is === part);
    return alike.map(({ name }) => {
      return { kind: 'stop-container', id: idOf(name), after, container: name } as const;
    });
  });
  return { version: 1, topology, steps };
}
