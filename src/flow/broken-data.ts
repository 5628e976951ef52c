import { loadFailureIn } from '../health/load-failure.js';
import { RsentError } from '../model/errors.js';
import type { Observation } from '../model/observation.js';
import { type NodePlacement, ofKind, type TopologyRecord } from '../model/topology.js';
import type { Context } from './context.js';

/** A server says why it ends in its last lines. */
const LINES = 40;

/**
 * Make sure that a data node does not fail by its own data: it would fail at each start.
 * @throws RsentError `unhealthy` naming the file and the way out
 */
export async function rejectBrokenData(
  { engine }: Pick<Context, 'engine'>,
  { spec }: TopologyRecord,
  { name, container }: Pick<NodePlacement, 'name' | 'container'>,
): Promise<void> {
  const log = await engine.logs(container, LINES).catch(() => '');
  const failure = loadFailureIn(log);
  if (failure === undefined) return;
  const { file, why } = failure;
  throw new RsentError('unhealthy', `${name} cannot load its data: ${file} is ${why}.`, {
    hint: `Its data was left as it is. rsent up ${spec.name} --rebuild ${name} sets it aside and gives ${name} a copy of another node's; rsent logs ${spec.name} ${name} shows what the server says.`,
  });
}

/** How often those that do not answer are looked at (ms). */
const LOOK_MS = 500;

/** The same for all data nodes that do not answer, now and then. */
export function brokenDataCheck(
  context: Pick<Context, 'engine'>,
  record: TopologyRecord,
): (observation: Observation) => Promise<void> {
  let looked = Date.now();
  return async ({ at, nodes }) => {
    if (at - looked < LOOK_MS) return;
    looked = at;
    const silent = nodes.filter(({ kind, answer }) => kind === 'redis' && !answer.reached);
    for (const node of ofKind(record.placement.nodes, 'redis')) {
      if (silent.some(({ name }) => name === node.name))
        await rejectBrokenData(context, record, node);
    }
  };
}
