import { type ChildProcess, fork } from 'node:child_process';
import { setTimeout as sleep } from 'node:timers/promises';
import type { ProbeCost, ProbeRead, ProbeWrite } from '../../model/client.js';
import { RsentError } from '../../model/errors.js';
import type { Heard, ProbeOrder, Told } from './messages.js';

/** For handing over the last writes. */
const STOP_MS = 5000;

/** The probe's clients in their own process, from the first write to the last. */
export class Probe {
  readonly writes: ProbeWrite[] = [];
  readonly reads: ProbeRead[] = [];
  readonly #child: ChildProcess;
  readonly #ended: Promise<ProbeCost | undefined>;
  #onCost: (cost: ProbeCost) => void = () => {};
  #stderr = '';

  /**
   * Start writing.
   * @param program the file of the process that writes
   */
  constructor(program: string, order: ProbeOrder) {
    this.#child = fork(program, {
      env: withoutSecrets(),
      stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
      execArgv: [],
    });
    this.#child.stderr?.on('data', (chunk: Buffer) => {
      this.#stderr += chunk.toString();
    });
    this.#child.on('message', (heard: Heard) => this.#hear(heard));
    this.#child.on('error', (error) => {
      this.#stderr += error.message;
    });
    this.#ended = new Promise((resolve) => {
      this.#onCost = resolve;
      this.#child.once('exit', () => resolve(undefined));
    });
    this.#tell({ order });
  }

  /**
   * Stop writing; then every write is known.
   * @throws RsentError `bug` when the process died before
   */
  async stop(): Promise<ProbeCost> {
    this.#tell({ stop: true });
    const cost = await Promise.race([this.#ended, sleep(STOP_MS, undefined, { ref: false })]);
    this.close();
    if (cost !== undefined) return cost;
    throw new RsentError('bug', `The probe's process ended too early. ${this.#stderr}`.trim());
  }

  /** Let the process end, whatever it does. */
  close(): void {
    if (this.#child.connected) this.#child.disconnect();
    // It heeds no other signal, as those of a terminal reach it too.
    this.#child.kill('SIGKILL');
  }

  #tell(told: Told): void {
    if (this.#child.connected) this.#child.send(told, () => {});
  }

  #hear(heard: Heard): void {
    if ('cost' in heard) {
      this.#onCost(heard.cost);
      return;
    }
    this.writes.push(...heard.writes);
    this.reads.push(...heard.reads);
  }
}

/** What it needs to know it is told; an environment can be read from outside. */
function withoutSecrets(): NodeJS.ProcessEnv {
  const { RSENT_PASSWORD: _, RSENT_SENTINEL_PASSWORD: __, ...env } = process.env;
  return env;
}
