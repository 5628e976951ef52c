import { type ChildProcess, spawn } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import Docker from 'dockerode';
import type { StatusDocument } from './documents.js';
import { Terminal } from './on-terminal.js';
import type { Key } from './redis.js';

const BIN = fileURLToPath(new URL('../../bin/rsent.js', import.meta.url));
const DYING = fileURLToPath(new URL('dying.mjs', import.meta.url));

export interface Result {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

export interface RunningCommand {
  readonly child: ChildProcess;
  readonly result: Promise<Result>;
  /** Resolves when stderr has said this; rejects when the command ends without. */
  heard(text: string | RegExp): Promise<void>;
  /** What stdout has said until now. */
  printed(): string;
}

/** An engine, and how an rsent of the lab is told to use it. */
interface Place {
  readonly docker: Docker;
  readonly env: Readonly<Record<string, string>>;
  /** A command that runs the rest of its arguments at that place. */
  readonly through?: readonly string[];
}

/**
 * A place of its own for one test file: a data home, names that nobody else has, and the means to
 * look at the engine itself. `clean` removes all that its topologies could have left.
 */
export class Lab {
  readonly docker: Docker;
  readonly home: string;
  readonly #env: Readonly<Record<string, string>>;
  readonly #through: readonly string[];
  readonly #names = new Set<string>();
  static #count = 0;

  private constructor(home: string, { docker, env, through = [] }: Place) {
    this.home = home;
    this.docker = docker;
    this.#env = env;
    this.#through = through;
  }

  /** @throws Error naming the command to run when there is no engine or no image to test with */
  static async open(place: Place = { docker: new Docker(), env: {} }): Promise<Lab> {
    const lab = new Lab(await mkdtemp(join(tmpdir(), 'rsent-e2e-')), place);
    const help = 'Run the end-to-end tests with `npm test`, which prepares an engine and an image.';
    if (!process.env['RSENT_TEST_IMAGE']) throw new Error(`RSENT_TEST_IMAGE is not set. ${help}`);
    await lab.docker.ping().catch((error: Error) => {
      throw new Error(`No Docker Engine answers (${error.message}). ${help}`);
    });
    return lab;
  }

  /**
   * A topology name that no other test has; cleaned up at the end.
   * @param fits the first such name for which this is true
   */
  name(fits: (name: string) => boolean = () => true): string {
    let name: string;
    do name = `e2e-${process.pid}-${++Lab.#count}`;
    while (!fits(name));
    this.#names.add(name);
    return name;
  }

  /**
   * Start the CLI as a user would, in an environment of its own.
   * @param input its stdin: a text, or a pipe that whoever asks for it closes; nothing by default
   */
  start(
    args: readonly string[],
    env: Readonly<Record<string, string>> = {},
    input: string | { readonly pipe: true } | undefined = undefined,
    program: readonly string[] = [BIN],
  ): RunningCommand {
    const [command = '', ...words] = [...this.#through, process.execPath, ...program, ...args];
    const child = spawn(command, words, {
      cwd: this.home,
      stdio: [input === undefined ? 'ignore' : 'pipe', 'pipe', 'pipe'],
      env: { ...this.env(), ...env },
    });
    if (typeof input === 'string') child.stdin?.end(input);
    let stdout = '';
    let stderr = '';
    const listeners = new Set<() => void>();
    child.stdout?.on('data', (chunk) => {
      stdout += chunk;
    });
    child.stderr?.on('data', (chunk) => {
      stderr += chunk;
      for (const listener of listeners) listener();
    });
    const result = new Promise<Result>((resolve) => {
      child.on('close', (code) => resolve({ code, stdout, stderr }));
    });
    const heard = (text: string | RegExp) =>
      new Promise<void>((resolve, reject) => {
        const check = () => {
          if (typeof text === 'string' ? stderr.includes(text) : text.test(stderr)) resolve();
        };
        listeners.add(check);
        check();
        void result.then(() => reject(new Error(`It never said ${text}:\n${stderr}`)));
      });
    return { child, result, heard, printed: () => stdout };
  }

  run(...args: readonly string[]): Promise<Result> {
    return this.start(args).result;
  }

  /**
   * The same, killed by SIGKILL at a step of one of its plans.
   * @param at the id of the step; undefined: it goes on to its end
   * @returns with the steps that had begun, as `kind id`
   */
  async dying(
    args: readonly string[],
    at: string | undefined,
    moment: 'begins' | 'done' = 'done',
  ): Promise<Result & { readonly steps: readonly string[] }> {
    const file = join(this.home, `steps-${randomUUID()}`);
    const program = [DYING, file, at ?? '-', moment];
    const result = await this.start(args, {}, undefined, program).result;
    const text = await readFile(file, 'utf8').catch(() => '');
    return { ...result, steps: text.split('\n').filter((line) => line !== '') };
  }

  /** Start it on a terminal of its own. */
  onTerminal(...args: readonly string[]): Terminal {
    return new Terminal([process.execPath, BIN, ...args], { ...this.env(), TERM: 'xterm' });
  }

  /** The environment in which the CLI is started. */
  env(): NodeJS.ProcessEnv {
    return {
      PATH: process.env['PATH'],
      HOME: this.home,
      ...(process.env['DOCKER_HOST'] ? { DOCKER_HOST: process.env['DOCKER_HOST'] } : {}),
      RSENT_DATA_DIR: join(this.home, 'data'),
      RSENT_IMAGE: process.env['RSENT_TEST_IMAGE'],
      ...this.#env,
    };
  }

  /** Run it, require exit code 0, and give the JSON document that it printed. */
  async json<T>(...args: readonly string[]): Promise<T> {
    const result = await this.run(...args, '--json');
    if (result.code !== 0)
      throw new Error(`rsent ${args.join(' ')}: ${result.code}\n${result.stdout}${result.stderr}`);
    return JSON.parse(result.stdout) as T;
  }

  /**
   * What `status` says once it is healthy. Under load a Sentinel may take a node for silent for a
   * moment, so a single look proves little.
   * @throws Error with the last answer when it is never healthy
   */
  healthy(name: string): Promise<StatusDocument> {
    return this.#status(name, ({ code }) => code === 0);
  }

  /** As `healthy`, and once it has no findings at all. */
  faultless(name: string): Promise<StatusDocument> {
    return this.#status(
      name,
      ({ code, stdout }) => code === 0 && documentOf(stdout).findings.length === 0,
    );
  }

