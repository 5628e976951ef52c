import type { Socket } from 'node:net';
import { jest } from '@jest/globals';
import type { SentinelEvent } from '../../src/model/timeline.js';
import { NodeClient } from '../../src/redis/client.js';
import { type Hearing, type Listener, listen } from '../../src/redis/events.js';
import { hearHellos } from '../../src/redis/hellos.js';
import { bulk, FakeServer, list } from '../helpers/fake-server.js';

const SUBSCRIBED = `*3\r\n${bulk('psubscribe')}${bulk('*')}:1\r\n`;
const DOWN = 'master mymaster 1.2.3.4 6379';

const open: { stop(): Promise<void> }[] = [];
const listeners: { close(): void }[] = [];

afterEach(async () => {
  for (const listener of listeners.splice(0)) listener.close();
  for (const server of open.splice(0)) await server.stop();
});

/** A Sentinel; what it does with a subscription may change from connection to connection. */
async function sentinel(
  subscribe: (nth: number, socket: Socket) => string | undefined = () => SUBSCRIBED,
): Promise<FakeServer> {
  let asked = 0;
  const server = await FakeServer.start(([name = ''], socket) =>
    /psubscribe/i.test(name) ? subscribe(++asked, socket) : '+PONG\r\n',
  );
  open.push(server);
  return server;
}

/** Everything that a listener told, and a way to wait for what it tells next. */
class Ear implements Hearing {
  readonly told: string[] = [];
  readonly events: SentinelEvent[] = [];
  readonly times: number[] = [];
  #waiting: () => void = () => {};

  onEvent(event: SentinelEvent): void {
    this.events.push(event);
    this.#tell(`${event.sentinel} ${event.channel} ${event.payload}`, event.at);
  }
  onLost(at: number): void {
    this.#tell('lost', at);
  }
  onBack(at: number): void {
    this.#tell('back', at);
  }

  /** Resolves once so many things were told. */
  async heard(count: number): Promise<void> {
    while (this.told.length < count) {
      await new Promise<void>((resolve) => {
        this.#waiting = resolve;
      });
    }
  }

  #tell(what: string, at: number): void {
    this.told.push(what);
    this.times.push(at);
    this.#waiting();
  }
}

async function hear(server: FakeServer, ear: Hearing): Promise<Listener> {
  const listener = await listen('sentinel-1', server.address, {}, ear);
  listeners.push(listener);
  return listener;
}

function publish(server: FakeServer, channel: string, payload = DOWN): void {
  for (const socket of server.sockets) socket.write(list('pmessage', '*', channel, payload));
}

describe('listen', () => {
  it('hears every event, with who said it and when', async () => {
    const server = await sentinel();
    const ear = new Ear();
    const before = Date.now();
    await hear(server, ear);
    publish(server, '+sdown');
    await ear.heard(1);
    expect(ear.events).toEqual([
      { at: expect.any(Number), sentinel: 'sentinel-1', channel: '+sdown', payload: DOWN },
    ]);
    expect(ear.times[0]).toBeGreaterThanOrEqual(before);
    expect(ear.times[0]).toBeLessThanOrEqual(Date.now());
  });

  it('subscribes to everything before it resolves', async () => {
    const patterns: (readonly string[])[] = [];
    const server = await FakeServer.start((command) => {
      patterns.push(command);
      return SUBSCRIBED;
    });
    open.push(server);
    await hear(server, new Ear());
    expect(patterns).toEqual([[expect.stringMatching(/^psubscribe$/i), '*']]);
  });

  it('fails with the reason when nobody is there', async () => {
    const server = await sentinel();
    const { address } = server;
    await server.stop();
    await expect(listen('sentinel-1', address, {}, new Ear())).rejects.toThrow(
      'connection refused',
    );
  });

  it('fails when the connection breaks before the subscription is in force', async () => {
    const server = await sentinel((_, socket) => void socket.destroy());
    const ear = new Ear();
    await expect(listen('sentinel-1', server.address, {}, ear)).rejects.toThrow(/.+/);
    expect(ear.told).toEqual([]);
  });
});

