import { messageOf, RsentError } from '../../model/errors.js';
import { EngineError } from '../engine.js';
import { connectionFailure, strangeFailure } from './connection-signs.js';
import { StrangeReply } from './replies.js';
import type { Meaning } from './sign.js';
import { meaningOf } from './signs.js';
import { Silence, Swallowed } from './silence.js';

const MOST_WORDS = 400;

/**
 * Any thrown thing as an EngineError that says what rsent was doing, and what to do next.
 * @param doing completes "Docker could not …"
 */
export function asEngineError(error: unknown, doing: string, endpoint: string): RsentError {
  if (error instanceof RsentError) return error;
  if (error instanceof Silence) return silentError(error, doing, endpoint);
  if (error instanceof Swallowed) return swallowedError(error, endpoint);
  if (error instanceof StrangeReply) return strangeFailure(error, doing, endpoint);
  const broken = connectionFailure(error, endpoint);
  if (broken !== undefined) return broken;
  const { failure, sentence, hint } = explain(error);
  return new EngineError(failure, `Docker could not ${doing}: ${sentence}.`, {
    hint,
    cause: error,
  });
}

/** What an answer of the engine means. Words that nobody has met yet are quoted as its own. */
function explain(error: unknown): Meaning {
  const words = messageOf(error);
  const status = statusOf(error);
  const known = meaningOf(words);
  if (known !== undefined) return known;
  if (status === undefined) {
    const sentence = 'something failed on the way to it that rsent has no words for';
    return { failure: 'other', sentence, hint: 'Run it again with --debug to see what.' };
  }
  return {
    failure: status === 404 ? 'not-found' : 'other',
    sentence: words === '' ? `it answers HTTP ${status} and gives no reason` : quoted(words),
    hint: `${words === '' ? '' : 'These are the engine’s own words; rsent does not know them. '}Its log may say more (journalctl -u docker), and docker info how it is.`,
  };
}

/** The engine's own words as such, on one line and not without end. */
export function quoted(words: string): string {
  return words === '' ? 'it gives no reason' : `it says ${JSON.stringify(onOneLine(words))}`;
}

function onOneLine(words: string): string {
  const line = words.replace(/\s+/g, ' ').trim().replace(/\.$/, '');
  return line.length > MOST_WORDS ? `${line.slice(0, MOST_WORDS)}…` : line;
}

/** HTTP status of an API error, or undefined. */
export function statusOf(error: unknown): number | undefined {
  if (typeof error !== 'object' || error === null || !('statusCode' in error)) return undefined;
  return typeof error.statusCode === 'number' ? error.statusCode : undefined;
}

function silentError(silence: Silence, doing: string, endpoint: string): EngineError {
  const { afterMs, isAlive } = silence;
  const time = `${afterMs / 1000} s`;
  const message = isAlive
    ? `The Docker Engine at ${endpoint} is there, but has not done this within ${time}: ${doing}.`
    : `The Docker Engine at ${endpoint} accepts connections, but has not answered for ${time} (${doing}).`;
  return new EngineError('silent', message, {
    hint: `It is frozen or overloaded. "docker ps" shows whether it answers; restart it if it does not (for example: sudo systemctl restart docker), then run this again.`,
    cause: silence,
  });
}

function swallowedError(swallowed: Swallowed, endpoint: string): EngineError {
  const { afterMs, hasAddress } = swallowed;
  const time = `${afterMs / 1000} s`;
  const message = hasAddress
    ? `No connection to a Docker Engine at ${endpoint} within ${time}: nobody takes it, and nobody refuses it.`
    : `The name of the machine in ${endpoint} was not resolved within ${time}.`;
  const hint = hasAddress
    ? 'The machine is off, or a firewall drops what is sent there. Check DOCKER_HOST or docker context ls.'
    : 'Check the name in DOCKER_HOST or docker context ls, and the name servers of this machine.';
  return new EngineError('unreachable', message, { hint, cause: swallowed });
}

/** What the engine answers; undefined where it says 404, as the thing is not there. */
export async function orMissing<T>(promise: Promise<T>): Promise<T | undefined> {
  return promise.catch((error: unknown) => {
    if (statusOf(error) === 404) return undefined;
    throw error;
  });
}

/** Done, or 304: it is in that state already. */
export async function orAlready(promise: Promise<unknown>): Promise<void> {
  await promise.catch((error: unknown) => {
    if (statusOf(error) !== 304) throw error;
  });
}
