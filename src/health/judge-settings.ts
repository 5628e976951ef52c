import { compareValues } from '../model/directives.js';
import type { Replies } from '../model/observation.js';
import type { Setting } from '../model/settings.js';
import type { Finding } from '../model/verdict.js';
import type { Scene } from './scene.js';

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
      const reply = replies[questionOf(name)];
      const value: unknown = reply?.ok && Array.isArray(reply.value) ? reply.value[1] : undefined;
      return typeof value === 'string' ? [[name, value]] : [];
    }),
  );
}

/** Findings about data nodes that are set to something else than was asked. */
export function judgeSettings(scene: Scene): Finding[] {
  const { expectation, redis } = scene;
  const expected = expectation.settings?.redisSettings ?? [];
  const differing = redis.flatMap(({ node, facts }) =>
    expected.flatMap(({ name, value }): Finding[] => {
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
    }),
  );
  return [...differing, ...judgeConnections(scene)];
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
