import { join } from 'node:path';
import { hasRecord, readRecord } from '../host/data-home.js';
import { knownOrigin } from '../host/origin.js';
import { placeAt } from '../host/own-files.js';
import type { Removal } from '../model/change.js';
import type { TopologyRecord } from '../model/topology.js';
import { topologyLabels } from '../plan/labels.js';
import { type Entry, ownIn, type Place } from '../plan/own-files.js';
import { ownVolumes } from '../plan/ownership.js';
import { madeFrom, volumesFrom } from '../plan/volumes.js';
import type { Context } from './context.js';
import { rejectLinked } from './links.js';
import { movedAway, volumesElsewhere } from './storage.js';

/** What became of a topology's data. */
interface DataLeft {
  /** Directory whose data was removed, or is still there. */
  readonly data?: DataResult;
  /** Volumes of its nodes that were removed, or are still there. */
  readonly volumes?: { readonly count: number; readonly removed: boolean };
}

export interface DataResult {
  readonly path: string;
  /** True when nothing of the topology's own is there any more: seen after the removal. */
  readonly removed: boolean;
  /** Paths of what rsent did not make, and has left. */
  readonly left?: readonly string[];
}

/** Conf and data of a topology, and what of it is its own. */
export interface Data {
  readonly isKept: boolean;
  /** What of its directory is rsent's own. */
  readonly own: readonly Removal[];
  /** Its volumes on this engine. */
  readonly volumes: readonly string[];
  /** Volumes of its name of which nothing proves that they are its own. */
  readonly others: readonly string[];
  /** Volumes that somebody made who has copied the topology's labels. */
  readonly copies: readonly string[];
  /** Its record, where that can be understood. */
  readonly record?: TopologyRecord;
  /** What the origin of its own things may be: the record's, and that of who is asking. */
  readonly origins: readonly (string | undefined)[];
}

/**
 * Conf and data of a topology, wherever they are.
 * @throws RsentError `topology` when they are to go, and are not where they are looked for
 */
export async function findData(context: Context, name: string, toGo: boolean): Promise<Data> {
  const { engine, home } = context;
  const path = join(home, name);
  const isKept = await hasRecord(home, name);
  // One that cannot be understood keeps nobody from removing it.
  const understood = await readRecord(home, name).catch(() => undefined);
  const record = understood?.spec.name === name ? understood : undefined;
  const [origin, all] = await Promise.all([
    knownOrigin(context.state),
    engine.volumes(topologyLabels(name)),
  ]);
  const volumes = volumesFrom(name, path, all, record, origin);
  const copies = ownVolumes(all, record).copies.map((each) => each.name);
  const unknown = all.filter((each) => !volumes.includes(each.name)).map((each) => each.name);
  const others = unknown.filter((each) => !copies.includes(each));
  const isElsewhere = record?.placement.storage === 'volume' && volumes.length === 0;
  const from = isElsewhere ? madeFrom(record, path, all) : undefined;
  if (toGo && from !== undefined) throw movedAway(name, from, path);
  if (toGo && isElsewhere) throw volumesElsewhere(name, engine.endpoint, path);
  const place = await placeAt(path);
  if (toGo) await rejectLinked(path, place, name, record);
  const own = ownAt(place, record);
  const origins = [record?.origin, origin];
  return { isKept, volumes, own, others, copies, origins, ...(record && { record }) };
}

function ownAt(place: Place, record: TopologyRecord | undefined): Removal[] {
  return place.kind === 'directory' ? ownIn(place.entries, record) : [];
}

export async function dataResult(
  { home }: Context,
  name: string,
  { isKept, volumes }: Data,
  removed: boolean,
): Promise<DataLeft> {
  const path = join(home, name);
  return {
    ...(isKept ? { data: removed ? await afterRemoval(path) : { path, removed } } : {}),
    ...(volumes.length > 0 ? { volumes: { count: volumes.length, removed } } : {}),
  };
}

/** What is really there now. */
async function afterRemoval(path: string): Promise<DataResult> {
  const place = await placeAt(path, 'whole').catch(() => placeAt(path));
  const left =
    place.kind === 'directory' ? place.entries.flatMap((each) => leaves(path, each)) : [];
  return { path, removed: true, ...(left.length > 0 ? { left } : {}) };
}

/** Paths of what is in it; of a directory that has been looked into, those of what is in that. */
function leaves(at: string, { name, inside = [] }: Entry): string[] {
  const path = join(at, name);
  return inside.length === 0 ? [path] : inside.flatMap((each) => leaves(path, each));
}
