import type { IncomingMessage, ServerResponse } from 'node:http';
import { Readable } from 'node:stream';
import { jest } from '@jest/globals';
import { connectDocker } from '../../../src/engine/docker/docker-engine.js';
import type { Engine } from '../../../src/engine/engine.js';
import type { ContainerSpec } from '../../../src/model/container.js';
import { emptyEngine, FakeEngine, frozenEngine } from '../../helpers/fake-engine.js';
import { SwallowingAddress } from '../../helpers/swallowing-address.js';
import { useTempDir } from '../../helpers/temp.js';

/** Shorter than for people: what is frozen here stays so. */
const LIMITS = { quietMs: 250, connectMs: 250 };

// Thirty questions at once, on a machine that may be busy.
jest.setTimeout(60_000);

const path = useTempDir();
let fake: FakeEngine | undefined;
afterEach(() => fake?.stop());

async function engineThat(
  answer: (asked: IncomingMessage, reply: ServerResponse) => void,
): Promise<Engine> {
  fake = await FakeEngine.start(path('docker.sock'), answer);
  return connectDocker({ DOCKER_HOST: fake.endpoint }, LIMITS);
}

const NETWORK = { name: 'n', subnet: '172.28.0.0/24', labels: {} };
const CONTAINER: ContainerSpec = {
  ...{ name: 'c', image: 'i', entrypoint: ['redis-server'], labels: {}, ports: [], mounts: [] },
  ...{ user: { uid: 999, gid: 999 }, network: { name: 'n' }, limits: { pids: 64 } },
};

/** Every question of the interface, by its name. */
const QUESTIONS: Readonly<Record<keyof Omit<Engine, 'endpoint' | 'local' | 'host'>, Question>> = {
  describe: (engine) => engine.describe(),
  hasPath: (engine) => engine.hasPath('/data'),
  findImage: (engine) => engine.findImage('redis:8'),
  pullImage: (engine) => engine.pullImage('redis:8', () => undefined),
  importImage: (engine) => engine.importImage('redis:8', Readable.from(['tar']), []),
  runOnce: (engine) => engine.runOnce('redis:8', ['true']),
  networks: (engine) => engine.networks(),
  createNetwork: (engine) => engine.createNetwork(NETWORK),
  removeNetwork: (engine) => engine.removeNetwork('n'),
  usedAddresses: (engine) => engine.usedAddresses('n'),
  volumes: (engine) => engine.volumes(),
  createVolume: (engine) => engine.createVolume({ name: 'v', labels: {} }),
  removeVolume: (engine) => engine.removeVolume('v'),
  getArchive: (engine) => engine.getArchive('c', '/data'),
  openArchive: (engine) => engine.openArchive('c', '/data'),
  putArchive: (engine) => engine.putArchive('c', '/data', Buffer.from('tar')),
  fileFacts: (engine) => engine.fileFacts('c', '/data'),
  containers: (engine) => engine.containers(),
  containerLife: (engine) => engine.containerLife('x'),
  createContainer: (engine) => engine.createContainer(CONTAINER),
  renameContainer: (engine) => engine.renameContainer('c', 'd'),
  startContainer: (engine) => engine.startContainer('c'),
  killContainer: (engine) => engine.killContainer('c', true),
  stopContainer: (engine) => engine.stopContainer('c', 10),
  pauseContainer: (engine) => engine.pauseContainer('c'),
  resumeContainer: (engine) => engine.resumeContainer('c'),
  removeContainer: (engine) => engine.removeContainer('c'),
  disconnect: (engine) => engine.disconnect('c', 'n'),
  connect: (engine) => engine.connect('c', 'n', undefined),
  joins: (engine) => firstOf(engine.joins('n', new AbortController().signal)),
  exec: (engine) => engine.exec('c', ['true']),
  attach: (engine) => engine.attach('c', ['true'], false),
  logLines: (engine) =>
    firstOf(engine.logLines('c', { follow: true, signal: new AbortController().signal })),
  logs: (engine) => engine.logs('c', 10),
};
type Question = (engine: Engine) => Promise<unknown>;

async function firstOf(all: AsyncIterable<unknown>): Promise<unknown> {
  for await (const each of all) return each;
  return undefined;
}

const failureOf = (asked: Promise<unknown>) =>
  asked.then(
    () => 'no failure',
    (error: unknown) => error,
  );

describe('an engine that takes connections and says nothing', () => {
  it('ends every question with its name, its address and what was asked', async () => {
    const engine = await engineThat(frozenEngine);
    const names = Object.keys(QUESTIONS) as (keyof typeof QUESTIONS)[];
    const ends = await Promise.all(names.map((name) => failureOf(QUESTIONS[name](engine))));
    const wrong = names.filter((_, nth) => {
      const end = ends[nth] as { failure?: string; message?: string };
      return end.failure !== 'silent' || !end.message?.includes(fake?.endpoint ?? '?');
    });
    expect(wrong.map((name) => [name, ends[names.indexOf(name)]])).toEqual([]);
    expect(String(ends[names.indexOf('containers')])).toMatch(
      /accepts connections, but has not answered for 0.5 s \(list its containers\)/,
    );
  });
});

describe('an engine that stops in the middle of an answer', () => {
  it('and keeps the connection has ended its answer', async () => {
    let pings = 0;
    const engine = await engineThat(({ url }, reply) => {
      if (url === '/_ping') pings++;
      else reply.write('[{"Id":');
    });
    expect(await failureOf(engine.containers())).toMatchObject({ failure: 'silent' });
    expect(pings).toBeGreaterThan(0);
  });

  it('and breaks the connection has ended its answer', async () => {
    const engine = await engineThat((_, reply) => void reply.write('[', () => reply.destroy()));
    expect(await failureOf(engine.containers())).toMatchObject({
      failure: 'unreachable',
      message: expect.stringContaining('the connection was broken off'),
    });
  });

  it('ends a file that it sends', async () => {
    const engine = await engineThat(({ url }, reply) => {
      if (url !== '/_ping') reply.write('the first half');
    });
    expect(await failureOf(engine.getArchive('c', '/data'))).toMatchObject({ failure: 'silent' });
  });
});

describe('an engine that is busy', () => {
  it('is waited for, as long as it answers a ping', async () => {
    let pings = 0;
    let held: ServerResponse | undefined;
    const engine = await engineThat((asked, reply) => {
      if (asked.url !== '/_ping') held = reply;
      else {
        pings++;
        reply.end('OK', () => pings === 2 && held?.end('[]'));
      }
    });
    expect(await engine.containers()).toEqual([]);
    expect(pings).toBe(2);
  });
});

describe('an engine that goes away meanwhile', () => {
  it('is not waited for', async () => {
    const engine = await engineThat(emptyEngine);
    await engine.containers();
    await fake?.stop();
    expect(await failureOf(engine.containers())).toMatchObject({ failure: 'unreachable' });
  });
});

describe('an address that swallows what is sent there', () => {
  it('is given up sooner, and called what it is', async () => {
    const address = await SwallowingAddress.start();
    try {
      const engine = await connectDocker({ DOCKER_HOST: address.endpoint }, LIMITS);
      const failure = await failureOf(engine.containers());
      expect(failure).toMatchObject({ failure: 'unreachable' });
      expect(String(failure)).toContain(
        `No connection to a Docker Engine at ${address.endpoint} within 0.25 s`,
      );
    } finally {
      address.stop();
    }
  });
});
