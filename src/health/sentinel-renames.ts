import { confWords } from '../model/directives.js';
import type { Finding } from '../model/verdict.js';
import type { Scene } from './scene.js';

/**
 * Commands that a Sentinel sends to the nodes of a master under another name, by its conf, in which it
 * keeps whatever it is told (sentinel.c, sentinelSetCommand); no reply of its own tells it.
 */
export function renamesIn(conf: string, masterName: string): readonly string[] {
  return conf.split('\n').flatMap((line) => {
    const [sentinel = '', what = '', name, command] = confWords(line) ?? [];
    const isRename = `${sentinel} ${what}`.toLowerCase() === 'sentinel rename-command';
    return isRename && name === masterName && command !== undefined ? [command.toUpperCase()] : [];
  });
}

/** A Sentinel that sends what the data nodes do not know: no failover of its own would ever end. */
export function judgeRenames({ expectation, redis, sentinels }: Scene): Finding[] {
  const { masterName } = expectation;
  return sentinels.flatMap(({ node, facts }): Finding[] => {
    const wrong = (facts?.renames ?? []).filter((command) =>
      redis.some((each) => each.facts && !(each.facts.renamed ?? []).includes(command)),
    );
    if (wrong.length === 0) return [];
    return [
      {
        code: 'command-renamed',
        severity: 'error',
        subject: node.name,
        saw: `it sends ${wrong.join(', ')} under another name, which the data nodes do not have: no failover that it leads would ever end`,
        expected: 'every command under its own name',
        fix: wrong
          .map((command) => `SENTINEL SET ${masterName} rename-command ${command} ${command} on it`)
          .join(', and '),
      },
    ];
  });
}
