import { once } from 'node:events';
import type { Readable } from 'node:stream';
import type { Attached, Engine, TerminalSize } from '../engine/engine.js';
import { RsentError } from '../model/errors.js';
import {
  type ClientCommand,
  clientCommand,
  holderCommand,
  signalCommand,
} from '../plan/client-command.js';
import type { Seat } from './seat.js';
import { NEVER, waitFor } from './wait.js';

/** How long the engine may take to tell the exit code of what has ended (ms). */
const LAST_WORD_MS = 5000;

/** redis-cli at work in a container, for somebody outside of it. */
export class InnerClient {
  readonly #engine: Engine;
  readonly #container: string;
  #attached: Attached | undefined;
  #pid: string | undefined;

  constructor(engine: Engine, container: string) {
    this.#engine = engine;
    this.#container = container;
  }

  /**
   * Begin; it has the password when this is done.
   * @param size of its terminal; none: it has pipes
   */
  async start(
    command: ClientCommand,
    password: string | undefined,
    size: TerminalSize | undefined,
  ): Promise<void> {
    const tty = size !== undefined;
    const holder = password !== undefined && tty ? await this.#hold(password) : undefined;
    try {
      const source =
        holder === undefined ? ('first line of stdin' as const) : { heldBy: holder.pid };
      const secret = password === undefined ? {} : { password: source };
      const announced = tty ? 'and wait' : 'at once';
      const words = clientCommand({ ...command, ...secret, announced });
      const attached = await this.#engine.attach(this.#container, words, tty);
      this.#attached = attached;
      if (password !== undefined && !tty) attached.stdin.write(`${password}\n`);
      this.#pid = await pidFrom(tty ? attached.stdout : attached.stderr);
      if (tty && this.#pid !== undefined) await sized(attached, size);
    } finally {
      holder?.attached.close();
    }
  }

  /** Pass on what comes and goes until it ends; gives its exit code. */
  async serve(seat: Seat, reads: boolean, signal: AbortSignal): Promise<number> {
    const attached = this.#started();
    const { stdin, stdout, stderr, ended } = attached;
    const restore = seat.tty ? seat.raw() : () => {};
    stdout.pipe(seat.stdout, { end: false });
    stderr.pipe(seat.stderr, { end: false });
    if (reads) seat.stdin.pipe(stdin);
    else stdin.end();
    // What it writes from now on is for nobody; it must not be stopped by that before it ends.
    onAbort(seat.closed, () => {
      stdout.unpipe().resume();
      void this.#tell('PIPE');
    });
    onAbort(seat.hungUp, () => void this.#tell('HUP'));
    onAbort(signal, () => void this.#tell('INT'));
    if (seat.tty) seat.onResize(() => void attached.resize(seat.size()));
    try {
      await ended;
      return await this.#exitCode();
    } finally {
      // From now on another process may have its id.
      this.#pid = undefined;
      seat.stdin.unpipe(stdin);
      restore();
      seat.leave();
      attached.close();
    }
  }

  /** Keep the password where only a process of the same user in the same container finds it. */
  async #hold(password: string): Promise<{ readonly attached: Attached; readonly pid: string }> {
    const attached = await this.#engine.attach(this.#container, holderCommand(), false);
    attached.stdin.write(`${password}\n`);
    const pid = await pidFrom(attached.stdout);
    if (pid !== undefined) return { attached, pid };
    attached.close();
    throw new RsentError('engine', `${this.#container} cannot be told its password.`);
  }

  async #exitCode(): Promise<number> {
    const code = await waitFor(() => this.#started().exitCode(), {
      deadline: Date.now() + LAST_WORD_MS,
      everyMs: 20,
      signal: NEVER,
    }).catch(() => undefined);
    if (code !== undefined) return code;
    throw new RsentError('engine', `The connection to ${this.#container} broke.`);
  }

  /** The engine ends nothing when it is left: without this the client would stay for ever. */
  async #tell(signal: 'INT' | 'PIPE' | 'HUP'): Promise<void> {
    if (this.#pid === undefined) return this.#started().close();
    const command = signalCommand(signal, this.#pid);
    await this.#engine.attach(this.#container, command, false).then(
      async (messenger) => {
        await messenger.ended;
        messenger.close();
      },
      () => this.#started().close(),
    );
  }

  #started(): Attached {
    if (this.#attached === undefined) throw new Error('it was not started');
    return this.#attached;
  }
}

function onAbort(signal: AbortSignal, act: () => void): void {
  if (signal.aborted) act();
  else signal.addEventListener('abort', act, { once: true });
}

/**
 * A client that finds a terminal without a size asks the terminal for it, which not all answer; so
 * it is started after that. The empty line for which it waits comes back as it is typed.
 */
async function sized({ stdin, stdout, resize }: Attached, size: TerminalSize): Promise<void> {
  await resize(size);
  stdin.write('\n');
  await lineFrom(stdout);
}

/**
 * The process id that a shell of ours says as its first line. What follows it stays in the stream;
 * all does when that line is something else, as it is when the shell could not be started.
 */
async function pidFrom(stream: Readable): Promise<string | undefined> {
  const line = await lineFrom(stream);
  const pid = /^(\d{1,10})\r?\n$/.exec(line.toString('latin1'))?.[1];
  if (pid === undefined && line.length > 0) stream.unshift(line);
  return pid;
}

/** The next line, with its end; empty when the stream ends before. */
async function lineFrom(stream: Readable): Promise<Buffer> {
  let seen = Buffer.alloc(0);
  while (!seen.includes('\n')) {
    const chunk: Buffer | null = stream.read();
    if (chunk !== null) seen = Buffer.concat([seen, chunk]);
    else if (stream.readableEnded || stream.destroyed) return Buffer.alloc(0);
    else await Promise.race([once(stream, 'readable'), once(stream, 'end')]);
  }
  const end = seen.indexOf('\n') + 1;
  if (end < seen.length) stream.unshift(seen.subarray(end));
  return seen.subarray(0, end);
}
