import { lostAtRest } from '../health/judge-files.js';
import { RsentError } from '../model/errors.js';
import type { Context } from './context.js';
import { findKnown } from './find.js';
import { observerOf } from './targets.js';

/**
 * Make sure that data is left in files when all nodes of a topology end. Files that were removed under
 * a server are there until it ends.
 * @throws RsentError `refused` when it would not be; nothing was done then
 */
export async function rejectOnlyInMemory(context: Context, name: string): Promise<void> {
  const { expectation, observer } = observerOf(context, await findKnown(context, name));
  try {
    const lost = lostAtRest(expectation, await observer.look({ files: true }));
    if (lost === undefined) return;
    const nodes = lost.nodes.join(', ');
    const [has, its] = lost.nodes.length === 1 ? ['has', 'its'] : ['have', 'their'];
    const what =
      lost.why === 'gone'
        ? `${has} ${its} data in memory only: ${its} files are gone`
        : `${has} data in memory only: the last write to ${its} files failed, or they are gone`;
    throw new RsentError('refused', `${nodes} ${what}, and it would be lost.`, {
      hint: `Nothing was done. This puts it into files again: ${lost.wayOut}. To give it up: rsent down ${name} --volumes.`,
    });
  } finally {
    observer.close();
  }
}
