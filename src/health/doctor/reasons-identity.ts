import type { Reason } from './reason.js';

/** Findings about who is who: names, addresses, passwords, and a master of the past. */
export const IDENTITY_REASONS: Readonly<Record<string, Reason>> = {
  'master-follows-another': {
    why: 'clients ask the Sentinels, and get a replica that refuses every write; a failover from there finds no good replica, or makes an older copy the master',
    threads: ['redis/redis#12271'],
  },
  'follows-itself': {
    why: 'it serves old data to readers, refuses every write, and never finds a master again by itself',
    threads: ['redis/redis#6218'],
  },
  'password-differs': {
    why: 'links that are open stay open: the next resync, failover or start fails for it',
  },
  'name-unresolved': {
    why: 'a Sentinel neither watches nor promotes what it has no address of, and two without one look like the same to it',
    threads: ['redis/redis#9103', 'redis/redis#8540'],
  },
  'port-unknown': {
    why: 'nobody can ask a Sentinel for its vote at the port 0',
    threads: ['redis/redis#9981'],
  },
  'stream-reader': {
    why: 'somebody copies all data; as it says no port, Sentinel takes it for a replica that is down',
  },
};
