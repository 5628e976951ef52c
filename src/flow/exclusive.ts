import { type Release, tryLock } from '../host/lock.js';
import { RsentError } from '../model/errors.js';
import type { Context } from './context.js';
import { isGivenUp, waitFor } from './wait.js';

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
      const taken = await lockFor(context, name);
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
    const result = await act();
    // What was seen and done since then may not be so any more.
    if (isGivenUp(context.signal)) throw context.signal.reason;
    return result;
  } finally {
    await release();
    ended?.();
  }
}

/** The lock of a topology; this run is given up when another one takes it away. */
export function lockFor({ home, giveUp }: Context, name: string): Promise<Release | undefined> {
  return tryLock(home, name, () => giveUp?.(lostLock(name)));
}

function lostLock(name: string): RsentError {
  return new RsentError('topology', `Another rsent has taken over ${name} meanwhile.`, {
    hint: `This one was stopped for so long that it counted as dead, and ends here; nothing was undone, as the other one may use it. rsent status ${name} shows how it stands.`,
  });
}
