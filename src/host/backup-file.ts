import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { Readable } from 'node:stream';
import { buffer } from 'node:stream/consumers';
import type { BackupManifest } from '../model/backup.js';
import { codeOf, RsentError } from '../model/errors.js';
import * as z from '../spec/zod.js';
import { assertWritable } from './disk.js';
import { diskError } from './disk-error.js';
import { alreadyThere, writeLargeOnce } from './large-file.js';
import { databaseSchema, specSchema } from './record-text.js';
import { entriesOf, FIRST_CONTENT, type FoundEntry, tarAround } from './tar.js';

const MANIFEST = 'manifest.json';
const DUMP = 'dump.rdb';
/** Far more than a manifest needs, and nothing that could fill the memory. */
const MOST_BYTES = 1024 ** 2;
const UNKNOWN_HASH = '0'.repeat(64);

/** A dump on its way into a backup: its manifest, but for the hash, and its content. */
export interface DumpToKeep {
  readonly manifest: BackupManifest;
  readonly chunks: AsyncIterable<Uint8Array>;
}

/**
 * Where a backup goes: the file that is named, or one with a name of its own in a directory.
 * @param to the file or directory; the working directory when it is undefined
 * @throws RsentError `usage` when there is such a file, `topology` when none could be written
 */
export async function placeForBackup(
  to: string | undefined,
  topology: string,
  at: Date,
): Promise<string> {
  const given = resolve(to ?? '.');
  const there = await stat(given).catch(() => undefined);
  const [day, time] = at
    .toISOString()
    .replaceAll(/[-:]|\..*/g, '')
    .split('T');
  const path = there?.isDirectory() ? join(given, `${topology}-${day}-${time}.rsent.tar`) : given;
  if (await stat(path).catch(() => undefined)) throw alreadyThere(path);
  await assertWritable(path);
  return path;
}

/**
 * Write a backup, whole or not at all, for its owner alone. The hash of the dump is known only
 * when all of it has passed; its place in the manifest is kept free until then.
 * @returns the manifest as it is in the file
 * @throws RsentError `usage` when the file is there, `topology` when the disk refuses
 */
export async function writeBackup(
  path: string,
  { manifest, chunks }: DumpToKeep,
): Promise<BackupManifest> {
  const hash = createHash('sha256');
  let final: BackupManifest | undefined;
  const finished = () => {
    final ??= withHash(manifest, hash.digest('hex'));
    return final;
  };
  const first = { name: MANIFEST, mode: 0o600, content: textOf(withHash(manifest, UNKNOWN_HASH)) };
  const dump = {
    name: DUMP,
    mode: 0o600,
    bytes: manifest.dump.bytes,
    chunks: hashed(chunks, hash),
  };
  await writeLargeOnce(
    { path, mode: 0o600, chunks: tarAround([first], dump) },
    { at: FIRST_CONTENT, content: () => Buffer.from(textOf(finished())) },
  );
  return finished();
}

function withHash(manifest: BackupManifest, sha256: string): BackupManifest {
  return { ...manifest, dump: { ...manifest.dump, sha256 } };
}

function textOf(manifest: BackupManifest): string {
  return `${JSON.stringify(manifest, null, 2)}\n`;
}

async function* hashed(
  chunks: AsyncIterable<Uint8Array>,
  hash: ReturnType<typeof createHash>,
): AsyncGenerator<Uint8Array> {
  for await (const chunk of chunks) {
    hash.update(chunk);
    yield chunk;
  }
}

/**
 * What a backup says of itself. Its dump is not looked at.
 * @throws RsentError `usage` when there is no such file, `refused` when it is no backup
 */
export async function readManifest(path: string): Promise<BackupManifest> {
  const { entries, manifest } = await open(path);
  await entries.return(undefined);
  return manifest;
}

/**
 * The dump in a backup. Its end comes only when all of the file is as it should be.
 * @throws RsentError `refused`, at the end at the latest, when the file is not whole or another one
 * @param expected the manifest as it was read before
 */
export async function* readDump(
  path: string,
  expected: BackupManifest,
): AsyncGenerator<Uint8Array> {
  const { entries, manifest, allow } = await open(path);
  try {
    if (JSON.stringify(manifest) !== JSON.stringify(expected))
      throw damaged(path, 'it has changed');
    const entry = await nextEntry(entries, path);
    const { bytes, sha256 } = manifest.dump;
    if (entry?.name !== DUMP || !entry.isFile) throw damaged(path, `${DUMP} is not in it`);
    if (entry.bytes !== bytes) throw damaged(path, `its dump has ${entry.bytes} of ${bytes} bytes`);
    allow(bytes + MOST_BYTES);
    const hash = createHash('sha256');
    yield* translated(hashed(entry.chunks, hash), path);
    if (hash.digest('hex') !== sha256) throw damaged(path, 'its dump is not what was saved');
    const more = await nextEntry(entries, path);
    if (more !== undefined) throw damaged(path, `there is something else in it: ${more.name}`);
  } finally {
    await entries.return(undefined);
  }
}

