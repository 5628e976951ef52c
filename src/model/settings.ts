import { type Directives, splitWords } from './directives.js';
import type { TopologySpec } from './spec.js';

/** A setting that a server can be told, and its value, as CONFIG SET or SENTINEL SET takes them. */
export interface Setting {
  readonly name: string;
  readonly value: string;
}

/** A setting's value, for people. */
export function settingText(value: string): string {
  return value === '' ? 'not set' : value;
}

/** Redis's own value where rsent gives none. */
const NO_LIMIT = '0';

/** What rsent's own redis.conf says of directives that can be passed through as well. */
const OWN: Directives = { save: ['""'], 'stop-writes-on-bgsave-error': ['no'] };

/**
 * What is passed through to data nodes. One that is to be taken away, which is given no times, is
 * again what rsent's own redis.conf says of it, where that says anything.
 */
export function passedToRedis({ further, templates }: TopologySpec): Directives {
  if (templates !== undefined) return further.redis;
  const said = ([name, texts]: [string, readonly string[]]) => {
    const own = Object.hasOwn(OWN, name) ? OWN[name] : undefined;
    return [name, texts.length === 0 ? (own ?? []) : texts] as const;
  };
  return Object.fromEntries(Object.entries(further.redis).map(said));
}

/**
 * What a data node is set to, as far as the spec says it. Templates of the user's decide for
 * themselves: of them only what somebody has asked for in so many words is known.
 */
export function redisSettings(spec: TopologySpec): Setting[] {
  const { guard, limits, fsync, ...rest } = spec;
  const { maxmemoryBytes } = limits;
  const isUsual = guard.maxLagS === 1 && guard.minReplicas === (rest.replicas >= 2 ? 1 : 0);
  const trusts = rest.templates === undefined;
  return [
    ...(trusts || !isUsual
      ? [
          { name: 'min-replicas-to-write', value: String(guard.minReplicas) },
          { name: 'min-replicas-max-lag', value: String(guard.maxLagS) },
        ]
      : []),
    ...(trusts ? [{ name: 'appendonly', value: 'yes' }] : []),
    ...(trusts || fsync !== 'everysec' ? [{ name: 'appendfsync', value: fsync }] : []),
    ...(trusts || maxmemoryBytes !== undefined
      ? [{ name: 'maxmemory', value: maxmemoryBytes?.toString() ?? NO_LIMIT }]
      : []),
    ...furtherSettings(passedToRedis(spec)),
  ];
}

/** Directives that are passed through, as CONFIG SET takes them: all that was given in one value. */
function furtherSettings(directives: Directives): Setting[] {
  return Object.entries(directives)
    .filter(([, texts]) => texts.length > 0)
    .map(([name, texts]) => ({ name, value: texts.flatMap(wordsOf).join(' ') }));
}

/** What every Sentinel is set to for its master (SENTINEL SET). */
export function sentinelSettings({ quorum, timing }: TopologySpec): Setting[] {
  return [
    { name: 'quorum', value: String(quorum) },
    { name: 'down-after-milliseconds', value: String(timing.downAfterMs) },
    { name: 'failover-timeout', value: String(timing.failoverTimeoutMs) },
    { name: 'parallel-syncs', value: String(timing.parallelSyncs) },
  ];
}

type Words = readonly [string, ...string[]];

/** What a Sentinel has without a directive, for those that it can be told while it runs. */
const SENTINEL_USUAL: Readonly<Record<string, string>> = {
  loglevel: 'notice',
  'sentinel notification-script': '',
  'sentinel client-reconfig-script': '',
  'sentinel master-reboot-down-after-period': '0',
};

/** True when a Sentinel can be told this directive of sentinel.conf while it runs. */
export function isLiveInSentinel(name: string): boolean {
  return Object.hasOwn(SENTINEL_USUAL, name);
}

/**
 * How a running Sentinel is told directives that are passed through to it; those that it only
 * reads as it starts are not among them.
 */
export function sentinelCommands(masterName: string, directives: Directives): Words[] {
  return Object.entries(directives)
    .filter(([name]) => isLiveInSentinel(name))
    .flatMap(([name, texts]): Words[] => {
      const usual = SENTINEL_USUAL[name] ?? '';
      const isGlobal = !name.startsWith('sentinel ');
      const none = isGlobal ? [usual] : [masterName, usual];
      const given = texts.length === 0 ? [none] : texts.map(wordsOf);
      return given.map((words): Words => {
        if (isGlobal) return ['SENTINEL', 'CONFIG', 'SET', name, words.join(' ')];
        const [master = masterName, ...values] = words;
        return ['SENTINEL', 'SET', master, name.replace('sentinel ', ''), ...values];
      });
    });
}

/** The words after a directive's name; a record that was changed by hand may have any text there. */
export function wordsOf(text: string): string[] {
  return splitWords(text) ?? [text];
}
