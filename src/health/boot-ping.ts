import { PING_PERIOD_MS } from '../model/constants.js';
import { type Observation, observedOf } from '../model/observation.js';
import { isAtLeast } from '../model/version.js';

/**
 * True when some Sentinel may still have the ping period of its boot, by what all of them said of
 * theirs: one that did not say it may have any. Before 7.0 there is but the usual one (sentinel.c,
 * SENTINEL DEBUG).
 */
export function mayPingShort(observation: Observation): boolean {
  return observedOf(observation, 'sentinel').some(({ answer }) => {
    if (!answer.reached) return true;
    const { pingPeriodMs, server } = answer.facts;
    if (server.product === 'redis' && !isAtLeast(server.version, '7.0.0')) return false;
    return pingPeriodMs !== PING_PERIOD_MS;
  });
}
