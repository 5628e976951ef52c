/** Which servers wrote a dump, and in which version of their format. */
export interface DumpFormat {
  readonly family: 'redis' | 'valkey';
  readonly version: number;
}

/** A dump begins with so many bytes that tell its format. */
export const FORMAT_BYTES = 9;

/** The last version of Redis's format that Valkey took over with the rest (rdb.h of Valkey 9). */
const SHARED_UNTIL = 11;

/** The format in the first bytes of a dump (`REDIS0010`, `VALKEY080`); undefined for anything else. */
export function dumpFormat(head: string): DumpFormat | undefined {
  const redis = /^REDIS(\d{4})$/.exec(head)?.[1];
  if (redis !== undefined) return { family: 'redis', version: Number(redis) };
  const valkey = /^VALKEY(\d{3})$/.exec(head)?.[1];
  return valkey === undefined ? undefined : { family: 'valkey', version: Number(valkey) };
}

/**
 * True when a server can read a dump.
 * @param writes what that server writes itself: it reads all that is no newer, and of the other
 * family what both had before they parted
 */
export function canRead(writes: DumpFormat, dump: DumpFormat): boolean {
  if (writes.family === dump.family) return dump.version <= writes.version;
  return writes.family === 'valkey' && dump.version <= SHARED_UNTIL;
}
