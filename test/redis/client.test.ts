import { type AddressInfo, createServer } from 'node:net';
import { jest } from '@jest/globals';
import { NodeClient } from '../../src/redis/client.js';
import { bulk, FakeServer, list } from '../helpers/fake-server.js';

const open: { stop(): Promise<void> }[] = [];
const clients: NodeClient[] = [];

afterEach(async () => {
  for (const client of clients.splice(0)) client.close();
  for (const server of open.splice(0)) await server.stop();
});

async function serve(answer: Parameters<typeof FakeServer.start>[0]): Promise<FakeServer> {
  const server = await FakeServer.start(answer);
  open.push(server);
  return server;
}

function clientOf({ address }: FakeServer, limitMs?: number): NodeClient {
  const client = new NodeClient(address, {}, limitMs);
  clients.push(client);
  return client;
}

const REPLIES: Readonly<Record<string, string>> = {
  PING: '+PONG\r\n',
  INFO: bulk('role:master'),
  ROLE: list('master', '0'),
  BAD: '-ERR unknown command\r\n',
  NIL: '$-1\r\n',
};
const answering = ([name = '']: readonly string[]) =>
  REPLIES[name.toUpperCase()] ?? '-ERR what\r\n';

describe('NodeClient.ask', () => {
  it('gives each question its own reply, or the server’s own error', async () => {
    const client = clientOf(await serve(answering));
    expect(
      await client.ask({ info: ['INFO'], role: ['ROLE'], bad: ['BAD'], nil: ['NIL'] }),
    ).toEqual({
      info: { ok: true, value: 'role:master' },
      role: { ok: true, value: ['master', '0'] },
      bad: { ok: false, error: 'ERR unknown command' },
      nil: { ok: true, value: null },
    });
  });

  it('sends arguments as they are', async () => {
    const heard: (readonly string[])[] = [];
    const server = await serve((command) => {
      heard.push(command);
      return '+OK\r\n';
    });
    await clientOf(server).ask({ set: ['SENTINEL', 'DEBUG', 'ping-period', 100] });
    expect(heard).toContainEqual(['SENTINEL', 'DEBUG', 'ping-period', '100']);
  });

  it('tells all who wait for a server that says nothing so, not that it hung up', async () => {
    const server = await serve(([name]) => (name === 'ROLE' ? undefined : answering([name ?? ''])));
    const client = clientOf(server, 300);
    await client.ask({ ping: ['PING'] });
    const first = client.ask({ role: ['ROLE'] });
    await new Promise((resolve) => setTimeout(resolve, 100));
    const both = await Promise.all([first, client.ask({ role: ['ROLE'] })]);
    const silence = { ok: false, error: 'no answer within 300 ms' };
    expect(both).toEqual([{ role: silence }, { role: silence }]);
  });

  it('keeps one connection for all who ask', async () => {
    const server = await serve(answering);
    const client = clientOf(server);
    await Promise.all([client.ask({ a: ['PING'] }), client.ask({ a: ['PING'] })]);
    await client.ask({ a: ['PING'] });
    expect(server.connections).toBe(1);
  });

  it('connects again after the connection broke', async () => {
    const server = await serve(answering);
    const client = clientOf(server);
    const closed = await client.onClose();
    server.breakConnections();
    while (closed.at() === undefined) await new Promise((resolve) => setImmediate(resolve));
    expect(await client.ask({ a: ['PING'] })).toEqual({ a: { ok: true, value: 'PONG' } });
    expect(server.connections).toBe(2);
  });

  it('says of every question that the connection is refused', async () => {
    const server = await serve(answering);
    const client = clientOf(server);
    await server.stop();
    const refused = { ok: false, error: 'connection refused' };
    expect(await client.ask({ a: ['PING'], b: ['INFO'] })).toEqual({ a: refused, b: refused });
  });

  it('passes on what a server without room for it says before it hangs up', async () => {
    const full = createServer((socket) => {
      socket.on('error', () => {});
      socket.end('-ERR max number of clients reached\r\n');
    });
    await new Promise<void>((resolve) => full.listen(0, '127.0.0.1', resolve));
    const client = new NodeClient({ ip: '127.0.0.1', port: (full.address() as AddressInfo).port });
    clients.push(client);
    const { a, b } = await client.ask({ a: ['PING'], b: ['INFO'] });
    client.close();
    full.close();
    const words = { ok: false, error: 'ERR max number of clients reached' };
    expect({ a, b }).toEqual({ a: words, b: words });
  });

  it('does not hang on a server that is silent', async () => {
    const client = clientOf(await serve(() => undefined), 50);
    expect(await client.ask({ a: ['PING'] })).toEqual({
      a: { ok: false, error: 'no answer within 50 ms, though it takes connections' },
    });
  });

  it('asks a server again that was silent before', async () => {
    let silent = true;
    const server = await serve((command) => (silent ? undefined : answering(command)));
    const client = clientOf(server, 200);
    await client.ask({ a: ['PING'] });
    silent = false;
    expect(await client.ask({ a: ['PING'] })).toEqual({ a: { ok: true, value: 'PONG' } });
  });

  it('says that the connection broke under the question', async () => {
    const server = await serve((_, socket) => void socket.destroy());
    const { a } = await clientOf(server).ask({ a: ['PING'] });
    expect(a.ok).toBe(false);
  });
});

describe('a password that the server does not want', () => {
  it.each([
    'ERR AUTH <password> called without any password configured for the default user. Are you sure your configuration is correct?',
    'ERR Client sent AUTH, but no password is set',
    "ERR wrong number of arguments for 'auth' command",
  ])('is asked on without, and no library says a word: %s', async (refusal) => {
    const printed: unknown[] = [];
    const spies = (['warn', 'error', 'log'] as const).map((how) =>
      jest.spyOn(console, how).mockImplementation((...words) => void printed.push(words)),
    );
    const server = await serve((command) =>
      /^auth$/i.test(command[0] ?? '') ? `-${refusal}\r\n` : answering(command),
    );
    const client = new NodeClient(server.address, { password: 'not-wanted', username: 'rsent' });
    clients.push(client);
    expect(await client.ask({ pong: ['PING'] })).toEqual({ pong: { ok: true, value: 'PONG' } });
    for (const spy of spies) spy.mockRestore();
    expect(printed).toEqual([]);
  });
});

describe('NodeClient.call', () => {
  it('gives the reply, or throws the server’s own words with its address', async () => {
    const server = await serve(answering);
    const client = clientOf(server);
    expect(await client.call('PING')).toBe('PONG');
    await expect(client.call('BAD')).rejects.toThrow(
      `127.0.0.1:${server.address.port}: BAD: ERR unknown command`,
    );
  });
});
