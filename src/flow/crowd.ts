import { neighbourTable } from '../host/neighbours.js';
import { RsentError } from '../model/errors.js';
import { type Counts, crowding } from '../plan/neighbours.js';
import type { Context } from './context.js';

/** Why a bridge of the engine cannot hold these nodes; undefined where it can, or nobody tells. */
export async function crowdOf(
  { engine }: Context,
  counts: Counts,
  present?: Counts,
): Promise<string | undefined> {
  const table = engine.local ? await neighbourTable() : undefined;
  return table === undefined ? undefined : crowding(counts, table, present);
}

/** @throws RsentError `spec` when a bridge of the engine cannot hold these nodes */
export async function rejectCrowd(
  context: Context,
  counts: Counts,
  present?: Counts,
): Promise<void> {
  const crowd = await crowdOf(context, counts, present);
  if (crowd !== undefined) throw tooManyNodes(crowd);
}

/** The refusal, with the way. @param crowd what `crowdOf` gave */
export function tooManyNodes(crowd: string): RsentError {
  return new RsentError('spec', `Too many nodes: ${crowd}.`, {
    hint: 'Nothing was done. sudo sysctl -w net.ipv4.neigh.default.gc_thresh3=8192 makes room; a new topology for clients on this host can be a pod (--network pod), which needs none.',
  });
}
