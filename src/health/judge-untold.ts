import type { Untold } from '../model/observation.js';
import type { Finding } from '../model/verdict.js';
import type { Scene } from './scene.js';

/**
 * What could not be asked. Without it a node is not found healthy, but not looked at: a rule that
 * has no facts finds nothing.
 */
export function judgeUntold({ redis, sentinels }: Scene): Finding[] {
  return [...redis, ...sentinels].flatMap(({ node, facts }): Finding[] => {
    const untold = facts?.untold;
    if (untold === undefined) return [];
    return [
      {
        code: 'not-asked',
        // A command that somebody renamed stays renamed; a right that is missing can be given.
        severity: untold.isForbidden ? 'error' : 'warning',
        subject: node.name,
        saw: `it does not answer ${untold.commands.join(', ')}: ${untold.why}`,
        expected: 'an answer to every question: what was not asked was not judged either',
        fix: untold.isForbidden
          ? 'let rsent log in as a user that may ask this: ACL SETUSER rsent on +@all on it; with doctor --sentinel, another --user and --password-file'
          : 'take the rename-command line away, and restrict commands by ACL instead',
      },
    ];
  });
}

/** True when one of these commands was refused: what it would have told is not known. */
export function isUntold(
  { untold }: { readonly untold?: Untold },
  ...commands: readonly string[]
): boolean {
  return commands.some((command) => untold?.commands.includes(command));
}
