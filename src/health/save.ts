import type { DatabaseCount } from '../model/backup.js';
import type { ServerFacts } from '../model/observation.js';
import { databasesOf } from './databases.js';
import { parseServer } from './parse-info.js';
import { type Fields, infoFields, numberOf } from './raw.js';

/** What a data node says of its saving, and of what it would save. */
export interface SaveFacts {
  readonly server: ServerFacts;
  readonly role: string;
  readonly replicationId: string;
  /** Bytes of replication stream produced (master) or applied (replica). */
  readonly offset: number;
  /** True when it has all that its master sent, but for what is under way; true for a master. */
  readonly inSync: boolean;
  /** A child of the server writes a dump, an append-only file or a module's data, or soon will. */
  readonly busy: boolean;
  readonly saving: boolean;
  /** Server's clock, s since the epoch. */
  readonly lastSaveAt: number;
  /** Dumps made since the start; 0 before 7.0, which does not count them. */
  readonly saves: number;
  readonly lastSaveOk: boolean;
  readonly databases: readonly DatabaseCount[];
  /** Differs as soon as any data has changed. */
  readonly state: string;
}

/** Facts about saving, from the text of INFO. */
export function parseSave(text: string): SaveFacts {
  const info = infoFields(text);
  const server = parseServer(info);
  const databases = databasesOf(info);
  const role = info.get('role') ?? '';
  const changes = STATE.map((name) => info.get(name));
  return {
    server,
    role,
    replicationId: info.get('master_replid') ?? '',
    offset: numberOf(info, role === 'slave' ? 'slave_repl_offset' : 'master_repl_offset'),
    inSync: info.get('loading') !== '1' && (role === 'master' || isLinked(info)),
    busy: BUSY.some((name) => info.get(name) === '1'),
    saving: info.get('rdb_bgsave_in_progress') === '1',
    lastSaveAt: numberOf(info, 'rdb_last_save_time'),
    saves: numberOf(info, 'rdb_saves'),
    lastSaveOk: info.get('rdb_last_bgsave_status') === 'ok',
    databases,
    state: JSON.stringify([server.runId, role, ...changes, databases]),
  };
}

const BUSY = [
  'rdb_bgsave_in_progress',
  'aof_rewrite_in_progress',
  'aof_rewrite_scheduled',
  'module_fork_in_progress',
];

/** A master without replicas counts no offset, but every change. */
const STATE = [
  'master_replid',
  'master_repl_offset',
  'slave_repl_offset',
  'rdb_changes_since_last_save',
  'expired_keys',
  'evicted_keys',
];

function isLinked(info: Fields): boolean {
  return info.get('master_link_status') === 'up' && info.get('master_sync_in_progress') !== '1';
}

/** A database that does not hold what it should. */
export interface Miscount {
  readonly db: number;
  readonly found: number;
  readonly least: number;
  readonly most: number;
}

/**
 * Databases that hold other than what was saved from them. What had a time to live may have gone;
 * nothing else may, and nothing may have come.
 */
export function miscounts(
  saved: readonly DatabaseCount[],
  found: readonly DatabaseCount[],
): Miscount[] {
  const numbers = new Set([...saved, ...found].map(({ db }) => db));
  return [...numbers]
    .sort((a, b) => a - b)
    .flatMap((db) => {
      const { keys: most, volatile } = countOf(saved, db);
      const { keys } = countOf(found, db);
      const least = most - volatile;
      return keys >= least && keys <= most ? [] : [{ db, found: keys, least, most }];
    });
}

function countOf(all: readonly DatabaseCount[], db: number): DatabaseCount {
  return all.find((each) => each.db === db) ?? { db, keys: 0, volatile: 0 };
}
