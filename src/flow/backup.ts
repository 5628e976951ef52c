import { type ChosenSaver, chooseSaver } from '../health/saver.js';
import { placeForBackup, writeBackup } from '../host/backup-file.js';
import { entriesOf } from '../host/tar.js';
import type { BackupManifest } from '../model/backup.js';
import { messageOf, RsentError } from '../model/errors.js';
import type { TopologyRecord } from '../model/topology.js';
import { FORMAT_BYTES, isFormat } from '../plan/formats.js';
import type { NodeClient } from '../redis/client.js';
import type { Context } from './context.js';
import { findKnown } from './find.js';
import { awaitMark, isLastSave, type Saved, type Saver, saveNow } from './snapshot.js';
import { observerOf } from './targets.js';
import { settingOf } from './tell.js';
import { untilInterrupted } from './wait.js';

export interface BackupOptions {
  /** The file, or the directory that it gets a name of its own in; absent: the working directory. */
  readonly to?: string;
  /** How long a replica may take to catch up, and to answer at all (ms). */
  readonly timeoutMs: number;
}

export interface BackupResult {
  readonly file: string;
  readonly manifest: BackupManifest;
}

/** How often another save is made because the server made one by itself meanwhile. */
const ATTEMPTS = 3;

/**
 * Keep the data of a topology in one file: all that its master had when this was asked for, and
 * what came until the save began.
 * @throws RsentError `refused` when nobody can save, or the save fails; `usage` when the file is
 * there; `topology` when it cannot be written. No file is left then.
 */
export async function backup(
  context: Context,
  name: string,
  { to, timeoutMs }: BackupOptions,
): Promise<BackupResult> {
  const known = await findKnown(context, name);
  const { record } = known;
  if (record === undefined) throw withoutSpec(name, context.home);
  const file = await placeForBackup(to, name, new Date());
  const { expectation, targets, observer } = observerOf(context, known);
  try {
    const chosen = chooseSaver(expectation, await observer.look());
    if ('why' in chosen) throw nobody(name, chosen.why);
    const node = targets.find((each) => each.name === chosen.name);
    if (node === undefined) throw new RsentError('bug', `${chosen.name} has no place.`);
    const { container } = node;
    const saver = { topology: name, name: node.name, container, client: observer.client(node) };
    if (chosen.role === 'master') {
      context.progress.note(`${name} has no replica: ${node.name}, the master, saves by itself`);
    }
    const manifest = await keep(context, record, chosen, saver, file, timeoutMs);
    return { file, manifest };
  } finally {
    observer.close();
  }
}

async function keep(
  context: Context,
  record: TopologyRecord,
  chosen: ChosenSaver,
  saver: Saver,
  file: string,
  timeoutMs: number,
): Promise<BackupManifest> {
  const { replicationId, masterOffset: offset } = chosen;
  const mark = { replicationId, offset };
  await awaitMark(context, saver, mark, timeoutMs);
  for (let attempt = 1; attempt <= ATTEMPTS; attempt++) {
    const saved = await saveNow(context, saver, mark, timeoutMs);
    context.progress.done(`${saver.name} has saved its data`);
    context.progress.stage('Fetching the dump');
    const dump = await openDump(context, saver);
    try {
      // It is open by now: another one in its place would be another file.
      if (!(await isLastSave(saver, saved))) continue;
      const manifest = manifestOf(record, chosen, saved, dump);
      const kept = await writeBackup(file, { manifest, chunks: counted(context, dump) });
      context.progress.done(`Kept in ${file}`);
      return kept;
    } finally {
      dump.close();
    }
  }
  throw new RsentError('refused', `${saver.name} saved anew whenever its dump was to be fetched.`, {
    hint: 'Nothing was kept. Try again when there is less load.',
  });
}

interface Dump {
  readonly bytes: number;
  readonly format: string;
  readonly chunks: AsyncIterable<Uint8Array>;
  readonly close: () => void;
}

