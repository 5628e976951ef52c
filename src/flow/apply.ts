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

/**
 * Undo what the journal says, last thing first; containers that were made one after the other all
 * at once, as none of them needs another one to be removed. A step that cannot be undone does not
 * keep the others from it, with two exceptions: files stay where something of the engine stays that
 * may use them, and an engine that is gone is asked nothing more.
 * @param isGone true for an error that says that the engine is gone
 * @returns what could not be undone, a line each
 */
export async function rollBack(
  journal: Journal,
  isGone: (error: unknown) => boolean = () => false,
): Promise<string[]> {
  const problems = new Map<string, string[]>();
  const left: Left = {};
  const undoOne = async ({ step, undo }: Undo) => {
    const why = whyLeft(step, left) ?? (await failureOf(undo, step, left, isGone));
    if (why !== undefined) problems.set(why, [...(problems.get(why) ?? []), step.id]);
  };
  for (const together of inGroups(journal.splice(0).reverse())) {
    await Promise.all(together.map(undoOne));
  }
  return [...problems].map(([why, ids]) => `${ids.join(', ')}: ${why}`);
}

/** What of the engine could not be undone so far. */
interface Left {
  something?: true;
  /** How an engine that is gone failed. */
  gone?: string;
}

function whyLeft(step: Step, { something, gone }: Left): string | undefined {
  if (isOnEngine(step)) return gone;
  return something ? FILES_STAY : undefined;
}

async function failureOf(
  undo: () => Promise<void>,
  step: Step,
  left: Left,
  isGone: (error: unknown) => boolean,
): Promise<string | undefined> {
  try {
    await undo();
    return undefined;
  } catch (error) {
    const why = messageOf(error);
    if (isOnEngine(step)) left.something = true;
    if (isOnEngine(step) && isGone(error)) left.gone = why;
    return why;
  }
}

const FILES_STAY = 'kept, as something is left on the engine that may use it';

function isOnEngine({ kind }: Step): boolean {
  return kind.startsWith('create-');
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
