import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { Socket } from 'node:net';

/** Answers a request, or does not. */
type Answer = (asked: IncomingMessage, reply: ServerResponse) => void;

/** Speaks as much of the Engine API as a test needs, on a unix socket. */
export class FakeEngine {
  /** Method and path of each request, in their order. */
  readonly asked: string[] = [];
  readonly endpoint: string;
  connections = 0;
  readonly #sockets = new Set<Socket>();
  readonly #listeners = new Set<() => void>();
  readonly #server: Server;

  private constructor(path: string, answer: Answer) {
    this.endpoint = `unix://${path}`;
    this.#server = createServer((asked, reply) => {
      this.asked.push(`${asked.method} ${asked.url}`);
      answer(asked, reply);
      for (const listener of this.#listeners) listener();
    });
    this.#server.on('connection', (socket) => {
      this.connections++;
      this.#sockets.add(socket);
      socket.on('close', () => this.#sockets.delete(socket));
    });
  }

  /** @param path of the socket */
  static async start(path: string, answer: Answer): Promise<FakeEngine> {
    const fake = new FakeEngine(path, answer);
    await new Promise<void>((resolve) => fake.#server.listen(path, resolve));
    return fake;
  }

  /** Resolves once something is asked whose method and path have this in them. */
  heard(words = ''): Promise<void> {
    return new Promise((resolve) => {
      const look = () => {
        if (this.asked.some((each) => each.includes(words))) resolve();
      };
      this.#listeners.add(look);
      look();
    });
  }

  async stop(): Promise<void> {
    for (const socket of this.#sockets) socket.destroy();
    await new Promise<void>((resolve) => void this.#server.close(() => resolve()));
  }
}

/** An engine on which nothing is. */
export function emptyEngine({ url = '' }: IncomingMessage, reply: ServerResponse): void {
  if (/\/_ping$/.test(url)) reply.end('OK');
  else if (/\/version$/.test(url)) reply.end(JSON.stringify({ Version: '28.5.2' }));
  else if (/\/volumes(\?|$)/.test(url)) reply.end(JSON.stringify({ Volumes: [] }));
  else if (/\/info$/.test(url)) reply.end(JSON.stringify({ ID: 'fake' }));
  else if (/\/(networks|containers\/json|images\/json)(\?|$)/.test(url)) reply.end('[]');
  else reply.writeHead(404).end(JSON.stringify({ message: 'there is no such thing' }));
}

/** It takes connections and says nothing, as a frozen engine does. */
export function frozenEngine(): void {}

/** It fails at everything. */
export function failingEngine(_: IncomingMessage, reply: ServerResponse): void {
  reply.writeHead(500).end(JSON.stringify({ message: 'the disk of the engine is broken' }));
}
