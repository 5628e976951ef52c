import { join } from 'node:path';
import { linkAt, linksInData, othersInData } from '../host/server-data.js';
import { RsentError } from '../model/errors.js';
import { type TopologyRecord, withLeaving } from '../model/topology.js';
import { linksIn, type Place } from '../plan/own-files.js';
import type { Context } from './context.js';

/**
 * Data behind a link is not removed: it may be anything of the user's. So nothing is begun that would end
 * half-way, or say that all data is gone.
 * @param place what is at the topology's directory
 * @throws RsentError `topology` when it, or the directory, conf or data of a node, is a link
 */
export async function rejectLinked(
  path: string,
  place: Place,
  name: string,
  record: TopologyRecord | undefined,
): Promise<void> {
  const nodes = record === undefined ? [] : withLeaving(record).placement.nodes;
  const folders = nodes.map(({ folder }) => folder);
  const ways = place.kind === 'directory' ? linksIn(place.entries, folders) : [];
  const [way] = place.kind === 'link' ? [[]] : ways;
  if (way === undefined) return;
  throw await behindLink(
    join(path, ...way),
    `Nothing was stopped or removed. rsent down ${name} removes the containers and keeps all files; then remove these by hand.`,
  );
}

/**
 * The same for a verb that empties the data directories of nodes: also what is in them must be no link.
 * @throws RsentError `topology` when one is, or cannot be read
 */
export async function rejectLinkedData(
  { home }: Pick<Context, 'home'>,
  record: TopologyRecord,
): Promise<void> {
  for (const data of dataDirectories(home, record)) {
    const inside = (await linkAt(data)) === undefined ? await linksInData(data) : [];
    const links = [data, ...inside.map((name) => join(data, name))];
    for (const path of links)
      if ((await linkAt(path)) !== undefined)
        throw await behindLink(
          path,
          'Nothing was stopped or removed. Put what it leads to in its place (rm the link, mv the data there), and run this again.',
        );
  }
}

/** Paths of what somebody has put into the data directories of nodes. */
export async function othersInDirectories(
  { home }: Pick<Context, 'home'>,
  record: TopologyRecord,
): Promise<string[]> {
  const found = await Promise.all(
    dataDirectories(home, record).map(async (data) => {
      const names = await othersInData(data).catch((): string[] => []);
      return names.map((name) => join(data, name));
    }),
  );
  return found.flat();
}

function dataDirectories(home: string, { spec, placement }: TopologyRecord): string[] {
  if (placement.storage === 'volume') return [];
  return placement.nodes.map(({ folder }) => join(home, spec.name, folder, 'data'));
}

async function behindLink(path: string, hint: string): Promise<RsentError> {
  const to = (await linkAt(path)) ?? 'another place';
  return new RsentError(
    'topology',
    `${path} is a link to ${to}, and rsent removes nothing behind a link.`,
    { hint },
  );
}
