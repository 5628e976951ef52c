import { type ChildProcessByStdio, spawn } from 'node:child_process';
import { Agent } from 'node:http';
import type { Socket } from 'node:net';
import { Duplex, type Readable, type Writable } from 'node:stream';
import { codeOf, messageOf } from '../../model/errors.js';
import { EngineError } from '../engine.js';

/** Requests beyond these wait for one that is answered. */
const MOST_CONNECTIONS = 8;
/** sshd refuses at random when more than ten wait to be let in (sshd_config, MaxStartups). */
const MOST_LOGINS = 8;
/** Who has said nothing by then is let in, and waits for the engine (ms). */
const LOGIN_MS = 3000;
const WORDS_KEPT = 2000;
const PLAIN_PATH = /^[A-Za-z0-9._/-]*$/;

/**
 * The command that brings stdin and stdout to the engine of another machine, as the docker command
 * itself does it: the user's own ssh knows hosts, keys and jumps.
 * @throws EngineError when the path of the socket could mean something to a shell
 */
export function sshArguments(endpoint: string): string[] {
  const url = new URL(endpoint);
  const path = url.pathname === '/' ? '' : url.pathname;
  if (!PLAIN_PATH.test(path)) {
    throw new EngineError('unreachable', `The path in ${endpoint} cannot be used over ssh.`);
  }
  return [
    // There is no terminal to ask at, and several connections are made at once.
    ...['-o', 'BatchMode=yes', '-o', 'ConnectTimeout=10', '-T'],
    ...(url.username === '' ? [] : ['-l', decodeURIComponent(url.username)]),
    ...(url.port === '' ? [] : ['-p', url.port]),
    // Whatever the host is called, it is no option.
    ...['--', url.hostname.replace(/^\[|\]$/g, ''), 'docker'],
    ...(path === '' ? [] : ['--host', `unix://${path}`]),
    ...['system', 'dial-stdio'],
  ];
}

/** Lets few log in at the same time, however many will be connected. */
export class Gate {
  #inside = 0;
  readonly #waiting: (() => void)[] = [];

  /** @param begin called when there is room */
  enter(begin: () => void): void {
    if (this.#inside >= MOST_LOGINS) {
      this.#waiting.push(begin);
      return;
    }
    this.#inside++;
    begin();
  }

  leave(): void {
    this.#inside--;
    const next = this.#waiting.shift();
    if (next !== undefined) this.enter(next);
  }
}

export interface SshAgentOptions {
  /** Shared by all that log in at the same machine. */
  readonly gate?: Gate;
  /** How many connections there may be at once. */
  readonly most?: number;
  readonly program?: string;
}

/** Makes connections to an engine through ssh, and keeps them for the next request. */
export class SshAgent extends Agent {
  readonly #endpoint: string;
  readonly #program: string;
  readonly #gate: Gate;

  constructor(endpoint: string, options: SshAgentOptions = {}) {
    const { gate = new Gate(), most = MOST_CONNECTIONS, program = 'ssh' } = options;
    super({ keepAlive: true, maxSockets: most });
    this.#endpoint = endpoint;
    this.#program = program;
    this.#gate = gate;
  }

  override createConnection(_: unknown, done: (error: Error | null, socket?: Duplex) => void) {
    this.#gate.enter(() => {
      const connection = new SshConnection(this.#endpoint, this.#program);
      connection.onceLoggedIn(() => this.#gate.leave());
      done(null, connection);
    });
    return undefined;
  }
}

/** One ssh at work. What it is besides a stream, an http.Agent wants of a socket. */
class SshConnection extends Duplex {
  readonly #child: ChildProcessByStdio<Writable, Readable, Readable>;
  #words = '';
  #bytesRead = 0;

  constructor(endpoint: string, program: string) {
    super();
    // A session of its own: Ctrl-C is for rsent, which needs the engine to clean up.
    const child = spawn(program, sshArguments(endpoint), {
      detached: true,
      stdio: ['pipe', 'pipe', 'pipe'],
    });
    this.#child = child;
    child.stdout.on('data', (chunk: Buffer) => {
      this.#bytesRead += chunk.length;
      if (!this.push(chunk)) child.stdout.pause();
    });
    child.stderr.on('data', (chunk: Buffer) => {
      this.#words = `${this.#words}${chunk}`.slice(-WORDS_KEPT);
    });
    // Why it ended is told by its exit code, a moment later.
    child.stdin.on('error', () => undefined);
    child.on('error', (error) => this.destroy(this.#failure(endpoint, error)));
    child.on('close', (code) => {
      if (code === 0) this.push(null);
      else this.destroy(this.#failure(endpoint));
    });
  }

  /** As that of a net.Socket. */
  get bytesRead(): number {
    return this.#bytesRead;
  }

  /** Called once: at the first answer, at the end, or when a login should be over. */
  onceLoggedIn(act: () => void): void {
    const timer = setTimeout(() => done(), LOGIN_MS).unref();
    const done = () => {
      clearTimeout(timer);
      this.#child.stdout.off('data', done);
      this.off('close', done);
      act();
    };
    this.#child.stdout.on('data', done);
    this.on('close', done);
  }

  override _read(): void {
    this.#child.stdout.resume();
  }

  override _write(chunk: Buffer, _: string, done: () => void): void {
    this.#child.stdin.write(chunk, () => done());
  }

  override _final(done: () => void): void {
    this.#child.stdin.end(() => done());
  }

  override _destroy(error: Error | null, done: (error: Error | null) => void): void {
    // An ssh ends when it is told to; what else may stand in its place, when nobody speaks to it any more.
    this.#child.stdin.destroy();
    this.#child.kill();
    done(error);
  }

  ref(): this {
    return this.#hold((each) => each.ref());
  }

  /** A connection that waits for the next request keeps nobody from ending. */
  unref(): this {
    return this.#hold((each) => each.unref());
  }

  setKeepAlive(): this {
    return this;
  }

  setNoDelay(): this {
    return this;
  }

  setTimeout(): this {
    return this;
  }

  #hold(act: (each: { ref(): unknown; unref(): unknown }) => unknown): this {
    const { stdin, stdout, stderr } = this.#child;
    for (const each of [this.#child, stdin, stdout, stderr]) act(each as unknown as Socket);
    return this;
  }

  #failure(endpoint: string, error?: Error): EngineError {
    if (codeOf(error) === 'ENOENT') {
      return new EngineError('unreachable', `${endpoint} needs ssh, which is not installed here.`);
    }
    const words = error === undefined ? this.#words.trim() : messageOf(error);
    return new EngineError(
      'unreachable',
      `ssh did not reach a Docker Engine at ${endpoint}${words === '' ? '.' : `: ${words}`}`,
      {
        hint: `Try it by hand: ssh ${sshArguments(endpoint).slice(4, -2).join(' ')} version. rsent cannot ask for a password there: use a key, with ssh-agent where it has a passphrase.`,
      },
    );
  }
}
