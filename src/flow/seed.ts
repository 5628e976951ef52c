import { databasesOf } from '../health/databases.js';
import { infoFields, textOf } from '../health/raw.js';
import { miscounts } from '../health/save.js';
import type { FileStore } from '../host/file-store.js';
import type { DatabaseCount, Restoring } from '../model/backup.js';
import { RsentError } from '../model/errors.js';
import type { CheckKeys, WriteDump } from '../model/plan.js';
import type { TopologyRecord } from '../model/topology.js';
import type { NodeClient } from '../redis/client.js';
import { untilInterrupted } from './wait.js';

/** Gives the content of a dump from its beginning on. */
export type OpenDump = () => AsyncIterable<Uint8Array>;

/** What a new topology begins with: the data of a backup. */
export interface Seed {
  readonly restoring: Restoring;
  readonly bytes: number;
  readonly open: OpenDump;
}

/**
 * True when its secrets must be there. One that was to be restored has served nobody yet: what was
 * not kept before the end of that can be made anew, unless it is the user who has brought it.
 */
export function isMade(existing: TopologyRecord | undefined): boolean {
  if (existing === undefined) return false;
  const isRestoring = existing.unfinished?.restoring !== undefined;
  return !isRestoring || existing.spec.security.givenCertificate === true;
}

/**
 * The data is in place before the first node has a conf: without one it would come up empty, and
 * look healthy.
 * @param isSeeded the first node has a conf, or the dump is at hand
 * @throws RsentError `topology` when the restore did not come so far
 */
export function rejectUnseeded({ spec, unfinished }: TopologyRecord, isSeeded: boolean): void {
  const { restoring } = unfinished ?? {};
  if (restoring === undefined || isSeeded) return;
  const { name } = spec;
  throw new RsentError(
    'topology',
    `${name} was being restored from ${restoring.from} when rsent was stopped; its data is not in place.`,
    {
      hint: `Nothing was started. rsent restore ${name} --from ${restoring.from} goes on with it; rsent down ${name} --volumes removes what there is of it.`,
    },
  );
}

/**
 * Put the dump in its place; gives how to take it away again. Whatever was there is of an earlier
 * attempt: no conf speaks of it yet.
 */
export async function placeDump(
  { path, bytes, mode, owner }: WriteDump,
  files: FileStore,
  dump: OpenDump | undefined,
  signal: AbortSignal,
): Promise<() => Promise<void>> {
  if (dump === undefined) throw new RsentError('bug', 'The plan needs a dump, and there is none.');
  const chunks = untilInterrupted(dump(), signal);
  await files.replaceLarge({ path, chunks, mode, ...(owner ? { owner } : {}) }, bytes);
  return () => files.removeFile(path);
}

/**
 * Compare what a node has loaded with what was saved, where that was counted.
 * @param topology its name, for the message
 * @returns what it has loaded
 * @throws RsentError `unhealthy` when a database holds more or fewer keys
 */
export async function checkKeys(
  { node, databases }: Pick<CheckKeys, 'node'> & Partial<Pick<CheckKeys, 'databases'>>,
  client: NodeClient,
  topology: string,
): Promise<readonly DatabaseCount[]> {
  const { info } = await client.ask({ info: ['INFO'] });
  const found = databasesOf(infoFields(textOf(info) ?? ''));
  const wrong = databases === undefined ? [] : miscounts(databases, found);
  if (wrong.length === 0) return found;
  const lines = wrong.map(({ db, found: keys, least, most }) => {
    const saved = least === most ? `${most}` : `${least} to ${most}`;
    return `  - database ${db} has ${keys} keys; saved were ${saved}`;
  });
  throw new RsentError('unhealthy', `${node} has not loaded what was saved:\n${lines.join('\n')}`, {
    hint: `The backup is as it was. With --no-rollback the containers stay, and rsent logs ${topology} ${node} shows what the server said.`,
  });
}
