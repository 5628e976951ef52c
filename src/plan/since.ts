import type { ConfEdit, Plan } from '../model/plan.js';
import { isAtLeast, type ServerProgram } from '../model/version.js';

/**
 * Directives that Redis 6.0.0 did not know, by the first release that does. Taken from src/config.c
 * and src/sentinel.c at the tags of each release (each is explained in the redis.conf or
 * sentinel.conf beside them), those of 8.0 from CONFIG GET * of 8.0.2.
 */
const REDIS: Readonly<Record<string, string>> = {
  ...from('6.0.2', 'aof_rewrite_cpulist bgsave_cpulist bio_cpulist server_cpulist'),
  ...from('6.0.6', 'tls-session-cache-size tls-session-cache-timeout tls-session-caching'),
  ...from('6.0.7', 'oom-score-adj oom-score-adj-values'),
  ...from('6.0.10', 'ignore-warnings'),
  ...from('6.2.0', 'acl-pubsub-default crash-log-enabled crash-memcheck-enabled disable-thp'),
  ...from('6.2.0', 'lazyfree-lazy-user-flush maxmemory-eviction-tenacity proc-title-template'),
  ...from('6.2.0', 'sanitize-dump-payload set-proc-title use-exit-on-panic'),
  ...from('6.2.0', 'tls-client-cert-file tls-client-key-file'),
  ...from('6.2.0', 'sentinel-user sentinel-pass resolve-hostnames announce-hostnames', 'sentinel '),
  ...from('6.2.2', 'cluster-allow-replica-migration cluster-announce-tls-port replica-announced'),
  ...from('6.2.2', 'tls-client-key-file-pass tls-key-file-pass'),
  ...from('7.0.0', 'aof-timestamp-enabled appenddirname bind-source-addr busy-reply-threshold'),
  ...from('7.0.0', 'cluster-allow-pubsubshard-when-down cluster-announce-hostname cluster-port'),
  ...from('7.0.0', 'cluster-link-sendbuf-limit cluster-preferred-endpoint-type'),
  ...from('7.0.0', 'enable-debug-command enable-module-command enable-protected-configs'),
  ...from('7.0.0', 'hash-max-listpack-entries hash-max-listpack-value list-max-listpack-size'),
  ...from('7.0.0', 'zset-max-listpack-entries zset-max-listpack-value maxmemory-clients'),
  ...from('7.0.0', 'latency-tracking latency-tracking-info-percentiles'),
  ...from('7.0.0', 'loading-process-events-interval-bytes propagation-error-behavior'),
  ...from('7.0.0', 'repl-diskless-sync-max-replicas replica-ignore-disk-write-errors'),
  ...from('7.0.0', 'shutdown-on-sigint shutdown-on-sigterm shutdown-timeout socket-mark-id'),
  ...from('7.0.0', 'master-reboot-down-after-period', 'sentinel '),
  ...from('7.2.0', 'cluster-announce-human-nodename cluster-ping-interval locale-collate'),
  ...from('7.2.0', 'set-max-listpack-entries set-max-listpack-value'),
  ...from('7.4.0', 'aof-rewrite-cpulist bgsave-cpulist bio-cpulist server-cpulist'),
  ...from('7.4.0', 'hide-user-data-from-log'),
  ...from('7.4.0', 'max-new-connections-per-cycle max-new-tls-connections-per-cycle'),
  ...from('8.0.0', 'cluster-compatibility-sample-ratio replica-full-sync-buffer-limit'),
};

/** The last Redis before Valkey went its own way (valkey.io/topics/history). */
const FORK = '7.2.4';

