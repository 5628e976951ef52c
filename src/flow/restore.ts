import { join } from 'node:path';
import { readRecord } from '../host/data-home.js';
import { namesIn } from '../host/disk.js';
import type { DatabaseCount, DumpSource, Restoring } from '../model/backup.js';
import { RsentError } from '../model/errors.js';
import type { TopologyRecord } from '../model/topology.js';
import { topologyLabels } from '../plan/labels.js';
import { ownContainers } from '../plan/ownership.js';
import { requireReadable } from '../plan/seed.js';
import type { Context } from './context.js';
import { findKnown } from './find.js';
import { prepareImage } from './image.js';
import { natureOf } from './image-nature.js';
import { checkKeys, type OpenDump } from './seed.js';
import { observerOf } from './targets.js';
import { type UpOptions, type UpResult, up } from './up.js';
import { untilInterrupted } from './wait.js';

/** What is restored, and how to get at it. */
export interface OpenedSource {
  readonly source: DumpSource;
  /** Its end comes only when all of it is as it should be. */
  readonly open: OpenDump;
}

export interface RestoreResult extends UpResult {
  /** What the new master holds; absent after a dry run. */
  readonly databases?: readonly DatabaseCount[];
}

/** So much of a dump is sent to a node, loaded there and sent on to the others in a second, at least. */
const BYTES_PER_S = 4e6;

/**
 * Make a new topology with the data of a backup, or of a dump, prove that all of it is there and that the
 * topology is healthy. Whatever speaks against it is found before anything is created.
 * @param file as the user calls it
 * @throws RsentError `refused` when the file is not whole or the image cannot read it; `topology`
 * when there is a topology of that name; whatever `up` throws
 */
export async function restore(
  context: Context,
  file: string,
  { source, open }: OpenedSource,
  options: UpOptions,
): Promise<RestoreResult> {
  const { databases } = source;
  const { sha256, bytes } = source.dump;
  const restoring: Restoring = { from: file, sha256, ...(databases ? { databases } : {}) };
  const existing = await readRecord(context.home, options.name);
  const isUnfinished = existing?.unfinished?.restoring !== undefined;
  if (isUnfinished) requireSame(existing, restoring);
  else await requireAbsent(context, options.name, existing);
  const { image } = options.resolve(existing?.spec);
  const ready = await prepareImage(context, image);
  requireReadable(ready.ref, await natureOf(context, ready), source);
  await verify(context, open);
  const result = await up(context, {
    ...options,
    timeoutMs: options.timeoutMs + Math.ceil(bytes / BYTES_PER_S) * 1000,
    seed: { restoring, bytes, open },
  });
  if (result.proof === undefined) return result;
  return { ...result, databases: await counts(context, options.name, result, restoring) };
}

/** Read all of it once: what is not whole must not be found out half-way. */
async function verify({ progress, signal }: Context, open: OpenDump): Promise<void> {
  progress.stage('Reading the backup');
  for await (const _ of untilInterrupted(open(), signal));
  progress.done('The backup is whole');
}

/** @throws RsentError `topology` when anything of a topology of that name is there */
async function requireAbsent(
  { engine, home }: Context,
  name: string,
  record: TopologyRecord | undefined,
): Promise<void> {
  const [labelled, volumes, entries] = await Promise.all([
    engine.containers(topologyLabels(name)),
    engine.volumes(topologyLabels(name)),
    namesIn(join(home, name)),
  ]);
  const containers = ownContainers(labelled, record).own;
  // A record that was never written to its end is nothing.
  const files = entries.filter((entry) => !entry.endsWith('.tmp'));
  const found = [
    ...(containers.length > 0 ? [`${containers.length} containers`] : []),
    ...(volumes.length > 0 ? [`${volumes.length} volumes`] : []),
    ...(files.length > 0 || record !== undefined ? [`files in ${join(home, name)}`] : []),
  ];
  if (found.length === 0) return;
  throw new RsentError(
    'topology',
    `There is a topology named ${name} already: ${found.join(', ')}.`,
    {
      hint: `Nothing was created or changed. Restore under another name; rsent down ${name} --volumes removes this one with its data.`,
    },
  );
}

/** @throws RsentError `topology` when a restore from another file did not end */
function requireSame({ spec, unfinished }: TopologyRecord, asked: Restoring): void {
  const { restoring } = unfinished ?? {};
  if (restoring?.sha256 === asked.sha256) return;
  const { name } = spec;
  throw new RsentError(
    'topology',
    `${name} was being restored from another backup, ${restoring?.from}.`,
    {
      hint: `Nothing was changed. rsent restore ${name} --from ${restoring?.from} goes on with that; rsent down ${name} --volumes removes what there is of it.`,
    },
  );
}

/** What is there in the end. Who has found the new master by then may have written to it. */
async function counts(
  context: Context,
  name: string,
  { proof }: UpResult,
  { databases }: Restoring,
): Promise<readonly DatabaseCount[]> {
  const known = await findKnown(context, name);
  const { targets, observer } = observerOf(context, known);
  try {
    const master = targets.find((each) => each.name === proof?.master);
    if (master === undefined) throw new RsentError('bug', 'A proof without a master.');
    const counted = databases === undefined ? {} : { databases };
    return await checkKeys({ node: master.name, ...counted }, observer.client(master), name);
  } finally {
    observer.close();
  }
}
