import { type Brought, bringUp } from './bring-up.js';
import type { Context } from './context.js';
import { requireRecord } from './find.js';
import { othersInDirectories } from './links.js';
import { getReady } from './ready.js';

export interface ResetOptions {
  readonly timeoutMs: number;
  readonly dryRun: boolean;
}

/** What a reset came to. */
interface Reset extends Brought {
  readonly elapsedMs: number;
  /** Paths of what somebody has put beside the data of a node; it was left. */
  readonly left: readonly string[];
}

/**
 * A topology as it was made: no data, its first roles, epochs and Sentinel memory of nothing. Its
 * containers, addresses and secrets stay. One that sleeps is brought up.
 * @throws RsentError `topology` when there is none of that name; else as `up`. Once begun it is
 * not undone: the next `up` ends it.
 */
export async function reset(
  context: Context,
  name: string,
  { timeoutMs, dryRun }: ResetOptions,
): Promise<Reset> {
  const started = Date.now();
  const existing = await requireRecord(context, name);
  const ready = await getReady(context, existing.spec, existing, { touching: !dryRun });
  const aim = { ...ready, existing, begins: { resetting: true } as const };
  const brought = await bringUp(context, aim, { timeoutMs, dryRun, rollback: false, soak: false });
  const left = dryRun ? [] : await othersInDirectories(context, brought.record);
  return { ...brought, left, elapsedMs: Date.now() - started };
}
