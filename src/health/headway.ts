import type { Headway } from '../model/observation.js';
import { type Fields, numberOf } from './raw.js';

/**
 * How far a data node has come with what it is at: a load of its data, a copy of its master's, or
 * a snapshot for a replica that waits for it. Undefined when it is at nothing of the kind.
 * @param info its INFO, the sections persistence and replication at least (names of fields:
 * redis.io/docs, INFO)
 */
export function headwayOf(info: Fields): Headway | undefined {
  return loading(info) ?? syncing(info) ?? saving(info);
}

function loading(info: Fields): Headway | undefined {
  if (info.get('loading') !== '1' && info.get('async_loading') !== '1') return undefined;
  const amount = numberOf(info, 'loading_loaded_bytes');
  const share = info.get('loading_loaded_perc');
  const left = info.get('loading_eta_seconds');
  const parts = [
    ...(share === undefined
      ? ['loading its data']
      : [`${Math.floor(Number(share))} % of its data loaded`]),
    ...(left === undefined ? [] : [`${left} s left`]),
  ];
  return { what: 'load', amount, text: parts.join(', ') };
}

function syncing(info: Fields): Headway | undefined {
  if (info.get('master_sync_in_progress') !== '1') return undefined;
  // Before 6.2 only what is left is known; where the master sends while it saves, only what came.
  const read = numberOf(info, 'master_sync_read_bytes', 0);
  const total = numberOf(info, 'master_sync_total_bytes', 0);
  const left = numberOf(info, 'master_sync_left_bytes', 0);
  const at = { what: 'sync', amount: read > 0 ? read : -left } as const;
  if (total > 0) {
    const share = Math.floor((100 * read) / total);
    return { ...at, text: `${share} % of its master's data received` };
  }
  if (read > 0) return { ...at, text: `${read} bytes of its master's data received` };
  return { ...at, text: "waiting for its master's data" };
}

function saving(info: Fields): Headway | undefined {
  if (info.get('rdb_bgsave_in_progress') !== '1') return undefined;
  const done = numberOf(info, 'current_save_keys_processed', 0);
  const total = numberOf(info, 'current_save_keys_total', 0);
  const share = total > 0 ? `, ${Math.floor((100 * done) / total)} % done` : '';
  return { what: 'save', amount: done, text: `saving its data for a replica${share}` };
}