/** The same for Valkey; those of 8.1 from CONFIG GET * of 8.1.1. */
const VALKEY: Readonly<Record<string, string>> = {
  ...from('8.0.0', 'aof-rewrite-cpulist bgsave-cpulist bio-cpulist server-cpulist'),
  ...from('8.0.0', 'availability-zone cluster-announce-client-ipv4 cluster-announce-client-ipv6'),
  ...from('8.0.0', 'cluster-blacklist-ttl cluster-slot-stats-enabled events-per-io-thread'),
  ...from('8.0.0', 'dual-channel-replication-enabled extended-redis-compatibility'),
  ...from('8.0.0', 'hide-user-data-from-log prefetch-batch-max-size'),
  ...from('8.0.0', 'max-new-connections-per-cycle max-new-tls-connections-per-cycle'),
  ...from('8.0.0', 'primaryauth primaryuser unixsocketgroup'),
  ...from('8.1.0', 'active-defrag-cycle-us cluster-manual-failover-timeout import-mode'),
  ...from('8.1.0', 'commandlog-execution-slower-than commandlog-slow-execution-max-len'),
  ...from('8.1.0', 'commandlog-request-larger-than commandlog-large-request-max-len'),
  ...from('8.1.0', 'commandlog-reply-larger-than commandlog-large-reply-max-len'),
  ...from('8.1.0', 'log-format log-timestamp-format rdb-version-check'),
  ...from('8.1.0', 'rdma-bind rdma-completion-vector rdma-port rdma-rx-size'),
};

/** All directives that some server does not know. */
export const YOUNG_DIRECTIVES = [...new Set([...Object.keys(REDIS), ...Object.keys(VALKEY)])];

/**
 * True when the server knows a directive; true, too, for one that the table does not have, which
 * is as old as 6.0 or the user's own affair.
 * @param directive in lower case; of a Sentinel's own with `sentinel` before it
 */
export function knowsDirective({ server, version }: ServerProgram, directive: string): boolean {
  const first = firstRelease(server, directive);
  return first === undefined || (first !== NEVER && isAtLeast(version, first));
}

const NEVER = 'never';

function firstRelease(server: string, directive: string): string | undefined {
  const [redis, valkey] = [REDIS[directive], VALKEY[directive]];
  if (server !== 'valkey-server') return redis ?? (valkey && NEVER);
  if (valkey !== undefined) return valkey;
  return redis === undefined || isAtLeast(FORK, redis) ? redis : NEVER;
}

const LEFT_OUT = '# Left out: ';

/** A conf without the directives that the server does not know; a comment tells of each. */
export function withoutUnknown(conf: string, program: ServerProgram): string {
  const line = (text: string) => {
    const directive = directiveOf(text);
    if (directive === undefined || knowsDirective(program, directive)) return text;
    const release = firstRelease(program.server, directive);
    const why = release === NEVER ? 'is not one of its directives' : `came with ${release}`;
    return `${LEFT_OUT}${directive} ${why}; this is ${program.server} ${program.version}.`;
  };
  return conf.split('\n').map(line).join('\n');
}

/** What was left out of the confs that a plan writes, each once. */
export function leftOut({ steps }: Plan): string[] {
  const lines = steps.flatMap((step) =>
    step.kind === 'write-file' || step.kind === 'replace-file' ? step.content.split('\n') : [],
  );
  const told = lines.filter((line) => line.startsWith(LEFT_OUT));
  return [...new Set(told)].map((line) => line.slice(LEFT_OUT.length));
}

/** Edits that bring the server no directive that it does not know; one that is there goes. */
export function knownEdits(edits: readonly ConfEdit[], program: ServerProgram): ConfEdit[] {
  return edits
    .map((edit) => {
      const directive = directiveOf(edit.start.join(' '));
      const isKnown = directive === undefined || knowsDirective(program, directive);
      return isKnown ? edit : { ...edit, now: [] };
    })
    .filter(({ was, now, secret }) => secret !== undefined || was.length > 0 || now.length > 0);
}

function directiveOf(line: string): string | undefined {
  const match = /^\s*(sentinel\s+)?([a-z0-9_-]+)(?=\s|$)/i.exec(line);
  if (match?.[2] === undefined) return undefined;
  const name = match[2].toLowerCase();
  return match[1] === undefined ? name : `sentinel ${name}`;
}

function from(release: string, names: string, prefix = ''): Record<string, string> {
  return Object.fromEntries(names.split(' ').map((name) => [`${prefix}${name}`, release]));
}