  async #status(name: string, good: (result: Result) => boolean): Promise<StatusDocument> {
    const { stdout } = await eventually(() => this.run('status', name, '--json'), good, 30_000);
    return documentOf(stdout);
  }

  /**
   * What a topology's nodes want to be told, and the authority that they are believed by.
   * @param user whose key, where each has its own
   */
  async key(name: string, user: 'app' | 'rsent' | 'sentinel' = 'app'): Promise<Key> {
    const read = (file: string) =>
      readFile(join(this.home, 'data', name, file), 'utf8').catch(() => undefined);
    const own = await read(`password.${user === 'app' ? 'rsent' : user}`);
    const [password, ca] = await Promise.all([read('password'), read('ca.crt')]);
    const known = user === 'app' ? password : (own ?? password);
    return {
      ...(own === undefined ? {} : { username: user }),
      ...(known === undefined ? {} : { password: known.trim() }),
      ...(ca === undefined ? {} : { ca }),
    };
  }

  /** Names of all containers, networks and volumes that carry this topology's labels. */
  async leftovers(name: string): Promise<string[]> {
    const filters = { label: [`rsent.topology=${name}`] };
    const [containers, networks, { Volumes }] = await Promise.all([
      this.docker.listContainers({ all: true, filters }),
      this.docker.listNetworks({ filters }),
      this.docker.listVolumes({ filters }),
    ]);
    return [
      ...containers.flatMap((each) => each.Names),
      ...networks.map((each) => each.Name),
      ...(Volumes ?? []).map((each) => each.Name),
    ];
  }

  async clean(): Promise<void> {
    for (const name of this.#names) {
      const { stdout } = await this.run('down', name, '--volumes', '--yes');
      // What was brought up with another data home is removed with that one only.
      const [, home] = /--data-dir (\/\S+) removes it/.exec(stdout) ?? [];
      if (home === undefined) continue;
      await this.run('down', name, '--volumes', '--yes', '--data-dir', home);
    }
    await rm(this.home, { recursive: true, force: true });
  }
}

function documentOf(stdout: string): StatusDocument {
  return JSON.parse(stdout) as StatusDocument;
}

/**
 * Ask until the answer is good. A question that costs much, as a run of rsent does, is asked less
 * often: it would take the processor from those who bring the answer about.
 * @throws Error with the last answer when it is never good
 */
export async function eventually<T>(
  question: () => Promise<T>,
  good: (answer: T) => boolean,
  withinMs = 20_000,
): Promise<T> {
  const deadline = Date.now() + withinMs;
  for (;;) {
    const asked = Date.now();
    const answer = await question();
    if (good(answer)) return answer;
    if (Date.now() > deadline) throw new Error(`Still: ${JSON.stringify(answer, null, 1)}`);
    const tookMs = Date.now() - asked;
    await new Promise((resolve) => setTimeout(resolve, Math.min(Math.max(50, 2 * tookMs), 1000)));
  }
}
