import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { open, stat } from 'node:fs/promises';
import type { DumpFacts, DumpSource } from '../model/backup.js';
import { codeOf, RsentError } from '../model/errors.js';
import { dumpWriter } from '../plan/data-files.js';
import { FORMAT_BYTES, isFormat } from '../plan/formats.js';
import { Crc64 } from './crc64.js';
import { diskError } from './disk-error.js';

/** The fields in which a server says who it is come first, and are short. */
const HEAD = 1024;
const END_OF_FILE = 0xff;
const CHECKSUM_BYTES = 8;

/**
 * What a dump says of itself, read to its end; undefined when the file is no dump, or none is there.
 * @throws RsentError `refused` when it is not whole, `topology` when it cannot be read
 */
export async function sourceOfDump(path: string): Promise<DumpSource | undefined> {
  const head = await headOf(path);
  const format = head?.toString('latin1', 0, FORMAT_BYTES) ?? '';
  if (head === undefined || !isFormat(format)) return undefined;
  const { bytes, sha256 } = await sumsOf(path);
  const product = format.startsWith('VALKEY') ? 'valkey' : 'redis';
  const server = dumpWriter(head) ?? { product, version: 'of an unknown version' };
  return { dump: { bytes, sha256, format }, server };
}

/**
 * The dump in a file. Its end comes only when all of it is as it was read before.
 * @throws RsentError `refused`, at the end at the latest, when the file has changed
 */
export async function* readDumpFile(path: string, expected: DumpFacts): AsyncGenerator<Uint8Array> {
  const hash = createHash('sha256');
  let bytes = 0;
  for await (const chunk of piecesOf(path)) {
    hash.update(chunk);
    bytes += chunk.length;
    if (bytes > expected.bytes) throw damaged(path, 'it has changed');
    yield chunk;
  }
  if (hash.digest('hex') !== expected.sha256) throw damaged(path, 'it has changed');
}

async function headOf(path: string): Promise<Buffer | undefined> {
  try {
    // A pipe that nobody fills would be waited for without end.
    if (!(await stat(path)).isFile()) return undefined;
    const file = await open(path);
    try {
      const { buffer, bytesRead } = await file.read(Buffer.alloc(HEAD), 0, HEAD, 0);
      return buffer.subarray(0, bytesRead);
    } finally {
      await file.close();
    }
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return undefined;
    throw diskError('read', path, error);
  }
}

/** Its size and hash; its last bytes must be the end of a dump with the right checksum. */
async function sumsOf(path: string): Promise<{ bytes: number; sha256: string }> {
  const [hash, crc] = [createHash('sha256'), new Crc64()];
  let bytes = 0;
  // What could be the checksum is no part of what it is about.
  let held = Buffer.alloc(0);
  let last = 0;
  for await (const chunk of piecesOf(path)) {
    hash.update(chunk);
    bytes += chunk.length;
    const all = Buffer.concat([held, chunk]);
    const summed = all.subarray(0, Math.max(0, all.length - CHECKSUM_BYTES));
    crc.update(summed);
    last = summed.at(-1) ?? last;
    held = all.subarray(summed.length);
  }
  if (last !== END_OF_FILE || held.length < CHECKSUM_BYTES)
    throw damaged(path, 'its end is missing');
  // Zeros: the server that has written it was told to make no checksum (rdbchecksum no).
  if (held.some((byte) => byte !== 0) && !held.equals(crc.digest()))
    throw damaged(path, 'its checksum is not that of its content');
  return { bytes, sha256: hash.digest('hex') };
}

async function* piecesOf(path: string): AsyncGenerator<Buffer> {
  try {
    for await (const chunk of createReadStream(path, { highWaterMark: 1024 ** 2 }))
      yield chunk as Buffer;
  } catch (error) {
    throw diskError('read', path, error);
  }
}

function damaged(path: string, why: string): RsentError {
  return new RsentError('refused', `${path} is a plain RDB file, and not whole: ${why}.`, {
    hint: 'Nothing was created. Take another copy of it, or have the server save it once more (BGSAVE).',
  });
}
