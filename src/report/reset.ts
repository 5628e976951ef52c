import { leftLines } from './down.js';
import { seconds } from './text.js';

interface Reset {
  /** The time that it took. */
  readonly elapsedMs: number;
  /** Paths of what somebody has put beside the data of a node. */
  readonly left: readonly string[];
}

/** The document that `reset --json` prints. */
export function resetJson(topology: string, { elapsedMs, left }: Reset): object {
  const others = left.length === 0 ? {} : { left };
  return { schemaVersion: 1, topology, healthy: true, elapsedMs, ...others };
}

/** What `reset` says in the end. */
export function resetText(topology: string, { elapsedMs, left }: Reset): string {
  const first = `${topology} is empty and healthy after ${seconds(elapsedMs)}. Its first data node is the master.`;
  return [first, ...leftLines(left)].join('\n');
}
