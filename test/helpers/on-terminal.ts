import { type ChildProcess, spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';

const PYTHON = '/usr/bin/python3';
const DRIVER = fileURLToPath(new URL('on-terminal.py', import.meta.url));

/** A command on a terminal of its own, where somebody types. */
export class Terminal {
  /** Its exit code, and how it has left the terminal. */
  readonly ended: Promise<{ readonly code: number | null; readonly left: string }>;
  readonly #child: ChildProcess;
  #shown = '';

  constructor(command: readonly string[], env: NodeJS.ProcessEnv) {
    this.#child = spawn(PYTHON, [DRIVER, ...command], { env, stdio: ['pipe', 'pipe', 'pipe'] });
    let left = '';
    this.#child.stdout?.on('data', (chunk) => {
      this.#shown += chunk;
    });
    this.#child.stderr?.on('data', (chunk) => {
      left += chunk;
    });
    this.ended = new Promise((resolve) => {
      this.#child.on('close', (code) => resolve({ code, left }));
    });
  }

  /** All that was shown since the last call of `type`. */
  shown = async (): Promise<string> => this.#shown;

  type(keys: string): void {
    this.#shown = '';
    this.#child.stdin?.write(keys);
  }

  /** Make it 40 columns wide; it begins with 100. */
  narrow(): void {
    this.#child.kill('SIGUSR1');
  }

  /** Take the terminal away, as closing its window does. */
  hangUp(): void {
    this.#child.kill('SIGTERM');
  }
}
