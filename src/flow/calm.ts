import { RsentError } from '../model/errors.js';
import { named } from '../model/named.js';
import type { Plan } from '../model/plan.js';
import { topologyLabels } from '../plan/labels.js';
import type { Led } from '../plan/up-lead.js';
import { apply } from './apply.js';
import type { Context } from './context.js';
import { engineStep, isOfEngine } from './steps-engine.js';

/** What comes before a plan can be made: it changes what is known. */
type First = Extract<Led, { is: 'calm-first' | 'wake-first' }>;

/**
 * Have a node come back that must be asked first; or have all end that runs, where another node is to be
 * master than the last one, before the confs say so: nobody fails over meanwhile, and whoever starts
 * finds all in agreement.
 * @param isLast it was done before, time and again
 * @throws RsentError `topology` when that does not last; as the engine does
 */
export async function prepare(
  context: Context,
  { is, plan }: First,
  isLast: boolean,
): Promise<void> {
  if (isLast) throw neverCalm(plan.topology);
  const { engine, progress } = context;
  const [doing, done] =
    is === 'wake-first'
      ? ['Bringing back first whoever has no files', 'Whoever has no files is back']
      : [
          `Stopping ${plan.steps.length} containers: another node is to be the master`,
          `Stopped ${plan.steps.length} containers`,
        ];
  progress.stage(doing);
  const stateOf = async (container: string) => {
    const rows = await engine.containers(topologyLabels(plan.topology));
    return rows.find(({ name }) => name === container)?.state;
  };
  await apply(
    plan,
    async (step) => {
      if (!isOfEngine(step)) throw new RsentError('bug', `prepare has no step ${step.kind}.`);
      await engineStep(step, engine, stateOf);
      return undefined;
    },
    [],
    context,
  );
  progress.done(done);
}

/** Both plans as one, to be printed: the second begins when the first has ended. */
export function joined(first: Plan, second: Plan): Plan {
  const ends = first.steps.map(({ id }) => id);
  const taken = new Set(ends);
  const later = second.steps
    .filter(({ id }) => !taken.has(id))
    .map((step) => ({ ...step, after: [...ends, ...step.after] }));
  return { ...second, steps: [...first.steps, ...later] };
}

/**
 * Nothing is begun where it could cost data.
 * @throws RsentError `topology` when nobody can be master
 */
export function requireLead(
  topology: string,
  led: Led,
): asserts led is Exclude<Led, { is: 'nobody' }> {
  if (led.is !== 'nobody') return;
  throw new RsentError('topology', `${topology} was not started: ${led.why}.`, {
    hint: `Nothing was changed. ${named(led.fix, topology)}`,
  });
}

/** Somebody starts again what was stopped. */
function neverCalm(topology: string): RsentError {
  return new RsentError('topology', `The containers of ${topology} do not stay stopped.`, {
    hint: 'Its master has lost its data, and another node can take its place only while none runs. Something else starts them: end that, then run this again.',
  });
}
