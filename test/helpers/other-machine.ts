import { execFile } from 'node:child_process';
import { randomInt } from 'node:crypto';
import { promisify } from 'node:util';

const run = promisify(execFile);

/**
 * Stands for a machine beside this one: a network namespace of its own, whose only way out is a
 * cable to this host. What it can call, another machine could.
 */
export class OtherMachine {
  /** The address of this host at its end of the cable. */
  readonly host: string;
  readonly #name: string;
  readonly #address: string;

  private constructor(name: string, net: number) {
    this.#name = name;
    this.host = `10.214.${net}.1`;
    this.#address = `10.214.${net}.2`;
  }

  /** @throws Error where this user may not make one */
  static async plugIn(): Promise<OtherMachine> {
    if (process.getuid?.() !== 0) {
      throw new Error('This test makes a network namespace: run the end-to-end tests as root.');
    }
    const machine = new OtherMachine(`rsm${process.pid}`, randomInt(1, 250));
    const name = machine.#name;
    await run('ip', ['netns', 'add', name]);
    try {
      await run('ip', ['link', 'add', `${name}h`, 'type', 'veth', 'peer', 'eth0', 'netns', name]);
      await run('ip', ['addr', 'add', `${machine.host}/24`, 'dev', `${name}h`]);
      await run('ip', ['link', 'set', `${name}h`, 'up']);
      await run('ip', ['-n', name, 'addr', 'add', `${machine.#address}/24`, 'dev', 'eth0']);
      for (const link of ['eth0', 'lo']) await run('ip', ['-n', name, 'link', 'set', link, 'up']);
      return machine;
    } catch (error) {
      await machine.unplug();
      throw error;
    }
  }

  /** Run a program there and give what it printed. */
  async run(program: string, ...args: readonly string[]): Promise<string> {
    const command = ['netns', 'exec', this.#name, program, ...args];
    return (await run('ip', command, { timeout: 30_000 })).stdout;
  }

  async unplug(): Promise<void> {
    await run('ip', ['netns', 'del', this.#name]);
    // The cable goes with the namespace, though not at once.
    await run('ip', ['link', 'del', `${this.#name}h`]).catch(() => undefined);
  }
}
