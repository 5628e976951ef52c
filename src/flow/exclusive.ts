import { tryLock } from '../host/lock.js';
import { RsentError } from '../model/errors.js';
import type { Context } from './context.js';
import { waitFor } from './wait.js';

/** Longer than any change of a topology should take. */
const PATIENCE_MS = 120_000;

/**
 * Do something while no other rsent changes the same topology; waits until they are done.
 * @throws RsentError `topology` when the other one takes too long
 */
export async function exclusively<T>(
  context: Context,
  name: string,
  act: () => Promise<T>,
): Promise<T> {
  let told = false;
  const release = await waitFor(
    async () => {
      const taken = await tryLock(context.home, name);
      if (taken === undefined && !told)
        context.progress.note(`Another rsent works on ${name}; waiting`);
      told = true;
      return taken;
    },
    { deadline: Date.now() + PATIENCE_MS, everyMs: 100, signal: context.signal },
  );
  if (release === undefined) {
    throw new RsentError('topology', `Another rsent has been working on ${name} for two minutes.`, {
      hint: 'Nothing was done. Wait for it, or end it, and run this again.',
    });
  }
  const ended = context.pending?.begin({
    what: `What was begun on ${name} may be half done.`,
    remedy: `rsent up ${name} completes it; rsent down ${name} removes its containers.`,
  });
  try {
    return await act();
  } finally {
    await release();
    ended?.();
  }
}
