import fc from 'fast-check';

/** As much of a data node's inner state as decides whether it takes a SET. */
export interface ServerState {
  readonly role: 'master' | 'slave';
  /** The application's user is there, on, and may SET. */
  readonly letsIn: boolean;
  /** Open connections; the next one is refused when they are as many as maxclients. */
  readonly connections: number;
  readonly maxclients: number;
  readonly clusterEnabled: boolean;
  readonly maxmemory: number;
  readonly usedMemory: number;
  readonly notCounted: number;
  readonly policy: string;
  readonly volatileKeys: number;
  readonly appendOnly: boolean;
  readonly lastWriteOk: boolean;
  readonly lastSaveOk: boolean;
  readonly stopWrites: boolean;
  readonly savePoints: string;
  readonly minReplicas: number;
  readonly goodReplicas: number;
  readonly loading: boolean;
  readonly busy: boolean;
  /** CLIENT PAUSE. */
  readonly paused: boolean;
  readonly failoverState: string;
}

/** A master that takes writes. */
export const SERVING: ServerState = {
  ...{ role: 'master', letsIn: true, connections: 9, maxclients: 10_000, clusterEnabled: false },
  ...{ maxmemory: 0, usedMemory: 1000, notCounted: 0, policy: 'noeviction', volatileKeys: 0 },
  ...{ appendOnly: true, lastWriteOk: true, lastSaveOk: true, stopWrites: false, savePoints: '' },
  ...{ minReplicas: 1, goodReplicas: 2, loading: false, busy: false, paused: false },
  failoverState: 'no-failover',
};

/**
 * What such a server answers to a SET; undefined: OK. The checks and their order are those of
 * acceptCommonHandler in networking.c, then of processCommand in server.c (redis 7.4); the words those of createSharedObjects.
 */
export function replyToSet(state: ServerState): string | undefined {
  if (state.connections >= state.maxclients) return 'ERR max number of clients reached';
  if (!state.letsIn) return 'NOAUTH Authentication required.';
  if (state.clusterEnabled) return 'CLUSTERDOWN Hash slot not served';
  if (isOverLimit(state)) return "OOM command not allowed when used memory > 'maxmemory'.";
  if (state.stopWrites && state.savePoints !== '' && !state.lastSaveOk) {
    return 'MISCONF Redis is configured to save RDB snapshots, but it is currently unable to persist on disk.';
  }
  if (state.appendOnly && !state.lastWriteOk) {
    return 'MISCONF Errors writing to the AOF file: No space left on device';
  }
  if (state.role === 'master' && state.goodReplicas < state.minReplicas) {
    return 'NOREPLICAS Not enough good replicas to write.';
  }
  if (state.role === 'slave') return "READONLY You can't write against a read only replica.";
  if (state.loading) return 'LOADING Redis is loading the dataset in memory';
  if (state.busy) return 'BUSY Redis is busy running a script.';
  if (state.paused || state.failoverState !== 'no-failover') return 'no answer within 2000 ms';
  return undefined;
}

/** getMaxmemoryState and performEvictions in evict.c; of allkeys policies it is said that they find some. */
function isOverLimit({ maxmemory, usedMemory, notCounted, policy, volatileKeys }: ServerState) {
  if (maxmemory === 0 || usedMemory <= maxmemory) return false;
  if (Math.max(0, usedMemory - notCounted) <= maxmemory) return false;
  return policy === 'noeviction' || (policy.startsWith('volatile') && volatileKeys === 0);
}

/** What INFO says of it. */
export function infoOf(state: ServerState): string {
  const lines = {
    role: state.role,
    loading: Number(state.loading),
    cluster_enabled: Number(state.clusterEnabled),
    connected_clients: state.connections,
    used_memory: state.usedMemory,
    mem_not_counted_for_evict: state.notCounted,
    maxmemory: state.maxmemory,
    maxmemory_policy: state.policy,
    aof_enabled: Number(state.appendOnly),
    aof_last_write_status: state.lastWriteOk ? 'ok' : 'err',
    rdb_last_bgsave_status: state.lastSaveOk ? 'ok' : 'err',
    master_failover_state: state.failoverState,
    ...(state.minReplicas > 0 ? { min_slaves_good_slaves: state.goodReplicas } : {}),
    ...(state.volatileKeys > 0 ? { db0: `keys=9,expires=${state.volatileKeys},avg_ttl=0` } : {}),
  };
  return Object.entries(lines)
    .map(([name, value]) => `${name}:${value}\r\n`)
    .join('');
}

/** What CONFIG GET says of it. */
export function settingsOf(state: ServerState): Map<string, string> {
  return new Map([
    ['min-replicas-to-write', String(state.minReplicas)],
    ['stop-writes-on-bgsave-error', state.stopWrites ? 'yes' : 'no'],
    ['maxclients', String(state.maxclients)],
    ['save', state.savePoints],
    ['appendonly', state.appendOnly ? 'yes' : 'no'],
  ]);
}

/** Any state; most of its parts are as they should be, so that each reason also stands alone. */
export const anyState: fc.Arbitrary<ServerState> = fc
  .record({
    role: fc.constantFrom('master', 'slave'),
    letsIn: fc.boolean(),
    connections: fc.integer({ min: 5, max: 40 }),
    maxclients: fc.constantFrom(32, 10_000),
    clusterEnabled: fc.boolean(),
    maxmemory: fc.constantFrom(0, 900, 1000, 1100),
    usedMemory: fc.integer({ min: 800, max: 1300 }),
    notCounted: fc.integer({ min: 0, max: 1500 }),
    policy: fc.constantFrom('noeviction', 'allkeys-lru', 'volatile-lru', 'volatile-ttl'),
    volatileKeys: fc.integer({ min: 0, max: 2 }),
    appendOnly: fc.boolean(),
    lastWriteOk: fc.boolean(),
    lastSaveOk: fc.boolean(),
    stopWrites: fc.boolean(),
    savePoints: fc.constantFrom('', '3600 1 300 100'),
    minReplicas: fc.constantFrom(0, 1, 2, 1_000_000),
    goodReplicas: fc.integer({ min: 0, max: 3 }),
    loading: fc.boolean(),
    busy: fc.boolean(),
    paused: fc.boolean(),
    failoverState: fc.constantFrom('no-failover', 'waiting-for-sync', 'failover-in-progress'),
  } satisfies { [Part in keyof ServerState]: fc.Arbitrary<ServerState[Part]> })
  .chain((odd) =>
    fc.subarray(Object.keys(odd) as (keyof ServerState)[], { maxLength: 6 }).map((parts) => ({
      ...SERVING,
      ...Object.fromEntries(parts.map((part) => [part, odd[part]])),
    })),
  );
