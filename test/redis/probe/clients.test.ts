import { once } from 'node:events';
import type { Socket } from 'node:net';
import { jest } from '@jest/globals';
import type { Redis } from 'ioredis';
import type { Address } from '../../../src/model/topology.js';
import { follower, reader, sticky } from '../../../src/redis/probe/clients.js';
import { bulk, FakeServer, list } from '../../helpers/fake-server.js';
import { anOrder } from '../../helpers/probe.js';
import { useUntil } from '../../helpers/until.js';

const until = useUntil();
const servers: FakeServer[] = [];
const clients: Redis[] = [];

// The library keeps a timer of two seconds for each connection to a Sentinel that it has closed;
// these timers run as any others do, but are gone with the test.
beforeEach(() => {
  jest.useFakeTimers({ advanceTimers: true, doNotFake: ['nextTick', 'setImmediate', 'Date'] });
});

afterEach(async () => {
  for (const client of clients.splice(0)) client.disconnect();
  for (const server of servers.splice(0)) await server.stop();
  jest.useRealTimers();
});

async function serve(answer: Parameters<typeof FakeServer.start>[0]): Promise<FakeServer> {
  const server = await FakeServer.start(answer);
  servers.push(server);
  return server;
}

/** A data node; what it says to SET may change. Every key that it was sent is kept. */
async function dataNode(role: 'master' | 'slave', set: () => string | undefined = () => '+OK\r\n') {
  const keys: string[] = [];
  const server = await serve(([name = '', key = '']) => {
    if (/^info$/i.test(name)) return bulk(`role:${role}\r\nloading:0`);
    if (name !== 'SET') return '+OK\r\n';
    keys.push(key);
    return set();
  });
  return { server, keys };
}

const text = ({ ip, port }: Address) => list(ip, String(port));

/** A Sentinel that hands these addresses out at the moment when it is asked. */
async function sentinel(master: () => Address, replica?: () => Address) {
  const subscribers = new Set<Socket>();
  const server = await serve(([name = '', question = ''], socket) => {
    if (/^subscribe$/i.test(name)) {
      subscribers.add(socket);
      return `*3\r\n${bulk('subscribe')}${bulk(question)}:1\r\n`;
    }
    if (!/^sentinel$/i.test(name)) return '+OK\r\n';
    if (/^get-master-addr-by-name$/i.test(question)) return text(master());
    const known = replica?.();
    if (!/^(slaves|replicas)$/i.test(question) || known === undefined) return '*0\r\n';
    return `*1\r\n${list('ip', known.ip, 'port', String(known.port), 'flags', 'slave')}`;
  });
  return { address: server.address, subscribers };
}

async function ready(client: Redis): Promise<Redis> {
  clients.push(client);
  if (client.status !== 'ready') await once(client, 'ready');
  return client;
}

/** Write until the node has a key of ours; each attempt has its own. */
async function writeUntil(client: Redis, keys: readonly string[]): Promise<void> {
  let n = 0;
  let isAnswered = true;
  await until(() => {
    if (isAnswered && client.status === 'ready') {
      isAnswered = false;
      const answered = () => {
        isAnswered = true;
      };
      client.call('SET', `later:${n++}`, '1').then(answered, answered);
    }
    return keys.length > 0;
  });
}

describe('follower', () => {
  it('writes to the master that the Sentinels name', async () => {
    const { server, keys } = await dataNode('master');
    const watch = await sentinel(() => server.address);
    const client = await ready(follower(anOrder(server, { sentinels: [watch.address] })));
    await client.call('SET', 'a', '1');
    expect(keys).toEqual(['a']);
  });

  it('is the application for Sentinels and data nodes alike', async () => {
    const said = { node: [] as string[], sentinel: [] as string[] };
    const log = (to: string[], [name = '', ...words]: readonly string[]) => {
      if (/^auth$/i.test(name)) to.push(words.join(' '));
    };
    const server = await serve((command) => {
      log(said.node, command);
      return /^info$/i.test(command[0] ?? '') ? bulk('role:master\r\nloading:0') : '+OK\r\n';
    });
    const watch = await serve((command) => {
      log(said.sentinel, command);
      if (/^get-master-addr/i.test(command[1] ?? '')) return text(server.address);
      return /^sentinel$/i.test(command[0] ?? '') ? '*0\r\n' : '+OK\r\n';
    });
    const credentials = { username: 'app', password: 'a-password' };
    await ready(follower(anOrder(server, { sentinels: [watch.address], credentials })));
    await ready(sticky(anOrder(server, { credentials })));
    expect(new Set(said.sentinel)).toEqual(new Set(['app a-password']));
    expect(said.node).toEqual(['app a-password', 'app a-password']);
  });

  it('looks for the new master when the old one is read-only, and repeats no write', async () => {
    const old = await dataNode('master', () => '-READONLY no\r\n');
    const next = await dataNode('master');
    let named = old.server.address;
    const watch = await sentinel(() => named);
    const client = await ready(follower(anOrder(old.server, { sentinels: [watch.address] })));
    named = next.server.address;
    await expect(client.call('SET', 'first', '1')).rejects.toThrow('READONLY');
    await writeUntil(client, next.keys);
    expect(next.keys).not.toContain('first');
    expect(old.keys).toEqual(['first']);
  });

  it('stays with a master that refuses writes for another reason', async () => {
    const { server } = await dataNode('master', () => '-NOREPLICAS no\r\n');
    const watch = await sentinel(() => server.address);
    const client = await ready(follower(anOrder(server, { sentinels: [watch.address] })));
    for (const key of ['a', 'b']) {
      await expect(client.call('SET', key, '1')).rejects.toThrow('NOREPLICAS');
    }
    expect(server.connections).toBe(1);
  });

  it('leaves a master that does not answer when a Sentinel tells of another one', async () => {
    const old = await dataNode('master', () => undefined);
    const next = await dataNode('master');
    let named = old.server.address;
    const watch = await sentinel(() => named);
    const client = await ready(follower(anOrder(old.server, { sentinels: [watch.address] })));
    const lost = client.call('SET', 'first', '1');
    named = next.server.address;
    const { ip, port } = old.server.address;
    const told = `mymaster ${ip} ${port} ${named.ip} ${named.port}`;
    await until(() => watch.subscribers.size > 0);
    for (const socket of watch.subscribers) socket.write(list('message', '+switch-master', told));
    await expect(lost).rejects.toThrow(/.+/);
    await writeUntil(client, next.keys);
    expect(next.keys).not.toContain('first');
  });
});

describe('sticky', () => {
  it('comes back to the old address whenever somebody is there', async () => {
    const { server, keys } = await dataNode('slave');
    const client = await ready(sticky(anOrder(server)));
    server.breakConnections();
    await once(client, 'close');
    await expect(client.call('SET', 'meanwhile', '1')).rejects.toThrow(/writeable/);
    await once(client, 'ready');
    await client.call('SET', 'later', '1');
    expect(keys).toEqual(['later']);
  });
});

describe('reader', () => {
  it('reads through the replica that the Sentinels name', async () => {
    const master = await dataNode('master');
    const replica = await dataNode('slave');
    const watch = await sentinel(
      () => master.server.address,
      () => replica.server.address,
    );
    await ready(reader(anOrder(master.server, { sentinels: [watch.address] })));
    expect([master.server.connections, replica.server.connections]).toEqual([0, 1]);
  });
});
