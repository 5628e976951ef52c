import { compareValues } from '../model/directives.js';
import type { Replies } from '../model/observation.js';
import type { Setting } from '../model/settings.js';
import type { Finding } from '../model/verdict.js';
import type { Scene } from './scene.js';

/** These decide what becomes of data; a server tells them as plainly as it was told. */
const GRAVE = ['appendfsync', 'maxmemory'];

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
export function judgeSettings({ expectation, redis }: Scene): Finding[] {
  const expected = expectation.settings?.redisSettings ?? [];
  return redis.flatMap(({ node, facts }) =>
    expected.flatMap(({ name, value }): Finding[] => {
      const told = facts?.settings?.get(name);
      if (told === undefined || compareValues(value, told) !== 'different') return [];
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
}
