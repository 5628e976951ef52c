import type { Finding } from '../model/verdict.js';

/**
 * What of these findings is told: one that time alone may mend only where the look before had it as
 * well, or something else of the same subject: what is wrong may change its face. A PING that is under
 * way just then owes a PONG for an instant, and the next look sees another.
 * @param before the look before; undefined where there was none
 */
export function lasting<F extends Finding>(
  before: readonly Finding[] | undefined,
  now: readonly F[],
): readonly F[] {
  if (before === undefined) return now;
  return now.filter(
    ({ subject, settling }) => settling !== true || before.some((each) => each.subject === subject),
  );
}

/** True when the last look has something that time alone may mend and that the one before did not have. */
export function isNew(before: readonly Finding[] | undefined, now: readonly Finding[]): boolean {
  return lasting(before ?? [], now).length < now.length;
}
