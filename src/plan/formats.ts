import { isAtLeast, type ServerProgram } from '../model/version.js';

/** What a server writes, as it shows when it does: nothing here rests on the name of an image. */
export interface ImageNature extends ServerProgram {
  /** How its RDB files begin: REDIS0010, VALKEY080. */
  readonly format: string;
  /** True when it was built with TLS. */
  readonly tls: boolean;
}

/** An RDB file begins with so many bytes that tell its format. */
export const FORMAT_BYTES = 9;

/** True of the first bytes of an RDB file. */
export function isFormat(head: string): boolean {
  return /^(REDIS\d{4}|VALKEY\d{3})$/.test(head);
}

/** The last format that both Redis and Valkey know (valkey, src/rdb.h, RDB_FOREIGN_VERSION_MIN). */
const LAST_COMMON = 11;
/** The append-only file is a directory since (redis.io/docs, Persistence). */
const AOF_DIRECTORY_SINCE = '7.0.0';

/**
 * True when a server that writes the one format reads RDB files of the other: an older one reads
 * none of a newer one, and none of the other family but what was common.
 */
export function canRead(newFormat: string, oldFormat: string): boolean {
  const [reader, written] = [partsOf(newFormat), partsOf(oldFormat)];
  if (reader === undefined || written === undefined) return false;
  if (reader.magic === written.magic) return reader.number >= written.number;
  return reader.magic === 'VALKEY' && written.number <= LAST_COMMON;
}

/** True when the one server reads all that the other has written, the append-only file too. */
export function readsDataOf(reader: ImageNature, writer: ImageNature): boolean {
  return canRead(reader.format, writer.format) && readsAofOf(reader, writer);
}

/** False for a server before 7.0 where one of 7.0 or later has written. */
export function readsAofOf(reader: ServerProgram, writer: ServerProgram): boolean {
  const isDirectory = isAtLeast(writer.version, AOF_DIRECTORY_SINCE);
  return !isDirectory || isAtLeast(reader.version, AOF_DIRECTORY_SINCE);
}

function partsOf(format: string): { magic: string; number: number } | undefined {
  const match = /^(REDIS|VALKEY)(\d+)$/.exec(format);
  return match?.[1] === undefined ? undefined : { magic: match[1], number: Number(match[2]) };
}
