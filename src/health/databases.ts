import type { DatabaseCount } from '../model/backup.js';
import { type Fields, numberOf } from './raw.js';

/** Lines such as `db0:keys=4,expires=1,avg_ttl=0,subexpiry=1`; empty databases have none. */
export function databasesOf(info: Fields): DatabaseCount[] {
  const found: DatabaseCount[] = [];
  for (const [name, value] of info) {
    const db = /^db(\d+)$/.exec(name)?.[1];
    if (db === undefined) continue;
    const counts = new Map(value.split(',').map((pair) => pair.split('=') as [string, string]));
    const keys = numberOf(counts, 'keys');
    // Hashes go with the last of their fields.
    const may = VOLATILE.reduce((sum, each) => sum + numberOf(counts, each), 0);
    found.push({ db: Number(db), keys, volatile: Math.min(keys, may) });
  }
  return found.sort((a, b) => a.db - b.db);
}

const VOLATILE = ['expires', 'subexpiry', 'keys_with_volatile_items'];
