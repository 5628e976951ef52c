import { join } from 'node:path';
import { headwayOf } from '../../health/headway.js';
import { infoFields, textOf } from '../../health/raw.js';
import { RsentError } from '../../model/errors.js';
import type { Headway } from '../../model/observation.js';
import { type Address, addressText, type TopologyRecord } from '../../model/topology.js';
import { confPath } from '../../plan/conf-path.js';
import { followMaster } from '../../plan/kept.js';
import type { Context } from '../context.js';
import type { Target } from '../observe.js';
import { Patience, untilNoHeadway } from '../patience.js';
import { waitFor } from '../wait.js';
import type { Scene } from './scene.js';

/**
 * Have the kept conf of a stopped data node follow this master, so that it never starts as a
 * second one.
 */
export async function pointAt(
  context: Context,
  record: TopologyRecord,
  node: Pick<Target, 'name'>,
  master: Address,
): Promise<void> {
  const placed = record.placement.nodes.find(({ name }) => name === node.name);
  if (placed === undefined) throw new RsentError('bug', `${node.name} has no place.`);
  const path = confPath(join(context.home, record.spec.name), placed);
  await context.files.of(record).editFile(path, (text) => followMaster(text, master));
}

const BRING_BACK_MS = 60_000;

/**
 * Wait until a node that was away has its place again: a Sentinel answers, the master serves as
 * one, a replica is in sync with it.
 * @param master who is master now
 * @returns when it had (Date.now(), ms)
 * @throws RsentError `unhealthy` when it does not come back
 */
export async function awaitBack(
  { context, observer }: Pick<Scene, 'context' | 'observer'>,
  node: Target,
  master: Target,
  signal: AbortSignal,
): Promise<number> {
  const client = observer.client(node);
  const patience = new Patience(BRING_BACK_MS);
  let headway: Headway | undefined;
  const back = await waitFor(
    async () => {
      const { info } = await client.ask({ info: ['INFO'] });
      const text = textOf(info);
      if (text === undefined) return undefined;
      if (hasItsPlace(text, node, master)) return Date.now();
      headway = headwayOf(infoFields(text));
      if (headway === undefined) return undefined;
      patience.sees(node.name, headway);
      context.progress.detail(`${node.name}: ${headway.text}`);
      return undefined;
    },
    untilNoHeadway({ everyMs: 10, signal }, patience),
  );
  if (back !== undefined) return back;
  const log = await context.engine.logs(node.container, 10);
  const stands = headway === undefined ? '' : `: ${headway.text}, and no further`;
  throw new RsentError('unhealthy', `${node.name} did not come back${stands}.`, {
    hint: `rsent up waits for it as long as it gets on. Its last lines:\n${log.trimEnd()}`,
  });
}

function hasItsPlace(info: string, node: Target, master: Target): boolean {
  if (node.kind === 'sentinel') return true;
  const fields = infoFields(info);
  if (node.name === master.name) {
    return fields.get('role') === 'master' && fields.get('loading') === '0';
  }
  const follows = `${fields.get('master_host')}:${fields.get('master_port')}`;
  return follows === addressText(master.address) && fields.get('master_link_status') === 'up';
}
