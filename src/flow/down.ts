import { join } from 'node:path';
import { hasRecord, readRecord } from '../host/data-home.js';
import { removeTree } from '../host/disk.js';
import { LABEL } from '../model/constants.js';
import { ofKind } from '../model/topology.js';
import { topologyLabels } from '../plan/labels.js';
import { volumesFrom } from '../plan/volumes.js';
import type { Context } from './context.js';
import { findRunning } from './find.js';
import { stopAndRemove } from './stop.js';
import { volumesElsewhere } from './storage.js';

export interface DownResult {
  readonly containers: number;
  readonly networks: number;
  /** Directory whose data was removed, or is still there. */
  readonly data?: { readonly path: string; readonly removed: boolean };
  /** Volumes of its nodes that were removed, or are still there. */
  readonly volumes?: { readonly count: number; readonly removed: boolean };
  /** Data of the same name that this rsent does not answer for. */
  readonly elsewhere?: string;
}

/**
 * Remove a topology's containers and network; its data only when asked to. What is not there is
 * no error. Only what carries the topology's labels is touched.
 */
export async function down(context: Context, name: string, volumes: boolean): Promise<DownResult> {
  const { engine, progress } = context;
  const running = await findRunning(engine, name);
  const containers = await engine.containers(topologyLabels(name));
  if (containers.length > 0) progress.stage(`Removing ${containers.length} containers`);

  // Sentinels first: what goes down after them must not look like a failure to anyone.
  const sentinels = new Set(ofKind(running.nodes, 'sentinel').map(({ container }) => container));
  const [watching, serving] = [true, false].map((is) =>
    containers.filter((each) => sentinels.has(each.name) === is),
  );
  await Promise.all((watching ?? []).map((each) => engine.removeContainer(each.name)));
  await Promise.all((serving ?? []).map((each) => stopAndRemove(engine, each)));
  const networks = (await engine.networks()).filter(
    ({ labels }) => labels[LABEL.schema] && labels[LABEL.topology] === name,
  );
  await Promise.all(networks.map(({ id }) => engine.removeNetwork(id)));
  if (containers.length > 0) progress.done(`Removed ${containers.length} containers`);

  const found = { containers: containers.length, networks: networks.length };
  const elsewhere = running.nodes.find(({ directory }) => directory !== join(context.home, name));
  const kept = await removeData(context, name, volumes);
  return elsewhere !== undefined && kept.data === undefined
    ? { ...found, ...kept, elsewhere: elsewhere.directory }
    : { ...found, ...kept };
}

/**
 * Conf and data of a topology, wherever they are, and its record. The record goes first: volumes
 * without one can be removed by the next `down`, a record without volumes could be of another engine.
 */
async function removeData(
  { engine, home }: Context,
  name: string,
  remove: boolean,
): Promise<Pick<DownResult, 'data' | 'volumes'>> {
  const path = join(home, name);
  const isKept = await hasRecord(home, name);
  // One that cannot be understood keeps nobody from removing it.
  const record = await readRecord(home, name).catch(() => undefined);
  const own = volumesFrom(name, path, await engine.volumes(topologyLabels(name)), record);
  const isElsewhere = record?.placement.storage === 'volume' && own.length === 0;
  if (remove && isElsewhere) throw volumesElsewhere(name, engine.endpoint, path);
  if (remove && isKept) await removeTree(path);
  if (remove) await Promise.all(own.map((volume) => engine.removeVolume(volume)));
  return {
    ...(isKept ? { data: { path, removed: remove } } : {}),
    ...(own.length > 0 ? { volumes: { count: own.length, removed: remove } } : {}),
  };
}
