import { join } from 'node:path';
import { hasRecord } from '../host/data-home.js';
import { removeTree } from '../host/disk.js';
import { LABEL } from '../model/constants.js';
import { ofKind } from '../model/topology.js';
import { topologyLabels } from '../plan/labels.js';
import type { Context } from './context.js';
import { findRunning } from './find.js';

export interface DownResult {
  readonly containers: number;
  readonly networks: number;
  /** Directory whose data was removed, or is still there. */
  readonly data?: { readonly path: string; readonly removed: boolean };
  /** Data of the same name that this rsent does not answer for. */
  readonly elsewhere?: string;
}

/** Redis writes its append-only file out within this time when asked to stop (s). */
const STOP_GRACE_S = 15;

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
  await Promise.all(
    (serving ?? []).map(async ({ name: container, state }) => {
      if (state === 'paused') await engine.resumeContainer(container);
      if (state !== 'created' && state !== 'exited')
        await engine.stopContainer(container, STOP_GRACE_S);
      await engine.removeContainer(container);
    }),
  );
  const networks = (await engine.networks()).filter(
    ({ labels }) => labels[LABEL.schema] && labels[LABEL.topology] === name,
  );
  await Promise.all(networks.map(({ id }) => engine.removeNetwork(id)));
  if (containers.length > 0) progress.done(`Removed ${containers.length} containers`);

  const path = join(context.home, name);
  const found = { containers: containers.length, networks: networks.length };
  const elsewhere = running.nodes.find(({ directory }) => directory !== path)?.directory;
  if (!(await hasRecord(context.home, name))) {
    return elsewhere === undefined ? found : { ...found, elsewhere };
  }
  if (volumes) await removeTree(path);
  return { ...found, data: { path, removed: volumes } };
}
