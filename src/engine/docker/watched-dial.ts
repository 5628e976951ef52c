import { PassThrough, pipeline, Readable } from 'node:stream';
import type Docker from 'dockerode';
import { asEngineError, statusOf } from './failure.js';
import type { Pulse } from './pulse.js';
import { isRedirect, isReply, StrangeReply } from './replies.js';
import { isEndless, limitsOf, type RequestLimits } from './request-limits.js';
import { Silence } from './silence.js';

type Sends = Docker['modem']['dial'];
type DialOptions = Parameters<Sends>[0];
type Answered = NonNullable<Parameters<Sends>[1]>;

/** Sends one request to the engine, as docker-modem does. */
export type Dial = (options: DialOptions, answered?: Answered) => void;

/** How often the engine is asked while an endless stream says nothing (ms). */
const ENDLESS_EVERY_MS = 30_000;

/**
 * A dial whose every request ends, with its answer or with a reason. docker-modem by itself waits
 * for ever for an engine that is frozen, and for the rest of an answer whose connection broke.
 * @param dial sends a request
 * @param endpoint of the engine, for messages
 */
export function watchedDial(dial: Dial, pulse: Pulse, endpoint: string): Dial {
  return (options, answered) => {
    const { method = 'GET', isStream = false, abortSignal } = options;
    const path = withQuery(options);
    const limits = limitsOf({ method, path, isStream });
    const ending = new AbortController();
    let isOver = false;
    const finish: Answered = (error, result) => {
      if (isOver) return;
      isOver = true;
      watch.stop();
      const isBody = isStream && options.hijack !== true && result instanceof Readable;
      if (isBody) guard(result, isEndless(path), limits, pulse, endpoint);
      const strange = strangeness(options, error, result);
      if (strange === undefined) answered?.(error, result);
      else answered?.(strange, null);
    };
    const watch = new Watch(pulse, limits.answerMs, pulse.everyMs, (why) => {
      finish(why, null);
      ending.abort();
    });
    const signals = [ending.signal, ...(abortSignal === undefined ? [] : [abortSignal])];
    const file = counted(options.file, watch);
    dial({ ...options, ...file, abortSignal: AbortSignal.any(signals) }, finish);
  };
}

/** What is wrong with an answer that no Docker Engine gives. */
function strangeness(
  { method = 'GET', path, isStream }: DialOptions,
  error: Error | null,
  result: unknown,
): StrangeReply | undefined {
  const status = statusOf(error);
  if (isRedirect(status)) return new StrangeReply(`HTTP ${status}: it sends the client elsewhere`);
  if (error !== null || isStream || isReply(method, path, result)) return undefined;
  return new StrangeReply(`not what is answered to ${method} ${path}`);
}

/** Ends a wait when the engine is gone or frozen, or when it has taken too long. */
class Watch {
  readonly #timer: NodeJS.Timeout;
  #waitedMs = 0;

  /** @param onLate is called once at most, with the reason */
  constructor(pulse: Pulse, limitMs: number, everyMs: number, onLate: (why: Error) => void) {
    const end = (why: Error) => {
      this.stop();
      onLate(why);
    };
    // Ticks are counted, not read off a clock: a process that was stopped has not waited.
    this.#timer = setInterval(() => {
      this.#waitedMs += everyMs;
      const waitedMs = this.#waitedMs;
      pulse.beat().then(() => {
        if (waitedMs >= limitMs) end(new Silence(waitedMs, true));
      }, end);
    }, everyMs);
  }

  /** Something has come, or gone. */
  moved(): void {
    this.#waitedMs = 0;
  }

  stop(): void {
    clearInterval(this.#timer);
  }
}

/** What is sent piece by piece is progress. */
function counted(file: DialOptions['file'], watch: Watch): Pick<DialOptions, 'file'> {
  if (typeof file === 'string' || Buffer.isBuffer(file)) return { file };
  if (file === undefined) return {};
  const through = new PassThrough();
  through.on('data', () => watch.moved()).pause();
  // A source that fails takes the request with it.
  return { file: pipeline(file, through, () => undefined) };
}

/** A stream that has begun ends with an error when the engine is gone. */
function guard(
  stream: Readable & { readonly socket?: { readonly bytesRead?: number } },
  endless: boolean,
  { silenceMs }: RequestLimits,
  pulse: Pulse,
  endpoint: string,
): void {
  const everyMs = endless ? ENDLESS_EVERY_MS : pulse.everyMs;
  const watch = new Watch(pulse, silenceMs, everyMs, (why) => {
    stream.destroy(asEngineError(why, 'send all of its answer', endpoint));
  });
  let seen = stream.socket?.bytesRead;
  const looking = setInterval(() => {
    const now = stream.socket?.bytesRead;
    // What nobody takes is not the engine's silence.
    if (now !== seen || stream.readableLength > 0) watch.moved();
    seen = now;
  }, everyMs / 2);
  stream.once('close', () => {
    watch.stop();
    clearInterval(looking);
  });
}

/** docker-modem puts the options into the query where the path ends with "?". */
function withQuery({ path, options = {} }: DialOptions): string {
  if (!path.endsWith('?')) return path;
  const words = Object.entries(options).filter(([, value]) => typeof value !== 'object');
  return path + words.map(([name, value]) => `${name}=${value}`).join('&');
}
