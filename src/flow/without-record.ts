import { dirname } from 'node:path';
import type { ContainerFacts } from '../engine/engine.js';
import { placeAt } from '../host/own-files.js';
import { OPEN_ACCESS } from '../model/access.js';
import { RsentError } from '../model/errors.js';
import { isOff } from '../model/topology.js';
import { readNode } from '../plan/labels.js';
import type { Context } from './context.js';
import { memoriesOf } from './holdings.js';
import { sharesFiles } from './shared-files.js';

/**
 * Data nodes that run, and whose data directories are gone, as when a data home was removed: what they
 * have is in their memory only. Those are left out that say that they have no key. Where the
 * engine does not see the files that this process sees, nothing can be told.
 * @returns their names as containers; none where another one of their topology has its directory
 */
export async function inMemoryOnly(
  context: Pick<Context, 'engine'>,
  containers: readonly ContainerFacts[],
): Promise<string[]> {
  const on = containers.flatMap((each) => {
    const node = readNode(each);
    const data = each.binds?.filter((path) => path.endsWith('/data')) ?? [];
    const isData = node?.kind === 'redis' && !isOff(each.state) && data.length > 0;
    return isData ? [{ node, data }] : [];
  });
  const places = await Promise.all(on.flatMap(({ data }) => data.map((path) => placeAt(path))));
  const [first] = on;
  if (first === undefined || places.some(({ kind }) => kind !== 'nothing')) return [];
  if ((await sharesFiles(context, dirname(first.node.directory))) !== 'shared') return [];
  const nodes = on.map(({ node }) => node);
  const memories = await memoriesOf(nodes, OPEN_ACCESS);
  return nodes.filter(({ name }) => memories.get(name) !== 'no-keys').map((each) => each.container);
}

/**
 * The same before they end.
 * @throws RsentError `refused` when there are any; nothing was done then
 */
export async function rejectWithoutRecord(
  context: Pick<Context, 'engine'>,
  name: string,
  containers: readonly ContainerFacts[],
): Promise<void> {
  const nodes = await inMemoryOnly(context, containers);
  const [first] = nodes;
  if (first === undefined) return;
  const [has, its] = nodes.length === 1 ? ['has', 'its'] : ['have', 'their'];
  throw new RsentError(
    'refused',
    `${nodes.join(', ')} ${has} data in memory only: ${its} files and the record of ${name} are gone, and it would be lost.`,
    {
      hint: `Nothing was done. Copy it first: docker exec ${first} redis-cli --rdb - >dump.rdb (with -a PASSWORD where one is needed). To give it up: rsent down ${name} --volumes.`,
    },
  );
}
