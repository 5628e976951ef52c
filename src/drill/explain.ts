import type { SentinelEvent } from '../model/timeline.js';
import { isAboutMaster } from './events.js';

/** Why there was no failover, and when the next attempt may come. */
export interface Explanation {
  readonly why: string;
  /** Earliest time of the next attempt (Date.now(), ms); absent when none was made yet. */
  readonly nextAttemptAt?: number;
}

/** Sentinel waits up to this long more, so that not all try at once (SENTINEL_MAX_DESYNC). */
const MAX_DESYNC_MS = 1000;

/**
 * What the Sentinels' events say about a failover that has not happened (yet).
 * @param events since the fault
 * @param failoverTimeoutMs a new attempt starts no sooner than twice this after the last one
 *   (sentinel.c, sentinelStartFailoverIfNeeded)
 */
export function explain(events: readonly SentinelEvent[], failoverTimeoutMs: number): Explanation {
  const attempt = events.findLast(({ channel }) => channel === '+try-failover');
  const next =
    attempt === undefined
      ? {}
      : { nextAttemptAt: attempt.at + 2 * failoverTimeoutMs + MAX_DESYNC_MS };
  const abort = events.findLast(({ channel }) => channel.startsWith('-failover-abort'));
  const isOver = abort !== undefined && (attempt === undefined || abort.at >= attempt.at);
  if (isOver) return { why: reason(abort), ...next };
  if (attempt !== undefined) {
    return { why: `${attempt.sentinel} started a failover that has not ended`, ...next };
  }
  const masterDown = events.filter(isAboutMaster);
  if (masterDown.some(({ channel }) => channel === '+odown')) {
    return { why: 'the Sentinels agree that the master is gone, but none has started a failover' };
  }
  if (masterDown.some(({ channel }) => channel === '+sdown')) {
    return {
      why: 'some Sentinel sees the master as gone, but not enough of them to reach the quorum',
    };
  }
  return { why: 'no Sentinel has noticed that the master is gone' };
}

function reason({ channel, sentinel }: SentinelEvent): string {
  switch (channel) {
    case '-failover-abort-not-elected':
      return `${sentinel} was not elected leader: the votes were split, or a majority did not answer`;
    case '-failover-abort-no-good-slave':
      return `${sentinel} found no good replica: all are down, cut off from the master for too long, or have priority 0`;
    case '-failover-abort-slave-timeout':
      return `${sentinel} selected a replica that did not become master in time`;
    default:
      return `${sentinel} aborted it (${channel})`;
  }
}
