import { asksForRole, type Candidate, candidatesOf } from '../drill/target.js';
import { masterOf } from '../health/judge.js';
import type { Context } from './context.js';
import type { Known } from './find.js';
import type { Target } from './observe.js';
import { observerOf } from './targets.js';

/**
 * Whom targets may mean. Who is master or replica is asked only where somebody wants to know: a
 * node that is named may be the only one that is left.
 */
export async function candidatesFor(
  context: Context,
  known: Known,
  targets: readonly string[],
): Promise<{ readonly nodes: readonly Target[]; readonly candidates: readonly Candidate[] }> {
  const { expectation, targets: nodes, observer } = observerOf(context, known);
  try {
    if (!targets.some(asksForRole)) return { nodes, candidates: nodes.map(unasked) };
    const observation = await observer.look();
    const master = masterOf(expectation, observation);
    return { nodes, candidates: candidatesOf(observation.nodes, master) };
  } finally {
    observer.close();
  }
}

function unasked({ name, kind }: Target): Candidate {
  return { name, kind, role: kind === 'sentinel' ? 'sentinel' : 'unknown' };
}
