import type {
  Answer,
  AttachedReplica,
  RedisFacts,
  Replies,
  ServerFacts,
  Upstream,
  WriteFigures,
} from '../model/observation.js';
import { databasesOf } from './databases.js';
import { headwayOf } from './headway.js';
import { addressOf, type Fields, infoFields, numberOf, settingIn, textOf } from './raw.js';
import { untoldIn } from './untold.js';

/** What a data node is asked. */
export type RedisQuestion = 'info' | 'role';

/** What it is asked besides where TLS is expected. */
export type TlsQuestion = 'plainPort' | 'tlsReplication';

/** Facts from a data node's replies (INFO, ROLE); not reached when INFO was refused. */
export function parseRedis(
  replies: Replies<RedisQuestion> & Partial<Replies<TlsQuestion>>,
): Answer<RedisFacts> {
  const text = textOf(replies.info);
  if (text === undefined) return { reached: false, why: refusal(replies.info) };
  const info = infoFields(text);
  const untold = untoldIn(replies as Replies);
  const role = info.get('role');
  const upstream = parseUpstream(info);
  const headway = headwayOf(info);
  return {
    reached: true,
    facts: {
      server: parseServer(info),
      role: role === 'master' || role === 'slave' ? role : 'other',
      roleCommand: roleOf(replies.role),
      loading: info.get('loading') === '1',
      ...(headway === undefined ? {} : { headway }),
      masterReplicationId: info.get('master_replid') ?? '',
      offset: numberOf(info, role === 'slave' ? 'slave_repl_offset' : 'master_repl_offset'),
      replicas: parseAttached(info),
      ...parseReaders(info),
      ...(info.has('sync_full') ? { fullSyncs: numberOf(info, 'sync_full') } : {}),
      figures: parseFigures(info),
      appendOnly: info.get('aof_enabled') === '1',
      ...parseWritten(info),
      lastWriteOk: info.get('aof_last_write_status') !== 'err',
      lastSaveOk: info.get('rdb_last_bgsave_status') !== 'err',
      ...(info.has('min_slaves_good_slaves')
        ? { goodReplicas: numberOf(info, 'min_slaves_good_slaves') }
        : {}),
      ...(upstream === undefined ? {} : { upstream }),
      ...(untold === undefined ? {} : { untold }),
      ...tlsFacts(replies),
    },
  };
}

function parseWritten(info: Fields): Pick<RedisFacts, 'written'> {
  const isRewriting = ['aof_rewrite_in_progress', 'aof_rewrite_scheduled'].some(
    (name) => info.get(name) !== '0',
  );
  if (isRewriting || info.get('loading') === '1' || !info.has('aof_current_size')) return {};
  const keys = databasesOf(info).reduce((sum, each) => sum + each.keys, 0);
  return { written: { bytes: numberOf(info, 'aof_current_size'), keys } };
}

function parseFigures(info: Fields): WriteFigures {
  return {
    usedMemory: numberOf(info, 'used_memory'),
    notCounted: numberOf(info, 'mem_not_counted_for_evict'),
    maxmemory: numberOf(info, 'maxmemory'),
    policy: info.get('maxmemory_policy') ?? '',
    volatileKeys: databasesOf(info).reduce((sum, { volatile }) => sum + volatile, 0),
    connections: numberOf(info, 'connected_clients') + numberOf(info, 'connected_slaves'),
    clusterEnabled: info.get('cluster_enabled') === '1',
    failoverState: info.get('master_failover_state') ?? '',
  };
}

function tlsFacts({ plainPort, tlsReplication }: Partial<Replies<TlsQuestion>>) {
  const [port, replicates] = [settingIn(plainPort), settingIn(tlsReplication)];
  if (port === undefined || replicates === undefined) return {};
  return { tls: { plainPort: Number(port), replicates: replicates === 'yes' } };
}

/** Product, version and identity of any server that answers INFO. */
export function parseServer(info: Fields): ServerFacts {
  // Valkey also claims a redis_version, that of the last Redis it is compatible with.
  const valkey = info.get('valkey_version');
  return {
    product: valkey === undefined ? 'redis' : 'valkey',
    version: valkey ?? info.get('redis_version') ?? '',
    runId: info.get('run_id') ?? '',
    uptimeMs: numberOf(info, 'uptime_in_seconds') * 1000,
  };
}

/** The words of a refused question. */
export function refusal(reply: { readonly ok: boolean; readonly error?: string }): string {
  return reply.ok ? 'the reply was not understood' : (reply.error ?? 'no reply');
}

/** The role in a reply to ROLE: `master` or `slave`; '' when there was no such reply. */
export function roleOf(reply: Replies['role'] | undefined): string {
  if (reply?.ok !== true || !Array.isArray(reply.value)) return '';
  return String(reply.value[0]);
}

/** -1 where there never was a link, which Sentinel takes for less than none (sentinelRefreshInstanceInfo). */
function linkDown(info: Fields): Pick<Upstream, 'linkDownMs'> {
  if (!info.has('master_link_down_since_seconds')) return {};
  return { linkDownMs: Math.max(0, numberOf(info, 'master_link_down_since_seconds') * 1000) };
}

function parseUpstream(info: Fields): Upstream | undefined {
  const master = addressOf(info, 'master_host', 'master_port');
  if (master === undefined) return undefined;
  return {
    master,
    linkUp: info.get('master_link_status') === 'up',
    ...linkDown(info),
    syncInProgress: info.get('master_sync_in_progress') === '1',
    readOnly: info.get('slave_read_only') === '1',
    priority: numberOf(info, 'slave_priority', 100),
    ...(info.has('replica_announced') ? { announced: info.get('replica_announced') === '1' } : {}),
  };
}

/** Lines such as `slave0:ip=172.30.0.12,port=6379,state=online,offset=14,lag=0`. */
function attachedIn(info: Fields): Fields[] {
  return [...info].flatMap(([name, value]) => {
    if (!/^slave\d+$/.test(name)) return [];
    const pairs = value.split(',').map((pair): [string, string] => {
      const [key = '', text = ''] = pair.split('=');
      return [key, text];
    });
    return [new Map(pairs)];
  });
}

function parseAttached(info: Fields): AttachedReplica[] {
  return attachedIn(info).flatMap((fields) => {
    const address = addressOf(fields, 'ip', 'port');
    if (address === undefined) return [];
    const [state, offset] = [fields.get('state') ?? '', numberOf(fields, 'offset')];
    return [{ address, state, offset, lagS: numberOf(fields, 'lag', -1) }];
  });
}

/** Programs such as redis-cli --replica announce no port (replication.c, replconfCommand): it is 0. */
function parseReaders(info: Fields): Pick<RedisFacts, 'readers'> {
  const readers = attachedIn(info).filter((fields) => fields.get('port') === '0');
  if (readers.length === 0) return {};
  return { readers: readers.map((fields) => fields.get('ip') ?? '') };
}
