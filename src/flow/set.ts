import { writeRecord } from '../host/data-home.js';
import type { TopologySpec } from '../model/spec.js';
import type { RunningTopology, TopologyRecord } from '../model/topology.js';
import { changeLive } from './change.js';
import type { Context } from './context.js';
import { findRecorded } from './find.js';

export interface SetOptions {
  /** The existing spec with the settings that are asked for. Throws when it is illegal. */
  readonly resolve: (existing: TopologySpec) => TopologySpec;
  /** Time to become healthy with them (ms). */
  readonly timeoutMs: number;
}

export interface SetResult {
  readonly before: TopologySpec;
  readonly record: TopologyRecord;
  /** False when the topology sleeps: the next `up` starts it with them. */
  readonly live: boolean;
}

/**
 * Change settings of a topology: of one that runs on every node at once, of one that sleeps in its
 * record, by which the next `up` mends the confs.
 * @throws RsentError as `changeLive` does; nothing is changed then
 */
export async function set(
  context: Context,
  name: string,
  { resolve, timeoutMs }: SetOptions,
): Promise<SetResult> {
  const known = await findRecorded(context, name);
  const { record, running } = known;
  const spec = resolve(record.spec);
  if (!isAsleep(running)) {
    const changed = await changeLive(context, known, spec, timeoutMs);
    return { before: record.spec, record: changed, live: true };
  }
  const changed = { ...record, spec };
  await writeRecord(context.home, changed);
  return { before: record.spec, record: changed, live: false };
}

/** True when no node of it does anything: it has no containers, or they are all stopped. */
export function isAsleep({ nodes }: RunningTopology): boolean {
  return nodes.every(({ state }) => state === 'exited' || state === 'created' || state === 'dead');
}
