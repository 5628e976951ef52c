import type { Finding } from '../model/verdict.js';
import type { Scene } from './scene.js';

/**
 * Passwords that somebody changed by hand. What is connected stays connected: only the next resync,
 * failover or start fails for them.
 */
export function judgePasswords({ expectation, redis, sentinels }: Scene): Finding[] {
  const { settings, topology } = expectation;
  if (settings?.ownUsers !== true || settings.isRotating) return [];
  return [...redis, ...sentinels].flatMap(({ node, facts }) =>
    (facts?.otherPasswords ?? []).map(
      (what): Finding => ({
        code: 'password-differs',
        severity: 'error',
        subject: node.name,
        saw: `changed by hand: ${what}`,
        expected: 'as rsent gave it: with another one the next resync, failover or start fails',
        fix: `rsent up ${topology} puts it right`,
      }),
    ),
  );
}
