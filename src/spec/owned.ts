import { presentName } from '../model/directives.js';
import { wordsOf } from '../model/settings.js';
import type { TopologySpec } from '../model/spec.js';
import type { NodeKind } from '../model/topology.js';
import type { SpecInput } from './fields.js';

type Reasons = Readonly<Record<string, string>>;

const PASSWORDS = 'rsent gives every node its password and users: use auth (--auth) or acl (--acl)';
const CONTAINER = 'rsent runs the server as the only process of its container';

/** Directives that decide where and as what a server runs, of data nodes and Sentinels alike. */
const EVERYWHERE: Reasons = {
  port: 'rsent chooses the ports: use redisPort (--redis-port), sentinelPort (--sentinel-port) or nodes',
  bind: 'clients and nodes would not find it elsewhere: use publish (--publish) or address (--address)',
  dir: 'data must be where rsent keeps it: use --data-dir or storage (--storage)',
  logfile: 'use logFile (--log-file)',
  daemonize: CONTAINER,
  supervised: CONTAINER,
  pidfile: CONTAINER,
  'protected-mode': 'the nodes talk to each other: use publish (--publish) and auth (--auth)',
  requirepass: PASSWORDS,
  masterauth: PASSWORDS,
  masteruser: PASSWORDS,
  user: PASSWORDS,
  aclfile: PASSWORDS,
  include: 'what it includes could set anything: name the directives themselves',
};

const REDIS: Reasons = {
  ...EVERYWHERE,
  replicaof: 'Sentinel decides who follows whom: rsent failover NAME --manual changes the master',
  'replica-announced': 'Sentinel would not know the replica, and could not promote it',
  'replica-read-only': 'what a replica takes itself is lost at its next sync',
  appendonly: 'data must survive a restart: use fsync (--fsync) for how often it is on disk',
  appendfsync: 'use fsync (--fsync)',
  appendfilename: 'rsent looks for the data under its usual name',
  appenddirname: 'rsent looks for the data under its usual name',
  dbfilename: 'rsent looks for the data under its usual name',
  'min-replicas-to-write': 'use minReplicasToWrite (--min-replicas-to-write)',
  'min-replicas-max-lag': 'use minReplicasMaxLag (--min-replicas-max-lag)',
  maxmemory: 'use maxmemory (--maxmemory)',
  'repl-diskless-sync-delay': 'rsent needs 0 for replicas to be in sync at once',
  'cluster-enabled': 'Redis Cluster and Sentinel exclude each other',
};

const DNS = 'a name server that hangs would stop every failover: Sentinel is given addresses';
const KNOWN = 'rsent and Sentinel itself keep it';

const SENTINEL: Reasons = {
  ...EVERYWHERE,
  'rename-command': 'rsent and the other Sentinels need every command of a Sentinel',
  'sentinel monitor': 'use masterName (--master-name) and quorum (--quorum)',
  'sentinel myid': KNOWN,
  'sentinel current-epoch': KNOWN,
  'sentinel config-epoch': KNOWN,
  'sentinel leader-epoch': KNOWN,
  'sentinel known-replica': KNOWN,
  'sentinel known-sentinel': KNOWN,
  'sentinel announce-ip': 'use clients (--clients) and address (--address)',
  'sentinel announce-port': 'use sentinelPort (--sentinel-port) or nodes',
  'sentinel announce-hostnames': DNS,
  'sentinel resolve-hostnames': DNS,
  'sentinel auth-pass': PASSWORDS,
  'sentinel auth-user': PASSWORDS,
  'sentinel sentinel-pass': PASSWORDS,
  'sentinel sentinel-user': PASSWORDS,
  'sentinel down-after-milliseconds': 'use downAfter (--down-after)',
  'sentinel failover-timeout': 'use failoverTimeout (--failover-timeout)',
  'sentinel parallel-syncs': 'use parallelSyncs (--parallel-syncs)',
  'sentinel rename-command': 'rsent keeps the names of the commands that a Sentinel sends',
};

/** Those of TLS that rsent has no opinion about: which protocols and ciphers there are. */
const TLS_FREE = /^tls-(protocols|ciphers|ciphersuites|prefer-server-ciphers|session-.*)$/;

/** What Sentinels, replicas, rsent and its probe say to a data node by its own name. */
const NEEDED_COMMANDS = new Set(
  `ACL AUTH CLIENT COMMAND CONFIG EVAL EVALSHA EXEC EXISTS GET HELLO INFO MGET MULTI PING PSYNC
  PUBLISH REPLCONF REPLICAOF ROLE SCRIPT SELECT SET SHUTDOWN SLAVEOF SUBSCRIBE UNSUBSCRIBE WAIT`.split(
    /\s+/,
  ),
);

/**
 * Which of the directives that are to be passed through belong to rsent, a line each, with what
 * to use instead. All others are Redis's to judge.
 * @param where how the user knows a key
 */
export function ownedProblems(
  { further }: TopologySpec,
  where: (key: keyof SpecInput) => string,
): string[] {
  const found = (kind: NodeKind, key: 'redisConfig' | 'sentinelConfig') =>
    Object.entries(further[kind]).flatMap(([name, texts]) => {
      const why = reasonOf(kind, name, texts);
      return why === undefined ? [] : [`${where(key)} names ${name}, which is rsent's own: ${why}`];
    });
  return [...found('redis', 'redisConfig'), ...found('sentinel', 'sentinelConfig')];
}

function reasonOf(kind: NodeKind, given: string, texts: readonly string[]): string | undefined {
  const name = presentName(given);
  if (kind === 'redis' && name.startsWith('sentinel ')) {
    return 'it is for Sentinels: use sentinelConfig (--sentinel-config)';
  }
  if (kind === 'redis' && name === 'rename-command') return reasonToRename(texts);
  const reasons = kind === 'redis' ? REDIS : SENTINEL;
  if (Object.hasOwn(reasons, name)) return reasons[name];
  if (name.startsWith('replica-announce-'))
    return 'use clients (--clients) and address (--address)';
  if (name.startsWith('tls-') && !TLS_FREE.test(name)) {
    return 'use tls (--tls), with tlsCert, tlsKey and tlsCa for a certificate of your own';
  }
  return undefined;
}

function reasonToRename(texts: readonly string[]): string | undefined {
  const names = texts.map((text) => (wordsOf(text)[0] ?? '').toUpperCase());
  const needed = names.filter((name) => NEEDED_COMMANDS.has(name));
  if (needed.length === 0) return undefined;
  return `Sentinel and rsent call ${needed.join(', ')} by that name; other commands can be renamed`;
}
