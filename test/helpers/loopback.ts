import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { connect, createServer, type Server } from 'node:net';
import type { OtherHost } from './other-host.js';

/** Listens at its first argument on every port that follows, and passes on to 127.0.0.1. */
const INSIDE = `
const { connect, createServer } = require('node:net');
const [host, ...ports] = process.argv.slice(1);
let waiting = ports.length;
for (const port of ports) {
  createServer({ allowHalfOpen: true }, (from) => {
    const to = connect({ port, host: '127.0.0.1', allowHalfOpen: true });
    for (const end of [from, to]) end.on('error', () => { from.destroy(); to.destroy(); });
    from.pipe(to).pipe(from);
  }).listen(port, host, () => { if (--waiting === 0) console.log('ready'); });
}`;

/**
 * What Docker Desktop does for its hidden engine: what is published on 127.0.0.1 there answers on
 * 127.0.0.1 here, and nothing else does.
 */
export class Loopback {
  readonly #inside: ChildProcess;
  readonly #servers: Server[] = [];

  private constructor(inside: ChildProcess) {
    this.#inside = inside;
  }

  static async of(host: OtherHost, ports: readonly number[]): Promise<Loopback> {
    const program = [process.execPath, '-e', INSIDE, host.address, ...ports.map(String)];
    const inside = spawn('ip', ['netns', 'exec', host.namespace, ...program]);
    await once(inside.stdout, 'data');
    const loopback = new Loopback(inside);
    for (const port of ports) {
      const server = createServer({ allowHalfOpen: true }, (from) => {
        const to = connect({ port, host: host.address, allowHalfOpen: true });
        for (const end of [from, to]) {
          end.on('error', () => {
            from.destroy();
            to.destroy();
          });
        }
        from.pipe(to).pipe(from);
      });
      loopback.#servers.push(server);
      await once(server.listen(port, '127.0.0.1'), 'listening');
    }
    return loopback;
  }

  close(): void {
    for (const server of this.#servers) server.close();
    this.#inside.kill();
  }
}
