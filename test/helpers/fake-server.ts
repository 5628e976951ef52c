import { type AddressInfo, createServer, type Server, type Socket } from 'node:net';
import type { Address } from '../../src/model/topology.js';

/** Answers a command with raw protocol text; undefined for silence. */
type Answer = (command: readonly string[], socket: Socket) => string | undefined;

/** Speaks as much of the Redis protocol as a test needs, on a port of 127.0.0.1. */
export class FakeServer {
  readonly sockets = new Set<Socket>();
  connections = 0;
  /** Every byte that it was sent. */
  heard = '';
  readonly #server: Server;

  private constructor(answer: Answer) {
    this.#server = createServer((socket) => {
      this.connections++;
      this.sockets.add(socket);
      socket.on('error', () => {});
      socket.on('close', () => this.sockets.delete(socket));
      let rest = '';
      socket.on('data', (data) => {
        this.heard += data.toString('latin1');
        const { commands, left } = parse(rest + data.toString());
        rest = left;
        for (const command of commands) socket.write(answer(command, socket) ?? '');
      });
    });
  }

  static async start(answer: Answer): Promise<FakeServer> {
    const fake = new FakeServer(answer);
    await new Promise<void>((resolve) => fake.#server.listen(0, '127.0.0.1', resolve));
    return fake;
  }

  get address(): Address {
    return { ip: '127.0.0.1', port: (this.#server.address() as AddressInfo).port };
  }

  /** As a server that dies: every connection breaks. */
  breakConnections(): void {
    for (const socket of this.sockets) socket.destroy();
  }

  async stop(): Promise<void> {
    this.breakConnections();
    await new Promise<void>((resolve) => void this.#server.close(() => resolve()));
  }
}

/** A bulk string reply. */
export function bulk(text: string): string {
  return `$${Buffer.byteLength(text)}\r\n${text}\r\n`;
}

/** An array reply of bulk strings. */
export function list(...texts: string[]): string {
  return `*${texts.length}\r\n${texts.map(bulk).join('')}`;
}

function parse(text: string): { commands: string[][]; left: string } {
  const commands: string[][] = [];
  let left = text;
  for (;;) {
    // A command may also be a plain line (redis.io/docs, protocol, "Inline commands").
    const inline = /^([^*\r\n][^\r\n]*)\r\n/.exec(left);
    if (inline !== null) {
      commands.push((inline[1] ?? '').split(' '));
      left = left.slice(inline[0].length);
      continue;
    }
    const count = Number(/^\*(\d+)\r\n/.exec(left)?.[1] ?? Number.NaN);
    const form = new RegExp(`^\\*\\d+\\r\\n((?:\\$\\d+\\r\\n[^\\r]*\\r\\n){${count}})`);
    const whole = Number.isNaN(count) ? null : form.exec(left);
    if (whole === null) return { commands, left };
    commands.push([...(whole[1] ?? '').matchAll(/\$\d+\r\n([^\r]*)\r\n/g)].map((m) => m[1] ?? ''));
    left = left.slice(whole[0].length);
  }
}
