/** What matters of a request for how long it may take. */
export interface Asked {
  readonly method: string;
  /** Path with its query, as the Engine API has it: `/containers/json?all=1`. */
  readonly path: string;
  /** The body of the answer is read piece by piece. */
  readonly isStream: boolean;
}

/** How long a request may take while the engine answers others (ms). */
export interface Patience {
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
export function patienceFor({ method, path, isStream }: Asked): Patience {
  const silenceMs = isEndless(path) ? EVER : TRANSFER_MS;
  return { answerMs: answerMs(method, path), silenceMs: isStream ? silenceMs : EVER };
}

/** True for what says nothing for as long as nothing happens. */
export function isEndless(path: string): boolean {
  return (
    path.startsWith('/events') ||
    /^\/containers\/[^/]{1,300}\/logs\?.{0,2000}\bfollow=(1|true)/.test(path)
  );
}

function answerMs(method: string, path: string): number {
  // Whoever waits for the end of a container has a limit of his own.
  if (/^\/containers\/[^/]+\/wait\b/.test(path)) return EVER;
  if (path.startsWith('/images/create')) return TRANSFER_MS;
  const graceS = /^\/containers\/[^/]{1,300}\/stop\?.{0,2000}\bt=(\d{1,9})/.exec(path)?.[1] ?? '0';
  if (method === 'GET' || method === 'HEAD') return READ_MS;
  return CHANGE_MS + Number(graceS) * SECOND;
}
