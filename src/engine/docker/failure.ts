import { codeOf, messageOf, RsentError } from '../../model/errors.js';
import { EngineError, type EngineFailure } from '../engine.js';
import { Silence, Swallowed } from './silence.js';

/** The engine's own words, sorted. The first match wins. */
const SIGNS: readonly [RegExp, EngineFailure][] = [
  [
    /No such image|not found: manifest|manifest unknown|repository does not exist/i,
    'no-such-image',
  ],
  [
    /container name .{0,300} is already in use|network with name .{0,300} already exists/i,
    'name-taken',
  ],
  [
    /Pool overlaps|overlaps with other one|no available IPv4|conflicts with network/i,
    'subnet-taken',
  ],
  [/user[- ]specified IP address is supported/i, 'no-fixed-address'],
  [/port is already allocated|address already in use/i, 'port-taken'],
];

/**
 * Any thrown thing as an EngineError that says what rsent was doing.
 * @param doing completes "Docker could not …"
 */
export function asEngineError(error: unknown, doing: string, endpoint: string): RsentError {
  if (error instanceof RsentError) return error;
  if (error instanceof Silence) return silentError(error, doing, endpoint);
  if (error instanceof Swallowed) return swallowedError(error, endpoint);
  const code = codeOf(error);
  const unreachable =
    code !== undefined && /^(ECONN|ENOENT|EACCES|ENOTFOUND|EPIPE|ETIMEDOUT|EHOST)/.test(code);
  if (unreachable) return unreachableError(error, endpoint, code);
  const words = reasonOf(error);
  const status = statusOf(error);
  const sign = SIGNS.find(([pattern]) => pattern.test(words))?.[1];
  const failure = sign ?? (status === 404 ? 'not-found' : 'other');
  return new EngineError(failure, `Docker could not ${doing}: ${words}`, { cause: error });
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

function unreachableError(error: unknown, endpoint: string, code: string): EngineError {
  const hint =
    code === 'EACCES'
      ? 'Your user may not use it: add it to the group docker and log in again, or use sudo.'
      : 'Start it (for example: sudo systemctl start docker), or point DOCKER_HOST or docker context at one that runs. On Debian or Ubuntu, npm start in the rsent repository installs and starts one.';
  return new EngineError('unreachable', `No Docker Engine answers at ${endpoint} (${code}).`, {
    hint,
    cause: error,
  });
}

/** The engine's own words, without the HTTP wrapping where that is possible. */
export function reasonOf(error: unknown): string {
  if (typeof error === 'object' && error !== null && 'json' in error) {
    const body = error.json;
    if (typeof body === 'object' && body !== null && 'message' in body) return String(body.message);
  }
  return messageOf(error);
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
