import { readRecord, recordedNames } from '../host/data-home.js';
import type { HealthState } from '../model/verdict.js';
import type { Context } from './context.js';
import { findAllRunning } from './find.js';
import { status } from './status.js';
import { orInterrupted } from './wait.js';

export interface ListedTopology {
  readonly name: string;
  /** 'asleep': only its data is there; 'unknown': it could not be judged. */
  readonly state: HealthState | 'asleep' | 'unknown';
  readonly containers: number;
  readonly master?: string;
}

/**
 * Every topology on the engine or in the data home, judged at once.
 * @throws RsentError `interrupted` at once, though some are still being judged
 */
export async function list(context: Context): Promise<ListedTopology[]> {
  const [running, recorded] = await Promise.all([
    findAllRunning(context.engine),
    recordedNames(context.home),
  ]);
  const names = [...new Set([...running.map(({ name }) => name), ...recorded])].sort();
  const rows = Promise.all(
    names.map(async (name): Promise<ListedTopology> => {
      const containers = running.find((each) => each.name === name)?.nodes.length ?? 0;
      try {
        if (containers === 0) {
          // One that cannot be understood may not wake up again.
          await readRecord(context.home, name);
          return { name, state: 'asleep', containers };
        }
        const { verdict, master } = await status(context, name, { deep: false, flush: false });
        const row = { name, state: verdict.state, containers };
        return master === undefined ? row : { ...row, master: master.node };
      } catch {
        return { name, state: 'unknown', containers };
      }
    }),
  );
  return orInterrupted(rows, context.signal);
}
