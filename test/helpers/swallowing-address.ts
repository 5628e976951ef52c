import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { connect, type Socket } from 'node:net';

const PROGRAM = `
const server = require('node:net').createServer();
server.listen({ host: '127.0.0.1', port: 0, backlog: 1 }, () => console.log(server.address().port));
`;
/** More than wait to be taken where the backlog is one. */
const MORE_THAN_FIT = 4;

/** A TCP address of this machine at which a connection is neither taken nor refused. */
export class SwallowingAddress {
  readonly endpoint: string;
  readonly #child: ChildProcess;
  readonly #fillers: readonly Socket[];

  private constructor(child: ChildProcess, port: number) {
    this.#child = child;
    this.endpoint = `tcp://127.0.0.1:${port}`;
    this.#fillers = Array.from({ length: MORE_THAN_FIT }, () =>
      connect(port, '127.0.0.1').on('error', () => undefined),
    );
  }

  /** Its program is stopped and its queue full: the kernel drops who comes next (listen(2)). */
  static async start(): Promise<SwallowingAddress> {
    const child = spawn(process.execPath, ['-e', PROGRAM], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    const [port] = await once(child.stdout, 'data');
    child.kill('SIGSTOP');
    const address = new SwallowingAddress(child, Number(port));
    await Promise.race(address.#fillers.map((each) => once(each, 'connect')));
    return address;
  }

  stop(): void {
    for (const each of this.#fillers) each.destroy();
    this.#child.kill('SIGKILL');
  }
}
