import { readFile } from 'node:fs/promises';
import type { NeighbourTable } from '../plan/neighbours.js';

/** How full this host's table of IPv4 neighbours is; undefined where no kernel tells. */
export async function neighbourTable(): Promise<NeighbourTable | undefined> {
  const [limit, rows] = await Promise.all(
    ['/proc/sys/net/ipv4/neigh/default/gc_thresh3', '/proc/net/stat/arp_cache'].map((path) =>
      readFile(path, 'utf8').catch(() => ''),
    ),
  );
  const taken = Number.parseInt(rows?.split('\n')[1] ?? '', 16);
  return limit === '' || Number.isNaN(taken) ? undefined : { limit: Number(limit), taken };
}
