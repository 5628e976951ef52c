import { join } from 'node:path';
import { infoFields, textOf } from '../health/raw.js';
import { editFile } from '../host/disk.js';
import { RsentError } from '../model/errors.js';
import { type Address, addressText, type TopologyRecord } from '../model/topology.js';
import { followMaster } from '../plan/kept.js';
import { confPath } from '../plan/up-plan.js';
import type { Context } from './context.js';
import type { Scene } from './failover-scene.js';
import type { Target } from './observe.js';
import { waitFor } from './wait.js';

/**
 * Have the kept conf of a stopped data node follow this master, so that it never starts as a
 * second one.
 */
export async function pointAt(
  context: Context,
  record: TopologyRecord,
  node: Pick<Target, 'name' | 'kind'>,
  master: Address,
): Promise<void> {
  const path = confPath(join(context.home, record.spec.name), node);
  await editFile(path, (text) => followMaster(text, master));
}

const BRING_BACK_MS = 60_000;

/**
 * Wait until the old master has its place again.
 * @param promoted the new master; undefined when there was no failover: then it is master again
 * @returns when it was in sync, or master again (Date.now(), ms)
 * @throws RsentError `unhealthy` when it does not come back
 */
export async function awaitBack(
  { context, observer, victim }: Scene,
  promoted: Target | undefined,
  signal: AbortSignal,
): Promise<number> {
  const client = observer.client(victim);
  const back = await waitFor(
    async () => {
      const { info } = await client.ask({ info: ['INFO'] });
      const fields = infoFields(textOf(info) ?? '');
      const good =
        promoted === undefined
          ? fields.get('role') === 'master' && fields.get('loading') === '0'
          : `${fields.get('master_host')}:${fields.get('master_port')}` ===
              addressText(promoted.address) && fields.get('master_link_status') === 'up';
      return good ? Date.now() : undefined;
    },
    { deadline: Date.now() + BRING_BACK_MS, everyMs: 10, signal },
  );
  if (back !== undefined) return back;
  const log = await context.engine.logs(victim.container, 10);
  throw new RsentError('unhealthy', `${victim.name} did not come back.`, {
    hint: `Its last lines:\n${log.trimEnd()}`,
  });
}