/** The dump as it comes out of the container, its first bytes looked at. */
async function openDump({ engine, signal }: Context, saver: Saver): Promise<Dump> {
  const path = await dumpPath(saver.client);
  const archive = await engine.openArchive(saver.container, path);
  if (archive === undefined) throw unreadable(saver, `there is no ${path}`);
  const stop = () => archive.destroy(new RsentError('interrupted', 'Interrupted.'));
  signal.addEventListener('abort', stop, { once: true });
  const entries = entriesOf(archive);
  const close = () => {
    signal.removeEventListener('abort', stop);
    archive.destroy();
  };
  try {
    const { value: entry, done } = await entries.next();
    if (done || !entry.isFile) throw unreadable(saver, `${path} is no plain file`);
    const pieces = translated(saver, untilInterrupted(entry.chunks, signal));
    const { head, chunks } = await peek(pieces, FORMAT_BYTES);
    const format = Buffer.from(head).toString('latin1');
    if (!isFormat(format)) throw unreadable(saver, `${path} is no dump`);
    return { bytes: entry.bytes, format, chunks, close };
  } catch (error) {
    close();
    throw error instanceof RsentError ? error : unreadable(saver, messageOf(error));
  }
}

/** As the server itself says: a template of the user's may have named it otherwise. */
async function dumpPath(client: NodeClient): Promise<string> {
  const setting = async (name: string) => (await settingOf(client, name)) ?? '';
  return `${await setting('dir')}/${await setting('dbfilename')}`;
}

/** The first bytes of a stream, and all of it again. */
async function peek(pieces: AsyncGenerator<Uint8Array>, count: number) {
  let head = Buffer.alloc(0);
  while (head.length < count) {
    const { value, done } = await pieces.next();
    if (done) break;
    head = Buffer.concat([head, value]);
  }
  const first = head;
  const chunks = (async function* () {
    yield first;
    yield* pieces;
  })();
  return { head: first.subarray(0, count), chunks };
}

/** Whatever breaks the stream, it was the engine that sent it. */
async function* translated(saver: Saver, pieces: AsyncIterable<Uint8Array>) {
  try {
    yield* pieces;
  } catch (error) {
    throw error instanceof RsentError ? error : unreadable(saver, messageOf(error));
  }
}

async function* counted({ progress }: Context, { bytes, chunks }: Dump) {
  let seen = 0;
  for await (const chunk of chunks) {
    seen += chunk.length;
    progress.detail(`${(seen / 1e6).toFixed(1)} of ${(bytes / 1e6).toFixed(1)} MB`);
    yield chunk;
  }
}

function manifestOf(
  { spec }: TopologyRecord,
  { name, role, masterOffset }: ChosenSaver,
  { at, facts }: Saved,
  { bytes, format }: Dump,
): BackupManifest {
  const { server, offset, replicationId: id, databases } = facts;
  const { product, version } = server;
  return {
    ...{ schemaVersion: 1, kind: 'rsent-backup', topology: spec.name },
    at: at.toISOString(),
    server: { product, version },
    node: { name, role },
    replication: { id, offset, masterOffset },
    databases,
    dump: { bytes, sha256: '', format },
    spec,
  };
}

function withoutSpec(name: string, home: string): RsentError {
  return new RsentError('topology', `What was asked for ${name} is not known in ${home}.`, {
    hint: 'Nothing was saved. Name its data home with --data-dir.',
  });
}

function nobody(name: string, why: string): RsentError {
  return new RsentError('refused', `${name} cannot be saved now: ${why}.`, {
    hint: `Nothing was saved. rsent status ${name} shows what is wrong; rsent up ${name} brings back what is away.`,
  });
}

function unreadable({ name }: Saver, why: string): RsentError {
  return new RsentError('engine', `The dump of ${name} could not be fetched: ${why}.`, {
    hint: 'Nothing was kept. Try again.',
  });
}