describe('listen when its connection breaks', () => {
  it('tells that nothing can be heard, comes back, tells that, and hears again', async () => {
    const server = await sentinel();
    const ear = new Ear();
    await hear(server, ear);
    server.breakConnections();
    await ear.heard(2);
    publish(server, '+odown');
    await ear.heard(3);
    expect(ear.told).toEqual(['lost', 'back', `sentinel-1 +odown ${DOWN}`]);
    expect(ear.times).toEqual([...ear.times].sort((a, b) => a - b));
    expect(server.connections).toBe(2);
  });

  it('tells of one loss once, however often it tries in vain', async () => {
    const server = await sentinel((nth, socket) => {
      if (nth === 1 || nth > 3) return SUBSCRIBED;
      return void socket.destroy();
    });
    const ear = new Ear();
    await hear(server, ear);
    server.breakConnections();
    await ear.heard(2);
    expect(ear.told).toEqual(['lost', 'back']);
    expect(server.connections).toBe(4);
  });

  it('is not back before the new subscription is in force', async () => {
    const later: { socket?: Socket } = {};
    let asked: () => void = () => {};
    const again = new Promise<void>((resolve) => {
      asked = resolve;
    });
    const server = await sentinel((nth, socket) => {
      if (nth === 1) return SUBSCRIBED;
      later.socket = socket;
      asked();
      return undefined;
    });
    const ear = new Ear();
    await hear(server, ear);
    server.breakConnections();
    await again;
    expect(ear.told).toEqual(['lost']);
    later.socket?.write(SUBSCRIBED);
    await ear.heard(2);
    expect(ear.told).toEqual(['lost', 'back']);
  });

  it('tells of each loss of several', async () => {
    const server = await sentinel();
    const ear = new Ear();
    await hear(server, ear);
    for (const told of [2, 4, 6]) {
      server.breakConnections();
      await ear.heard(told);
    }
    publish(server, '+sdown');
    await ear.heard(7);
    expect(ear.told).toEqual([
      ...['lost', 'back', 'lost', 'back', 'lost', 'back'],
      `sentinel-1 +sdown ${DOWN}`,
    ]);
  });

  it('hears each event once after it came back', async () => {
    const server = await sentinel();
    const ear = new Ear();
    await hear(server, ear);
    server.breakConnections();
    await ear.heard(2);
    publish(server, '+sdown');
    publish(server, '+odown');
    await ear.heard(4);
    expect(ear.events.map(({ channel }) => channel)).toEqual(['+sdown', '+odown']);
  });
});

describe('a listener that is closed', () => {
  it('takes its own end for no loss', async () => {
    const server = await sentinel();
    const ear = new Ear();
    const listener = await hear(server, ear);
    const [socket] = server.sockets;
    const ended = new Promise((resolve) => socket?.once('close', resolve));
    listener.close();
    await ended;
    // Something that takes longer than the news of its own end.
    const other = new NodeClient(server.address);
    listeners.push(other);
    await other.call('PING');
    expect(ear.told).toEqual([]);
  });

  it('does not come back when it is closed between two connections', async () => {
    const server = await sentinel();
    const ear = new Ear();
    const listener = await hear(server, ear);
    jest.useFakeTimers({ doNotFake: ['nextTick', 'setImmediate', 'queueMicrotask', 'Date'] });
    try {
      server.breakConnections();
      await ear.heard(1);
      listener.close();
      await jest.advanceTimersByTimeAsync(60_000);
      const other = new NodeClient(server.address);
      listeners.push(other);
      await other.call('PING');
    } finally {
      jest.useRealTimers();
    }
    expect(ear.told).toEqual(['lost']);
    // The one that broke, and the one that has just asked.
    expect(server.connections).toBe(2);
  });
});

describe('a server that is frozen', () => {
  it('is not listened to for ever: it takes the connection and says nothing', async () => {
    const server = await FakeServer.start(() => undefined);
    open.push(server);
    await expect(listen('s', server.address, {}, new Ear())).rejects.toThrow('no answer within');
    expect(await hearHellos(server.address, {}, new Promise(() => undefined))).toEqual([]);
  }, 30_000);
});
