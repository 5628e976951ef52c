import { lastOf } from './seed.js';

/**
 * The files that a server writes into its data directory, by the names that its conf gives them, beside
 * the usual ones. Whatever else is there somebody has put there.
 */
export interface ServerFiles {
  readonly dumps: readonly string[];
  readonly appendOnly: readonly string[];
  /** Directories of the append-only file. */
  readonly directories: readonly string[];
  readonly logs: readonly string[];
}

/** @param conf of the server; undefined where there is none, or none that can be read */
export function serverFiles(conf = ''): ServerFiles {
  const names = (directive: string, usual?: string) => {
    const found = [...(usual === undefined ? [] : [usual]), lastOf(conf, directive, '')];
    return found.filter((name) => /^[^/\0]+$/.test(name) && !/^\.\.?$/.test(name));
  };
  return {
    dumps: names('dbfilename', 'dump.rdb'),
    appendOnly: names('appendfilename', 'appendonly.aof'),
    directories: names('appenddirname', 'appendonlydir'),
    logs: names('logfile'),
  };
}

/**
 * What a save or a rewrite that was cut short leaves: `temp-PID.rdb`, `temp-TIME.PID.rdb`,
 * `temp-rewriteaof-bg-PID.aof` (rdb.c, rdbSave; replication.c, syncWithMaster; aof.c,
 * rewriteAppendOnlyFileBackground).
 */
const CUT_SHORT = /^temp-(?:rewriteaof-(?:bg-)?)?\d[\d.]*\.(?:rdb|aof)$/;
/** What rsent leaves when it is killed while it puts the dump of a backup in place (host/disk.ts). */
const DRAFT = /\.[0-9a-f]{8}\.tmp$/;

/** True for the name of a file that a server has written into its data directory. */
export function isServerFile(name: string, files: ServerFiles): boolean {
  const plain = name.replace(DRAFT, '');
  const isData = [...files.dumps, ...files.appendOnly].includes(plain);
  return isData || files.logs.includes(name) || CUT_SHORT.test(name);
}

/**
 * The same in the directory of the append-only file: its base, its increments, the manifest, and
 * drafts of these (aof.c, getNewBaseFileNameAndMarkPreAsHistory and others).
 */
export function isAppendOnlyPart(name: string, { appendOnly }: ServerFiles): boolean {
  if (CUT_SHORT.test(name)) return true;
  return appendOnly.some((own) => {
    const plain = name.startsWith('temp-') ? name.slice('temp-'.length) : name;
    // The file of before 7.0 is moved there under its old name.
    if (plain === own) return true;
    if (!plain.startsWith(`${own}.`)) return false;
    return /^(?:\d+\.(?:base|incr)\.(?:rdb|aof)|manifest|incr)$/.test(plain.slice(own.length + 1));
  });
}
