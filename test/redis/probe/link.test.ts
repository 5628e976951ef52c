import { once } from 'node:events';
import type { Redis } from 'ioredis';
import { sticky } from '../../../src/redis/probe/clients.js';
import { type Said, writeAll } from '../../../src/redis/probe/link.js';
import type { ProbeOrder } from '../../../src/redis/probe/messages.js';
import { FakeServer } from '../../helpers/fake-server.js';
import { anOrder } from '../../helpers/probe.js';

const servers: FakeServer[] = [];
const clients: Redis[] = [];

afterEach(async () => {
  for (const client of clients.splice(0)) client.disconnect();
  for (const server of servers.splice(0)) await server.stop();
});

type Answer = Parameters<typeof FakeServer.start>[0];

/** A master that answers so, a client that stays with it, and every command that it was sent. */
async function connected(answer: Answer, more: Partial<ProbeOrder> = {}) {
  const heard: (readonly string[])[] = [];
  const server = await FakeServer.start((command, socket) => {
    heard.push(command);
    return answer(command, socket);
  });
  servers.push(server);
  const order = anOrder(server, more);
  const client = sticky(order);
  clients.push(client);
  await once(client, 'ready');
  const write = (...keys: string[]) => Promise.all(writeAll(client, order, keys));
  return { server, client, order, heard, write };
}

/** What one write says to a master that answers SET and WAIT so. */
async function saidBy(set: string, wait?: string): Promise<Said | undefined> {
  const answer = ([name]: readonly string[]) => (name === 'WAIT' ? wait : set);
  const { write } = await connected(answer, { wait: wait === undefined ? 0 : 1 });
  return (await write('k'))[0];
}

const outcomesOf = (said: readonly Said[]) => said.map(({ outcome }) => outcome);

describe('writeAll', () => {
  it('is done when the node answers, and knows which node that was', async () => {
    expect(await saidBy('+OK\r\n')).toEqual({ outcome: 'ok', by: 'redis-1' });
  });

  it('is done by nobody known where the address is nobody’s', async () => {
    const { client, order } = await connected(() => '+OK\r\n');
    const [said] = writeAll(client, { ...order, nodes: [] }, ['k']);
    expect(await said).toEqual({ outcome: 'ok' });
  });

  it('leaves keys behind that go away by themselves', async () => {
    const { write, heard } = await connected(() => '+OK\r\n');
    await write('p:follower:1', 'p:follower:2');
    expect(heard).toEqual([
      ['SET', 'p:follower:1', '1', 'EX', '3600'],
      ['SET', 'p:follower:2', '1', 'EX', '3600'],
    ]);
  });

  it('gives each write the answer to itself', async () => {
    const answers: Readonly<Record<string, string>> = {
      a: '+OK\r\n',
      b: '-READONLY no\r\n',
      c: '+OK\r\n',
    };
    const { write } = await connected(([, key = '']) => answers[key]);
    expect(await write('a', 'b', 'c')).toEqual([
      { outcome: 'ok', by: 'redis-1' },
      { outcome: 'fail', why: 'READONLY no' },
      { outcome: 'ok', by: 'redis-1' },
    ]);
  });

  it('knows those that were answered before the connection broke from the others', async () => {
    const { write } = await connected(([, key], socket) => {
      if (key === 'a') return '+OK\r\n';
      // What was answered arrives before the end of the connection does.
      return void socket.end();
    });
    expect(outcomesOf(await write('a', 'b', 'c'))).toEqual(['ok', 'unknown', 'unknown']);
  });

  it.each([
    'READONLY You can’t write against a read only replica.',
    'NOREPLICAS Not enough good replicas to write.',
    'MASTERDOWN Link with MASTER is down and replica-serve-stale-data is set to no.',
    'LOADING Redis is loading the dataset in memory',
    'OOM command not allowed when used memory > maxmemory.',
    'MISCONF Redis is configured to save RDB snapshots',
    'ERR something that nobody thought of',
  ])('failed, by the server’s own word: %s', async (error) => {
    expect(await saidBy(`-${error}\r\n`)).toEqual({ outcome: 'fail', why: error });
  });

  it.each<[string, Answer]>([
    ['breaks before the answer', (_, socket) => void socket.destroy()],
    ['ends in good order before the answer', (_, socket) => void socket.end()],
    ['ends in the middle of the answer', (_, socket) => void socket.end('+O')],
  ])('is unknown when the connection %s', async (_, answer) => {
    const { write } = await connected(answer);
    expect(await write('k')).toEqual([
      { outcome: 'unknown', why: 'the connection broke before the answer' },
    ]);
  });

  it('fails without being sent when there is no connection', async () => {
    const { client, server, heard, write } = await connected(() => '+OK\r\n');
    server.breakConnections();
    await once(client, 'close');
    const notSent = { outcome: 'fail', why: 'no connection' };
    expect(await write('a', 'b')).toEqual([notSent, notSent]);
    await once(client, 'ready');
    expect(outcomesOf(await write('later'))).toEqual(['ok']);
    expect(heard.map(([, key]) => key)).toEqual(['later']);
  });
});

describe('writeAll that waits for replicas', () => {
  it('is done when enough of them have it', async () => {
    expect(await saidBy('+OK\r\n', ':1\r\n')).toEqual({ outcome: 'ok', by: 'redis-1' });
    expect(await saidBy('+OK\r\n', ':5\r\n')).toMatchObject({ outcome: 'ok' });
  });

  it('asks once, for as many as were ordered, after all writes and over their connection', async () => {
    const answer = ([name]: readonly string[]) => (name === 'WAIT' ? ':2\r\n' : '+OK\r\n');
    const { write, heard, server } = await connected(answer, { wait: 2 });
    expect(outcomesOf(await write('a', 'b'))).toEqual(['ok', 'ok']);
    expect(heard.map(([name, argument]) => [name, argument])).toEqual([
      ['SET', 'a'],
      ['SET', 'b'],
      ['WAIT', '2'],
    ]);
    expect(server.connections).toBe(1);
  });

  it('is unknown when too few of them have it: the master has', async () => {
    expect(await saidBy('+OK\r\n', ':0\r\n')).toEqual({
      outcome: 'unknown',
      why: 'WAIT: 0 of 1 replicas had it',
    });
  });

  it('failed when the master refused it, whatever WAIT says', async () => {
    const error = 'NOREPLICAS Not enough good replicas to write.';
    expect(await saidBy(`-${error}\r\n`, ':3\r\n')).toEqual({ outcome: 'fail', why: error });
    expect(await saidBy(`-${error}\r\n`, '-ERR too\r\n')).toEqual({
      outcome: 'fail',
      why: error,
    });
  });

  it.each([
    // replication.c, replicationSetMaster: whoever waits when its master is demoted is told this.
    'UNBLOCKED force unblock from blocking operation, instance state changed (master -> replica?)',
    'ERR WAIT cannot be used with replica instances.',
  ])('is unknown when the master took it and only WAIT failed: %s', async (error) => {
    const said = await saidBy('+OK\r\n', `-${error}\r\n`);
    expect(said).toMatchObject({ outcome: 'unknown' });
    // The connection did not break: the server said why.
    expect(said).toMatchObject({ why: expect.stringContaining(error) });
  });

  it('is unknown when the connection breaks while it waits', async () => {
    const answer: Answer = ([name], socket) => {
      if (name !== 'WAIT') return '+OK\r\n';
      return void socket.end();
    };
    const { write } = await connected(answer, { wait: 1 });
    expect(outcomesOf(await write('a', 'b'))).toEqual(['unknown', 'unknown']);
  });
});