interface Opened {
  readonly entries: AsyncGenerator<FoundEntry>;
  readonly manifest: BackupManifest;
  /** Let so many more bytes of the file be read. */
  readonly allow: (bytes: number) => void;
}

async function open(path: string): Promise<Opened> {
  const there = await stat(path).catch((error: unknown) => {
    if (codeOf(error) !== 'ENOENT') throw diskError('read', path, error);
    throw new RsentError('usage', `There is no file ${path}.`, { hint: 'Nothing was created.' });
  });
  if (!there.isFile()) throw damaged(path, 'it is no plain file');
  const limit = { read: 0, most: 2 * MOST_BYTES };
  const entries = entriesOf(Readable.from(limited(path, limit)));
  const manifest = await readFirst(entries, path);
  if (there.size > manifest.dump.bytes + 2 * MOST_BYTES) {
    await entries.return(undefined);
    throw damaged(path, 'there is something else in it');
  }
  const allow = (bytes: number) => {
    limit.most = limit.read + bytes;
  };
  return { entries, manifest, allow };
}

/** What describes an entry is held in memory by whoever reads it: it must not be without end. */
async function* limited(path: string, limit: { read: number; readonly most: number }) {
  for await (const chunk of createReadStream(path)) {
    limit.read += chunk.length;
    if (limit.read > limit.most) throw damaged(path, 'it is full of something else');
    yield chunk;
  }
}

async function readFirst(entries: AsyncGenerator<FoundEntry>, path: string) {
  const entry = await nextEntry(entries, path);
  if (entry?.name !== MANIFEST || !entry.isFile || entry.bytes > MOST_BYTES) {
    await entries.return(undefined);
    throw damaged(path, `it does not begin with a ${MANIFEST}`);
  }
  const text = (await buffer(translated(entry.chunks, path))).toString('utf8');
  try {
    return manifestSchema.parse(JSON.parse(text)) as BackupManifest;
  } catch (error) {
    await entries.return(undefined);
    const newer = /"schemaVersion": (?!1\b)\d/.test(text)
      ? 'it was made by a newer rsent'
      : undefined;
    throw damaged(path, newer ?? `its ${MANIFEST} cannot be understood`, error);
  }
}

async function nextEntry(
  entries: AsyncGenerator<FoundEntry>,
  path: string,
): Promise<FoundEntry | undefined> {
  try {
    const { value, done } = await entries.next();
    return done ? undefined : value;
  } catch (error) {
    throw asDamaged(path, error);
  }
}

async function* translated(chunks: AsyncIterable<Uint8Array>, path: string) {
  try {
    yield* chunks;
  } catch (error) {
    throw asDamaged(path, error);
  }
}

function asDamaged(path: string, error: unknown): RsentError {
  if (error instanceof RsentError) return error;
  // What the disk says has a code; what is left is about the tar.
  if (codeOf(error) !== undefined) return diskError('read', path, error);
  // The words of the library that reads it say nothing to a person.
  return damaged(path, 'it is no tar file, or cut off', error);
}

function damaged(path: string, why: string, cause?: unknown): RsentError {
  return new RsentError('refused', `${path} is no whole backup: ${why}.`, {
    hint: 'Nothing was created. Take another copy of it: rsent backup makes such files. A plain RDB file (dump.rdb) is taken, too.',
    cause,
  });
}

const count = z.int().min(0);
const manifestSchema = z.strictObject({
  schemaVersion: z.literal(1),
  kind: z.literal('rsent-backup'),
  topology: z.string(),
  at: z.iso.datetime(),
  server: z.object({ product: z.enum(['redis', 'valkey']), version: z.string() }),
  node: z.object({ name: z.string(), role: z.enum(['master', 'replica']) }),
  replication: z.object({ id: z.string(), offset: count, masterOffset: count }),
  databases: z.array(databaseSchema),
  dump: z.object({
    bytes: count.min(1),
    sha256: z.string().regex(/^[0-9a-f]{64}$/),
    format: z.string().max(16),
  }),
  spec: specSchema,
});
