import type { Directives } from '../model/directives.js';
import type { TopologySpec } from '../model/spec.js';
import { durationText } from './duration.js';
import { withDropped } from './further.js';

/**
 * What it takes to change something of a topology that exists: `live` while it runs, `scale` other
 * nodes, `upgrade` another image in each node, `recreate` new containers around the same data,
 * `never` a new topology.
 */
export type Way = 'live' | 'scale' | 'upgrade' | 'recreate' | 'never';

/** One thing that is asked to be other than it is. */
export interface Difference {
  readonly what: string;
  readonly was: string;
  readonly now: string;
  readonly way: Way;
}

type Row = readonly [what: string, was: string | number, now: string | number];

const CHOSEN = '(chosen by rsent)';

/** What differs between an existing topology and what is asked for now. */
export function differences(existing: TopologySpec, asked: TopologySpec): Difference[] {
  const rows: Readonly<Record<Way, readonly Row[]>> = {
    live: liveRows(existing, asked),
    scale: [
      ['replicas', existing.replicas, asked.replicas],
      ['sentinels', existing.sentinels, asked.sentinels],
    ],
    upgrade: [['image', existing.image.ref, asked.image.ref]],
    recreate: recreateRows(existing, asked),
    never: neverRows(existing, asked),
  };
  return (Object.entries(rows) as [Way, readonly Row[]][]).flatMap(([way, all]) =>
    all
      .filter(([, was, now]) => was !== now)
      .map(([what, was, now]) => ({ what, was: String(was), now: String(now), way })),
  );
}

/** What is there and what is asked, in a line. */
export function differenceText({ what, was, now }: Difference): string {
  return `${what} is ${was}, asked ${now}`;
}

/** How a difference can be made true, for the topology of that name. */
export function wayText({ what, now, way }: Difference, name: string): string {
  switch (way) {
    case 'live':
      return `rsent set ${name} changes it while it runs`;
    case 'scale':
      return `rsent scale ${name} --${what} ${now}`;
    case 'upgrade':
      return `rsent upgrade ${name} --image ${now}`;
    case 'recreate':
      return `the same command with --recreate makes new containers around the same data`;
    case 'never':
      return 'it stays as it was made; a topology of another name can have it';
  }
}

/** The existing spec with all that can be changed while the topology runs as it is asked. */
export function withLive(existing: TopologySpec, asked: TopologySpec): TopologySpec {
  const { maxmemoryBytes: _, ...limits } = existing.limits;
  const { maxmemoryBytes } = asked.limits;
  return {
    ...existing,
    quorum: asked.quorum,
    timing: asked.timing,
    guard: asked.guard,
    limits: { ...limits, ...(maxmemoryBytes === undefined ? {} : { maxmemoryBytes }) },
    fsync: asked.fsync,
    further: {
      redis: withDropped(existing.further.redis, asked.further.redis),
      sentinel: withDropped(existing.further.sentinel, asked.further.sentinel),
    },
  };
}

/** The same with all that new containers and confs can have. */
export function withRecreated(existing: TopologySpec, asked: TopologySpec): TopologySpec {
  const live = withLive(existing, asked);
  const { limits, logFile, redisPorts, sentinelPorts, templates } = asked;
  const { templates: _, ...rest } = live;
  return {
    ...rest,
    ...{ limits, logFile, redisPorts, sentinelPorts },
    security: { ...live.security, publish: asked.security.publish },
    further: asked.further,
    ...(templates === undefined ? {} : { templates }),
  };
}

function liveRows(existing: TopologySpec, asked: TopologySpec): Row[] {
  const duration = (key: 'downAfterMs' | 'failoverTimeoutMs') =>
    [durationText(existing.timing[key]), durationText(asked.timing[key])] as const;
  return [
    ['quorum', existing.quorum, asked.quorum],
    ['down-after', ...duration('downAfterMs')],
    ['failover-timeout', ...duration('failoverTimeoutMs')],
    ['parallel-syncs', existing.timing.parallelSyncs, asked.timing.parallelSyncs],
    ['min-replicas-to-write', existing.guard.minReplicas, asked.guard.minReplicas],
    ['min-replicas-max-lag', existing.guard.maxLagS, asked.guard.maxLagS],
    ['maxmemory', sizeText(existing.limits.maxmemoryBytes), sizeText(asked.limits.maxmemoryBytes)],
    ['fsync', existing.fsync, asked.fsync],
    ...furtherRows('redis-config', existing.further.redis, asked.further.redis),
    ...furtherRows('sentinel-config', existing.further.sentinel, asked.further.sentinel),
  ];
}

function furtherRows(what: string, existing: Directives, asked: Directives): Row[] {
  const names = new Set([...Object.keys(existing), ...Object.keys(asked)]);
  return [...names].map((name) => {
    return [`${what} ${name}`, givenText(existing, name), givenText(asked, name)];
  });
}

function givenText(directives: Directives, name: string): string {
  const texts = Object.hasOwn(directives, name) ? (directives[name] ?? []) : [];
  return texts.length === 0 ? '(not given)' : texts.join(', ');
}

function recreateRows(existing: TopologySpec, asked: TopologySpec): Row[] {
  return [
    ['memory', sizeText(existing.limits.memoryBytes), sizeText(asked.limits.memoryBytes)],
    ['pids', existing.limits.pids, asked.limits.pids],
    ['log-file', existing.logFile || '(container log)', asked.logFile || '(container log)'],
    ['templates', existing.templates ?? '(built in)', asked.templates ?? '(built in)'],
    ['publish', existing.security.publish, asked.security.publish],
    ['redis-port', existing.redisPorts.first, asked.redisPorts.first],
    ['sentinel-port', existing.sentinelPorts.first, asked.sentinelPorts.first],
  ];
}

function neverRows(existing: TopologySpec, asked: TopologySpec): Row[] {
  const [was, now] = [existing.security, asked.security];
  return [
    ['master name', existing.masterName, asked.masterName],
    ['clients', existing.reach.clients, asked.reach.clients],
    ['network', existing.reach.network ?? CHOSEN, asked.reach.network ?? CHOSEN],
    ['address', existing.reach.address ?? CHOSEN, asked.reach.address ?? CHOSEN],
    ['join', existing.reach.join ?? '(nothing)', asked.reach.join ?? '(nothing)'],
    ['storage', existing.storage ?? CHOSEN, asked.storage ?? CHOSEN],
    ['nodes', described(existing), described(asked)],
    ['auth', onOff(was.auth), onOff(now.auth)],
    ['acl', onOff(was.acl), onOff(now.acl)],
    ['tls', onOff(was.tls), onOff(now.tls)],
    ['source of the certificates', issuer(was, asked), issuer(now, existing)],
  ];
}

/** The nodes that are described one by one; describing none is the same as not describing them. */
function described({ nodes }: TopologySpec): string {
  return JSON.stringify({ redis: nodes?.redis ?? [], sentinel: nodes?.sentinel ?? [] });
}

function onOff(is: boolean): string {
  return is ? 'on' : 'off';
}

/** Without TLS there is nothing to tell: that it is off is a difference of its own. */
function issuer({ tls, givenCertificate }: TopologySpec['security'], other: TopologySpec): string {
  if (!(tls && other.security.tls)) return '';
  return givenCertificate ? 'your own file' : 'rsent';
}

function sizeText(bytes: number | undefined): string {
  return bytes === undefined ? 'not limited' : `${bytes} bytes`;
}
