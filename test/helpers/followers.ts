import { fileURLToPath } from 'node:url';
import type { Lab, RunningCommand } from './lab.js';

const file = (name: string) =>
  fileURLToPath(new URL(`../../fixtures/clients/${name}`, import.meta.url));

/** Client libraries, each with a program that writes a counter through the Sentinels. */
const PROGRAMS = {
  // Debian's own Python: that is where its python3-redis package installs to.
  'redis-py': ['/usr/bin/python3', file('follow.py')],
  ioredis: [process.execPath, file('follow-ioredis.mjs')],
  'node-redis': [process.execPath, file('follow-node-redis.mjs')],
} as const;

export const LIBRARIES = Object.keys(PROGRAMS) as (keyof typeof PROGRAMS)[];

/** A client at work, in a process of its own that `rsent exec` told where everything is. */
export class Follower {
  readonly library: string;
  readonly #command: RunningCommand;
  #output = '';

  constructor(lab: Lab, topology: string, library: keyof typeof PROGRAMS) {
    this.library = library;
    this.#command = lab.start(['exec', topology, '--', ...PROGRAMS[library]], {}, { pipe: true });
    this.#command.child.stdout?.on('data', (chunk) => {
      this.#output += chunk;
    });
  }

  /** Number of the last write that was taken; 0 before the first. */
  get taken(): number {
    return Number(
      this.#output
        .match(/^ok (\d+)$/gm)
        ?.at(-1)
        ?.slice(3) ?? 0,
    );
  }

  /** Resolves when a write was taken that was begun after this call. */
  async takesWrites(withinMs = 30_000): Promise<void> {
    // One may be under way already.
    const wanted =
      Number(
        this.#output
          .match(/^(?:ok|no) (\d+)/gm)
          ?.at(-1)
          ?.slice(3) ?? 0,
      ) + 2;
    const deadline = Date.now() + withinMs;
    while (this.taken < wanted) {
      if (Date.now() > deadline) {
        const { code, stderr } = await this.end();
        const said = this.#output.split('\n').slice(-5).join(' | ');
        throw new Error(`${this.library} writes no more (${code}): ${said} ${stderr}`);
      }
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
  }

  async end() {
    this.#command.child.stdin?.end();
    return this.#command.result;
  }
}
