import { setTimeout as sleep } from 'node:timers/promises';
import type { Engine } from '../engine/engine.js';
import { messageOf, RsentError } from '../model/errors.js';
import { isRefusedAsFrozen, isStoppedIn, stateCommand } from '../plan/client-command.js';
import { inTime, lineFrom } from './first-line.js';

/** When a node that says nothing is called frozen (ms). */
export interface WatchLimits {
  /** How long a process may take to begin in its container: an engine may be busy. */
  readonly beginMs: number;
  /** How long it may say nothing before it is looked at. */
  readonly lookMs: number;
  /** How often it must be seen frozen: somebody may hold it for a moment. */
  readonly looks: number;
}

export const USUAL_WATCH: WatchLimits = { beginMs: 20_000, lookMs: 4000, looks: 3 };

/** A look at who goes on costs the engine a process; nobody needs more than one a minute (ms). */
const SELDOM_MS = 60_000;

/** The node that a client talks to. */
export interface Whom {
  readonly topology: string;
  readonly node: string;
  readonly container: string;
}

/** Who holds a node's processes: the engine, or something that it knows nothing of. */
export type Hold = 'paused' | 'frozen';

/**
 * How a node's processes are held; undefined where they go on. A server that is only busy, or has
 * nothing to say, goes on.
 */
export async function holdOn(
  engine: Engine,
  container: string,
  limits: WatchLimits,
): Promise<Hold | undefined> {
  try {
    const look = engine.attach(container, stateCommand(), false);
    look.then(
      (late) => late.ended.then(() => late.close()),
      () => undefined,
    );
    const attached = await inTime(look, limits.beginMs);
    if (attached === undefined) return 'frozen';
    const line = await inTime(lineFrom(attached.stdout), limits.beginMs);
    attached.close();
    const words = line?.toString('latin1');
    const isHeld = words === undefined || isStoppedIn(words) || isRefusedAsFrozen(words);
    return isHeld ? 'frozen' : undefined;
  } catch (error) {
    // An engine that is gone, or has no such container, ends the client by itself.
    return isRefusedAsFrozen(messageOf(error)) ? 'paused' : undefined;
  }
}

/**
 * Gives how a node is held once it stays so; never while it goes on.
 * @param moved whether anything came of it since this was asked last
 */
export async function untilHeld(
  look: () => Promise<Hold | undefined>,
  moved: () => boolean,
  { lookMs, looks }: WatchLimits,
  signal: AbortSignal,
): Promise<Hold> {
  let seen = 0;
  for (let waitMs = lookMs; ; ) {
    await sleep(waitMs, undefined, { signal, ref: false });
    const hold = moved() ? undefined : await look();
    seen = hold === undefined ? 0 : seen + 1;
    if (hold !== undefined && seen >= looks) return hold;
    waitMs = seen > 0 ? lookMs : Math.min(2 * waitMs, SELDOM_MS);
  }
}

/** Why a client was ended, and what lets its node go on. */
export function heldError({ topology, node, container }: Whom, hold: Hold): RsentError {
  const [why, hint] =
    hold === 'paused'
      ? ['it is paused', `rsent resume ${node} ${topology} lets it go on.`]
      : [
          'its process is frozen',
          `Something has stopped it, and not the engine (kill -STOP, a debugger). docker kill -s CONT ${container} lets it go on after a signal; else rsent kill ${node} ${topology} ends it, and rsent up ${topology} starts it again.`,
        ];
  return new RsentError('topology', `${node} of ${topology} says nothing: ${why}.`, { hint });
}
