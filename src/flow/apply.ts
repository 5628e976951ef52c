import { messageOf } from '../model/errors.js';
import type { Plan, Step } from '../model/plan.js';
import type { Context } from './context.js';
import { throwIfInterrupted } from './wait.js';

/** How to take back what a step did. */
export interface Undo {
  readonly step: Step;
  undo(): Promise<void>;
}

/** What this run has done so far, oldest first. */
export type Journal = Undo[];

/** Does one step; gives how to undo it, or nothing when there is nothing to undo. */
export type Actor = (step: Step) => Promise<(() => Promise<void>) | undefined>;

/**
 * Do the steps of a plan, each as soon as those it waits for are done, and write down in the
 * journal how to undo each. At the first failure or interruption no further step starts, those
 * under way are waited for (a sibling still creating something would race with the clean-up),
 * and then the first error is thrown.
 */
export async function apply(
  plan: Plan,
  act: Actor,
  journal: Journal,
  { signal, onStep }: Pick<Context, 'signal' | 'onStep'>,
): Promise<void> {
  const running = new Map<string, Promise<void>>();
  let failure: { error: unknown } | undefined;
  const run = async (step: Step): Promise<void> => {
    await Promise.all(step.after.map((id) => running.get(id)));
    if (failure !== undefined) return;
    try {
      throwIfInterrupted(signal);
      onStep?.(step, 'begins');
      const undo = await act(step);
      if (undo !== undefined) journal.push({ step, undo });
      onStep?.(step, 'done');
    } catch (error) {
      failure ??= { error };
    }
  };
  for (const step of plan.steps) running.set(step.id, run(step));
  await Promise.all(running.values());
  if (failure !== undefined) throw failure.error;
}

/** What uses files on the engine; the volumes that have files, and those in them; this machine. */
export type Where = 'engine' | 'volume' | 'host';

/** What undoing has to know of the engine. */
export interface RollBackOptions {
  /** True for an error that says that the engine is gone. */
  readonly isGone?: (error: unknown) => boolean;
  /** Where a step has changed something; nothing is known of volumes by default. */
  readonly whereOf?: (step: Step) => Where;
  /**
   * Remove what is on the engine though no answer said so. Called when all that is known of is gone
   * from it, and before any file is touched.
   */
  readonly sweep?: () => Promise<void>;
}

/** What could not be undone, and why. */
export interface Left {
  /** Ids of the steps; none where it was never seen. */
  readonly ids: readonly string[];
  readonly why: string;
}

/**
 * Undo what the journal says: first on the engine, then the files, in each the last thing first;
 * containers that were made one after the other all at once, as none of them needs another one to be
 * removed. A step that cannot be undone does not keep the others from it, with two exceptions: files,
 * the record among them, stay where something may be left on the engine, which could use them and is
 * known by them alone; and an engine that is gone is asked nothing more.
 */
export async function rollBack(journal: Journal, options: RollBackOptions = {}): Promise<Left[]> {
  const { whereOf = whereMade, sweep = nothing } = options;
  const undos = journal.splice(0).reverse();
  const undoing = new Undoing(options);
  const users = undos.filter(({ step }) => whereOf(step) === 'engine');
  for (const together of inGroups(users)) {
    await Promise.all(together.map((each) => undoing.try(each.undo, 'engine', each.step.id)));
  }
  const { left } = undoing;
  if (left.length === 0) await undoing.try(sweep, 'engine');
  const files = undos.filter((each) => !users.includes(each));
  if (left.length === 0)
    for (const { step, undo } of files) await undoing.try(undo, whereOf(step), step.id);
  else if (files.length > 0) left.push({ ids: files.map(({ step }) => step.id), why: FILES_STAY });
  return left;
}

/** Notes what cannot be undone, once for each reason. */
class Undoing {
  readonly left: { readonly ids: string[]; readonly why: string }[] = [];
  readonly #isGone: (error: unknown) => boolean;
  #gone: { readonly error: unknown } | undefined;

  constructor({ isGone = () => false }: RollBackOptions) {
    this.#isGone = isGone;
  }

  async try(undo: () => Promise<void>, where: Where, ...ids: readonly string[]): Promise<void> {
    try {
      if (this.#gone !== undefined && where !== 'host') throw this.#gone.error;
      await undo();
    } catch (error) {
      if (this.#isGone(error)) this.#gone ??= { error };
      // Requests that were under way end in other words, and say no more.
      const why = messageOf(this.#isGone(error) ? this.#gone?.error : error);
      const same = this.left.find((each) => each.why === why);
      if (same === undefined) this.left.push({ ids: [...ids], why });
      else same.ids.push(...ids);
    }
  }
}

/** Why files are left. */
export const FILES_STAY = 'kept, as something may be left on the engine that uses them';

async function nothing(): Promise<void> {}

function whereMade({ kind }: Step): Where {
  return kind === 'create-container' || kind === 'create-network' ? 'engine' : 'host';
}

/** Containers that follow each other in one group; all else alone. */
function inGroups(undos: readonly Undo[]): Undo[][] {
  const groups: Undo[][] = [];
  const isContainer = (each: Undo | undefined) => each?.step.kind === 'create-container';
  for (const each of undos) {
    const last = groups.at(-1);
    if (last !== undefined && isContainer(each) && isContainer(last[0])) last.push(each);
    else groups.push([each]);
  }
  return groups;
}
