import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { packageRoot } from '../../src/host/package-root.js';

/** How a run of the command line ended. */
export interface Ended {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** One that is under way. */
export interface Running {
  readonly child: ChildProcess;
  readonly ended: Promise<Ended>;
}

/** The command line as it is now, built for a test of it alone. */
export class Built {
  readonly #root: string;

  private constructor(root: string) {
    this.#root = root;
  }

  /** Where the packages that are not in the bundle are found from, and beside nobody's build. */
  static async build(): Promise<Built> {
    const cache = join(packageRoot(), 'node_modules', '.cache');
    await mkdir(cache, { recursive: true });
    const root = await mkdtemp(join(cache, 'rsent-'));
    const build = join(packageRoot(), 'bin', 'build.js');
    await promisify(execFile)(process.execPath, [build, join(root, 'dist')]);
    const run = JSON.stringify(join(packageRoot(), 'bin', 'run.js'));
    const main = JSON.stringify(join(root, 'dist', 'cli', 'main.cjs'));
    await writeFile(
      join(root, 'rsent.mjs'),
      `import { run } from ${run};
      await run(${main}, process.argv.slice(2));\n`,
    );
    return new Built(root);
  }

  /**
   * Run it.
   * @param limitMs it is killed then, and its end has a signal
   */
  run(args: readonly string[], env: Readonly<Record<string, string>>, limitMs: number): Running {
    const program = join(this.#root, 'rsent.mjs');
    const child = spawn(process.execPath, [program, ...args], {
      stdio: ['ignore', 'pipe', 'pipe'],
      env: { PATH: process.env['PATH'], ...env },
      timeout: limitMs,
      killSignal: 'SIGKILL',
    });
    let [stdout, stderr] = ['', ''];
    child.stdout.on('data', (chunk) => {
      stdout += chunk;
    });
    child.stderr.on('data', (chunk) => {
      stderr += chunk;
    });
    const ended = new Promise<Ended>((resolve) => {
      child.on('close', (code, signal) => resolve({ code, signal, stdout, stderr }));
    });
    return { child, ended };
  }

  remove(): Promise<void> {
    return rm(this.#root, { recursive: true, force: true });
  }
}
