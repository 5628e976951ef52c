import { compareValues } from '../model/directives.js';
import type { RedisFacts, Replies } from '../model/observation.js';
import { type Setting, settingText } from '../model/settings.js';
import type { Finding } from '../model/verdict.js';
import { settingIn } from './raw.js';
import type { RedisSeen, Scene } from './scene.js';

/** These decide what becomes of data; a server tells them as plainly as it was told. */
const GRAVE = ['appendonly', 'appendfsync', 'maxmemory', 'save'];

function questionOf(name: string): string {
  return `value of ${name}`;
}

/** What decides whether a server takes writes and keeps them, whatever was asked for. */
const ALWAYS = [
  ...['min-replicas-to-write', 'stop-writes-on-bgsave-error', 'save', 'maxclients'],
  ...['appendonly', 'appendfsync'],
];

function namesOf(settings: readonly Setting[]): string[] {
  return [...new Set([...settings.map(({ name }) => name), ...ALWAYS])];
}

/** Questions that show what a data node is set to. */
export function settingQuestions(
  settings: readonly Setting[],
): Record<string, readonly [string, ...string[]]> {
  return Object.fromEntries(
    namesOf(settings).map((name) => [questionOf(name), ['CONFIG', 'GET', name]] as const),
  );
}

/** What it told, by name; what it did not tell is not among them. */
export function settingsIn(
  replies: Replies,
  settings: readonly Setting[],
): ReadonlyMap<string, string> {
  return new Map(
    namesOf(settings).flatMap((name): [string, string][] => {
      const value = settingIn(replies[questionOf(name)]);
      return value === undefined ? [] : [[name, value]];
    }),
  );
}

/** What is told by a finding of its own. */
const TOLD_ELSEWHERE = ['maxclients', 'replica-announced', 'tls-replication'];

/** Findings about data nodes that are set to something else than was asked, or than rsent gave them. */
export function judgeSettings(scene: Scene): Finding[] {
  return [
    ...scene.redis.flatMap((seen) => [...judgeAsked(scene, seen), ...judgeGiven(scene, seen)]),
    ...judgeConnections(scene),
  ];
}

function judgeAsked({ expectation }: Scene, { node, facts }: RedisSeen): Finding[] {
  const expected = expectation.settings?.redisSettings ?? [];
  return expected.flatMap(({ name, value }): Finding[] => {
    if (name === 'maxclients') return [];
    const told = facts?.settings?.get(name);
    if (told === undefined || !isOther(name, value, told)) return [];
    return [
      {
        code: 'setting-differs',
        severity: GRAVE.includes(name) ? 'error' : 'warning',
        subject: node.name,
        saw: `${name} ${told}`,
        expected: value,
        fix: `rsent up ${expectation.topology} puts it right; rsent set ${expectation.topology} changes what is asked`,
      },
    ];
  });
}

/** Servers tell these as they were told, so that any other text is another value. */
function judgeGiven({ expectation }: Scene, { node, facts }: RedisSeen): Finding[] {
  const { topology, settings } = expectation;
  const given = settings?.given?.[node.name] ?? [];
  return given.flatMap(({ name, value, isGrave }): Finding[] => {
    const told = facts?.settings?.get(name);
    if (told === undefined || told === value || isToldElsewhere(name, facts)) return [];
    return [
      {
        code: 'setting-differs',
        severity: isGrave ? 'error' : 'warning',
        subject: node.name,
        saw: `${name} ${settingText(told)}`,
        expected: settingText(value),
        fix: `rsent up ${topology} puts it right`,
      },
    ];
  });
}

function isToldElsewhere(name: string, facts: RedisFacts | undefined): boolean {
  // Of a working directory that was removed the kernel has no name (config.c, getConfigDirOption).
  if (name === 'dir') return facts?.settings?.get(name) === '';
  // A port that speaks plainly beside the one with TLS.
  if (name === 'port') return facts?.tls !== undefined;
  if (name === 'replica-read-only') return facts?.upstream?.readOnly === false;
  return TOLD_ELSEWHERE.includes(name);
}

/** Save points are told as one line of numbers, in the order in which they were given. */
function isOther(name: string, value: string, told: string): boolean {
  if (name !== 'save') return compareValues(value, told) === 'different';
  const [one, other] = [value, told].map((text) => text.split(/\s/).filter(Boolean).join(' '));
  return one !== other;
}

/**
 * A server takes fewer connections than it is told to where its limit on open files is lower
 * (server.c, adjustOpenFilesLimit); only its log says so.
 */
function judgeConnections({ expectation, redis }: Scene): Finding[] {
  const wanted = expectation.settings?.maxClients;
  if (wanted === undefined) return [];
  return redis.flatMap(({ node, facts }): Finding[] => {
    const told = Number(facts?.settings?.get('maxclients') ?? Number.NaN);
    if (Number.isNaN(told) || told >= wanted) return [];
    return [
      {
        code: 'few-connections',
        severity: 'warning',
        subject: node.name,
        saw: `it takes ${told} connections (maxclients), Sentinels and replicas included`,
        expected: String(wanted),
        fix: `CONFIG SET maxclients ${wanted} on it; where it refuses, its limit on open files is too low: raise the engine’s default ("default-ulimits": nofile in daemon.json), then rsent up ${expectation.topology} --recreate`,
      },
    ];
  });
}
