import { failedWith } from '../engine/engine.js';
import { RsentError } from '../model/errors.js';
import type { RunningTopology, TopologyRecord } from '../model/topology.js';
import { renamedIn } from '../plan/renamed.js';
import type { Context } from './context.js';

/**
 * Give containers that somebody has renamed the names that the record has for them, and tell it.
 * @returns what runs, with these names
 * @throws RsentError `topology` when another container has such a name by now
 */
export async function renameBack(
  { engine, progress }: Pick<Context, 'engine' | 'progress'>,
  record: TopologyRecord,
  running: RunningTopology,
): Promise<RunningTopology> {
  const renamed = renamedIn(record, running);
  for (const { node, containerId, present, proper } of renamed) {
    await engine.renameContainer(containerId, proper).catch((error: unknown) => {
      throw failedWith(error, 'name-taken') ? taken(node, present, proper) : error;
    });
    progress.note(`The container of ${node} was named ${present}; it is ${proper} again`);
  }
  const proper = new Map(renamed.map((each) => [each.containerId, each.proper]));
  const nodes = running.nodes.map((node) => ({
    ...node,
    container: proper.get(node.containerId) ?? node.container,
  }));
  return { ...running, nodes };
}

function taken(node: string, present: string, proper: string): RsentError {
  return new RsentError(
    'topology',
    `The container of ${node} is named ${present} now, and another container has its name, ${proper}.`,
    {
      hint: `Give that one another name (docker rename ${proper} OTHER), or remove it if nobody needs it, and run this again.`,
    },
  );
}
