import type { Readable } from 'node:stream';
import type { Attached, Engine, TerminalSize } from '../engine/engine.js';
import { RsentError } from '../model/errors.js';
import {
  type ClientCommand,
  clientCommand,
  holderCommand,
  isRefusedAsFrozen,
  isRefusedIn,
  signalCommand,
} from '../plan/client-command.js';
import {
  type Hold,
  heldError,
  holdOn,
  USUAL_WATCH,
  untilHeld,
  type WatchLimits,
  type Whom,
} from './client-watch.js';
import { inTime, lineFrom } from './first-line.js';
import type { Seat } from './seat.js';
import { NEVER, waitFor } from './wait.js';

/** How long the engine may take to tell the exit code of what has ended (ms). */
const LAST_WORD_MS = 5000;

/** redis-cli at work in a container, for somebody outside of it. */
export class InnerClient {
  readonly #engine: Engine;
  readonly #whom: Whom;
  readonly #limits: WatchLimits;
  #attached: Attached | undefined;
  #pid: string | undefined;

  constructor(engine: Engine, whom: Whom, limits = USUAL_WATCH) {
    this.#engine = engine;
    this.#whom = whom;
    this.#limits = limits;
  }

  /**
   * Begin; it has the password when this is done.
   * @param size of its terminal; none: it has pipes
   * @throws RsentError `topology` when nothing begins there, `interrupted` when the signal is aborted
   */
  async start(
    command: ClientCommand,
    password: string | undefined,
    size: TerminalSize | undefined,
    signal: AbortSignal,
  ): Promise<void> {
    const tty = size !== undefined;
    const holder = password !== undefined && tty ? await this.#hold(password, signal) : undefined;
    try {
      const source =
        holder === undefined ? ('first line of stdin' as const) : { heldBy: holder.pid };
      const secret = password === undefined ? {} : { password: source };
      const announced = tty ? 'and wait' : 'at once';
      const words = clientCommand({ ...command, ...secret, announced });
      const attached = await this.#engine.attach(this.#whom.container, words, tty);
      this.#attached = attached;
      if (password !== undefined && !tty) attached.stdin.write(`${password}\n`);
      this.#pid = await this.#begun(tty ? attached.stdout : attached.stderr, attached, signal);
      if (tty && this.#pid !== undefined) await sized(attached, size, this.#limits.beginMs);
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
    const watch = new AbortController();
    const held = this.#held(seat, watch.signal);
    try {
      const hold = await Promise.race([ended, held]);
      if (hold !== undefined) throw await this.#givenUp(hold);
      return await this.#exitCode();
    } finally {
      watch.abort();
      // From now on another process may have its id.
      this.#pid = undefined;
      seat.stdin.unpipe(stdin);
      restore();
      seat.leave();
      attached.close();
    }
  }

  /** How the node is held, once it stays so; never where it goes on to the end. */
  async #held({ tty, stdin }: Seat, signal: AbortSignal): Promise<Hold> {
    const { stdout, stderr } = this.#started();
    let hasMoved = false;
    const note = () => {
      hasMoved = true;
    };
    for (const each of [stdout, stderr]) each.on('data', note);
    const moved = () => {
      const has = hasMoved;
      hasMoved = false;
      return has;
    };
    // Who sits at a terminal leaves it when they want to, with a key that is for the client.
    if (tty) await keyPressed(stdin, CTRL_C, signal);
    const look = () => holdOn(this.#engine, this.#whom.container, this.#limits);
    const limits = tty
      ? { ...this.#limits, lookMs: this.#limits.lookMs / 4, looks: 1 }
      : this.#limits;
    return untilHeld(look, moved, limits, signal);
  }

  async #givenUp(hold: Hold): Promise<RsentError> {
    await inTime(this.#tell('INT'), LAST_WORD_MS);
    return heldError(this.#whom, hold);
  }

  /** The process id of a shell of ours that says it; undefined where something else stands there. */
  async #begun(
    stream: Readable,
    attached: Attached,
    signal: AbortSignal,
  ): Promise<string | undefined> {
    const line = await inTime(lineFrom(stream), this.#limits.beginMs, signal);
    const pid = /^(\d{1,10})\r?\n$/.exec(line?.toString('latin1') ?? '')?.[1];
    if (pid !== undefined) return pid;
    // An engine says in either stream why nothing has begun.
    const isElsewhere = line?.length === 0 && stream !== attached.stdout;
    const source = isElsewhere ? attached.stdout : stream;
    const said = isElsewhere ? await inTime(lineFrom(source), this.#limits.beginMs, signal) : line;
    const words = said?.toString('latin1');
    if (said !== undefined && words !== undefined && !isRefusedIn(words)) {
      if (said.length > 0 && !source.readableEnded) source.unshift(said);
      return undefined;
    }
    attached.close();
    if (signal.aborted) throw new RsentError('interrupted', 'Interrupted.');
    const isHeld = words === undefined || isRefusedAsFrozen(words);
    throw isHeld ? heldError(this.#whom, 'frozen') : cannotBegin(this.#whom);
  }

  /** Keep the password where only a process of the same user in the same container finds it. */
  async #hold(
    password: string,
    signal: AbortSignal,
  ): Promise<{ readonly attached: Attached; readonly pid: string }> {
    const attached = await this.#engine.attach(this.#whom.container, holderCommand(), false);
    attached.stdin.write(`${password}\n`);
    const pid = await this.#begun(attached.stdout, attached, signal);
    if (pid !== undefined) return { attached, pid };
    attached.close();
    throw new RsentError('engine', `${this.#whom.container} cannot be told its password.`);
  }

  async #exitCode(): Promise<number> {
    const code = await waitFor(() => this.#started().exitCode(), {
      deadline: Date.now() + LAST_WORD_MS,
      everyMs: 20,
      signal: NEVER,
    }).catch(() => undefined);
    if (code !== undefined) return code;
    throw new RsentError('engine', `The connection to ${this.#whom.container} broke.`);
  }

  /** The engine ends nothing when it is left: without this the client would stay for ever. */
  async #tell(signal: 'INT' | 'PIPE' | 'HUP'): Promise<void> {
    if (this.#pid === undefined) return this.#started().close();
    const command = signalCommand(signal, this.#pid);
    await this.#engine.attach(this.#whom.container, command, false).then(
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
async function sized(
  { stdin, stdout, resize }: Attached,
  size: TerminalSize,
  limitMs: number,
): Promise<void> {
  await resize(size);
  stdin.write('\n');
  await inTime(lineFrom(stdout), limitMs);
}

const CTRL_C = 0x03;

/** Resolves when this byte is typed. */
function keyPressed(stdin: Readable, key: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const look = (chunk: Buffer) => {
      if (!chunk.includes(key)) return;
      stdin.off('data', look);
      resolve();
    };
    stdin.on('data', look);
    onAbort(signal, () => stdin.off('data', look));
  });
}

function cannotBegin({ container }: Whom): RsentError {
  return new RsentError('topology', `No client can be begun in the container ${container}.`, {
    hint: `Its image needs /bin/sh and redis-cli or valkey-cli. docker exec ${container} redis-cli PING shows what it lacks.`,
  });
}
