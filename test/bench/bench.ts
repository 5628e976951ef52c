import { type ChildProcess, spawn } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import Docker from 'dockerode';
import { BENCH_LABEL, HOME_PREFIX, removeAll } from './leftovers.js';
import { inRepository } from './place.js';

const BIN = inRepository('bin', 'rsent.js');
const PEAK = inRepository('test', 'bench', 'peak.mjs');

/** A process that ended well: how long it took, what it said. */
export interface Ran {
  readonly seconds: number;
  readonly stdout: string;
}

/**
 * A place of its own for a run: a data home, names that nobody else has, and all processes that it
 * started. `close` leaves nothing behind.
 */
export class Bench {
  readonly docker = new Docker();
  /** Value of the label on all that is not rsent's. */
  readonly id = String(process.pid);
  readonly home: string;
  readonly image: string;
  readonly signal: AbortSignal;
  /** What could not be removed in between; `close` tries again. */
  readonly complaints: string[] = [];
  readonly #children = new Set<ChildProcess>();
  #count = 0;
  #ports = 0;

  private constructor(home: string, image: string, signal: AbortSignal) {
    this.home = home;
    this.image = image;
    this.signal = signal;
    signal.addEventListener('abort', () => this.#kill());
  }

  /** @param signal aborted: everything under way ends with an error */
  static async open(image: string, signal: AbortSignal): Promise<Bench> {
    const home = await mkdtemp(join(tmpdir(), `${HOME_PREFIX}${process.pid}-`));
    return new Bench(home, image, signal);
  }

  get labels(): Record<string, string> {
    return { [BENCH_LABEL]: this.id };
  }

  /** A name that nothing else has. */
  name(kind: string): string {
    this.#count += 1;
    return `bench-${this.id}-${kind}-${this.#count}`;
  }

  /** Ports that nothing else of this run has, for up to a hundred nodes of a kind. */
  ownPorts(): string[] {
    this.#ports += 100;
    const first = (range: number) => String(range + this.#ports);
    return ['--redis-port', first(16_900), '--sentinel-port', first(26_900)];
  }

  /** Run rsent as a user would, in a data home of its own. @throws Error when it does not exit 0 */
  rsent(...args: readonly string[]): Promise<Ran> {
    return this.run(process.execPath, [BIN, ...args], this.#rsentEnv());
  }

  /** The same, with the greatest memory that its process had, MB. */
  async rsentWithPeak(...args: readonly string[]): Promise<Ran & { readonly megabytes: number }> {
    const file = join(this.home, `peak-${randomUUID()}`);
    const env = { ...this.#rsentEnv(), RSENT_BENCH_PEAK: file };
    const ran = await this.run(process.execPath, ['--import', PEAK, BIN, ...args], env);
    const megabytes = Number(await readFile(file, 'utf8')) / 1024;
    return { ...ran, megabytes };
  }

  /**
   * Run a program to its end. The time is from before it is spawned until it is gone.
   * @throws Error with its last words when it does not exit 0, or when the bench was interrupted
   */
  async run(program: string, args: readonly string[], env = process.env): Promise<Ran> {
    this.signal.throwIfAborted();
    const began = performance.now();
    const child = spawn(program, args, { cwd: this.home, env, stdio: ['ignore', 'pipe', 'pipe'] });
    this.#children.add(child);
    try {
      const { stdout, stderr, code } = await ended(child);
      const seconds = (performance.now() - began) / 1000;
      this.signal.throwIfAborted();
      if (code === 0) return { seconds, stdout };
      throw new Error(`${basename(program)} ${args.join(' ')}: exit ${code}\n${stdout}${stderr}`);
    } finally {
      this.#children.delete(child);
    }
  }

  /** Do something with a topology of its own, which is gone afterwards with its data. */
  async withTopology<T>(kind: string, act: (name: string) => Promise<T>): Promise<T> {
    const name = this.name(kind);
    try {
      return await act(name);
    } finally {
      await this.forget(name);
    }
  }

  /** Remove a topology with its data. That it could not be is a complaint, not the end of the run. */
  async forget(name: string): Promise<void> {
    await this.rsent('down', name, '--volumes', '--yes').catch(({ message }: Error) => {
      if (!this.signal.aborted) this.complaints.push(message);
    });
  }

  /** Remove the containers and networks that rsent did not make: those of a floor or a peer. */
  tidy(): Promise<void> {
    return removeAll(this.docker, { id: this.id });
  }

  /** End what still runs, and remove all that this run made. */
  async close(): Promise<void> {
    this.#kill();
    try {
      await removeAll(this.docker, { id: this.id, home: this.home });
    } finally {
      await rm(this.home, { recursive: true, force: true });
    }
  }

  #kill(): void {
    for (const child of this.#children) child.kill('SIGKILL');
  }

  #rsentEnv(): NodeJS.ProcessEnv {
    return {
      PATH: process.env['PATH'],
      HOME: this.home,
      ...(process.env['DOCKER_HOST'] ? { DOCKER_HOST: process.env['DOCKER_HOST'] } : {}),
      RSENT_DATA_DIR: join(this.home, 'data'),
      RSENT_IMAGE: this.image,
    };
  }
}

function ended(child: ChildProcess) {
  let [stdout, stderr] = ['', ''];
  child.stdout?.on('data', (chunk) => {
    stdout += chunk;
  });
  child.stderr?.on('data', (chunk) => {
    stderr += chunk;
  });
  return new Promise<{ stdout: string; stderr: string; code: number | null }>((resolve, reject) => {
    child.on('error', reject);
    child.on('close', (code) => resolve({ stdout, stderr, code }));
  });
}

/** Wait until all have ended, the failing ones too. @throws the first error */
export async function all<T>(acts: readonly Promise<T>[]): Promise<void> {
  await Promise.allSettled(acts);
  await Promise.all(acts);
}

/** How long something takes, seconds. */
export async function secondsOf(act: () => Promise<unknown>): Promise<number> {
  const began = performance.now();
  await act();
  return (performance.now() - began) / 1000;
}
