/** What matters of a request for how long it may take. */
export interface Asked {
  readonly method: string;
  /** Path with its query, as the Engine API has it: `/containers/json?all=1`. */
  readonly path: string;
  /** The body of the answer is read piece by piece. */
  readonly isStream: boolean;
}

/** How long a request may take while the engine answers others (ms). */
export interface RequestLimits {
  /** Until the answer begins, or until all of it is there where it is not a stream. */
  readonly answerMs: number;
  /** Between two pieces of a stream. */
  readonly silenceMs: number;
}

const SECOND = 1000;
/** Generous: ten topologies that start at once on two cores keep an engine busy for 15 s. */
const READ_MS = 30 * SECOND;
const CHANGE_MS = 120 * SECOND;
/** What a registry or a disk holds up, the engine reports by itself in the end. */
const TRANSFER_MS = 600 * SECOND;
const EVER = Number.POSITIVE_INFINITY;

/**
 * The limits of a request by its kind. They only count where the engine is alive: one that answers
 * nothing at all is given up much sooner (`Pulse`).
 */
export function limitsOf({ method, path, isStream }: Asked): RequestLimits {
  const silenceMs = isEndless(path) ? EVER : TRANSFER_MS;
  return { answerMs: answerMs(method, path), silenceMs: isStream ? silenceMs : EVER };
}

/** True for what says nothing for as long as nothing happens. */
export function isEndless(path: string): boolean {
  const { what, act, query } = partsOf(path);
  if (what === 'events') return true;
  return act === 'logs' && /^(1|true)$/.test(query.get('follow') ?? '');
}

function answerMs(method: string, path: string): number {
  const { what, act, query } = partsOf(path);
  // Whoever waits for the end of a container has a limit of his own.
  if (act === 'wait') return EVER;
  if (what === 'images' && method === 'POST') return TRANSFER_MS;
  if (method === 'GET' || method === 'HEAD') return READ_MS;
  const graceS = act === 'stop' ? Number(query.get('t') ?? 0) : 0;
  return CHANGE_MS + graceS * SECOND;
}

/** `/containers/ID/logs?follow=1`: what it is about, what is done to one of them, and how. */
function partsOf(path: string) {
  const [where = '', query] = path.split('?');
  const [, what, , act] = where.split('/');
  return { what, act, query: new URLSearchParams(query) };
}
