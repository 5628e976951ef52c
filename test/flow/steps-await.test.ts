import { awaitNode } from '../../src/flow/await-node.js';
import { Joins } from '../../src/flow/joins.js';
import { Patience } from '../../src/flow/patience.js';
import type { StepWorld } from '../../src/flow/step-world.js';
import { actor } from '../../src/flow/steps.js';
import { LOCAL_FILES } from '../../src/host/file-store.js';
import { OPEN_ACCESS } from '../../src/model/access.js';
import type { Step } from '../../src/model/plan.js';
import type { TopologyRecord } from '../../src/model/topology.js';
import { NodeClient } from '../../src/redis/client.js';
import { aContainer, aContext, anEngine } from '../helpers/engine.js';
import { bulk, FakeServer } from '../helpers/fake-server.js';
import { aRecord, aRecordIn, nodeNamed } from '../helpers/topology.js';

const record = aRecord();
const master = nodeNamed(record, 'redis-1').address;

const replica = aContainer({ name: nodeNamed(record, 'redis-2').container });

/** What a replica is told, and when it is linked: from then on it says so. */
interface Replica {
  /** Replies to INFO until it is linked. */
  readonly unlinked: string;
  /** True once it is linked, given what it was told so far. */
  readonly isLinked: (told: readonly string[]) => boolean;
}

async function awaitSync(step: Step, { unlinked, isLinked }: Replica, limitMs = 400) {
  const told: string[] = [];
  const server = await FakeServer.start((command) => {
    const [name = ''] = command;
    if (name.toUpperCase() === 'INFO') {
      return bulk(isLinked(told) ? 'master_link_status:up\r\n' : unlinked);
    }
    if (name.toUpperCase() === 'REPLICAOF') told.push(command.join(' '));
    return '+OK\r\n';
  });
  const client = new NodeClient(server.address, {});
  const act = actor({
    context: {
      ...aContext(anEngine({ logs: async () => '', containers: async () => [replica] })),
      signal: new AbortController().signal,
    },
    ...{ record, directory: '/data/lab' },
    files: LOCAL_FILES,
    ...{ access: OPEN_ACCESS, secrets: {}, patience: new Patience(limitMs) },
    client: () => client,
  });
  const outcome = await act(step).catch((error: Error) => error.message);
  client.close();
  await server.stop();
  return { told, outcome };
}

const step = { kind: 'await-sync', id: 'sync:redis-2', after: [], node: 'redis-2' } as const;
const IDLE = 'master_link_status:down\r\nmaster_sync_in_progress:0\r\n';
const BUSY = 'master_link_status:down\r\nmaster_sync_in_progress:1\r\n';

describe('a replica that found no master', () => {
  it('is told once more whom to follow, and is linked then', async () => {
    const { told, outcome } = await awaitSync(
      { ...step, master },
      { unlinked: IDLE, isLinked: (so) => so.length > 0 },
      60_000,
    );
    expect(told).toEqual(['REPLICAOF NO ONE', `REPLICAOF ${master.ip} ${master.port}`]);
    expect(outcome).toBeUndefined();
  });

  it('is told no second time', async () => {
    const { told, outcome } = await awaitSync(
      { ...step, master },
      { unlinked: IDLE, isLinked: () => false },
    );
    expect(told).toHaveLength(2);
    expect(outcome).toContain('redis-2 took too long to be in sync with its master');
  });

  it.each([
    ['while it takes over the data of its master', { ...step, master }, BUSY],
    ['where it has data that it could lose', step, IDLE],
  ])('is told nothing %s', async (_, each, unlinked) => {
    const { told } = await awaitSync(each, { unlinked, isLinked: () => false });
    expect(told).toEqual([]);
  });
});

describe('a node with more data than fits into the time', () => {
  /** @param info what INFO says, by how often it was asked, and how often progress was told */
  async function awaitReady(info: (asked: number, seen: number) => string, limitMs: number) {
    let asked = 0;
    const patience = new Patience(limitMs);
    const firstDeadline = patience.deadline;
    const texts: string[] = [];
    const server = await FakeServer.start((command) => {
      const [name = '', section = ''] = command;
      if (name.toUpperCase() !== 'INFO') return '+OK\r\n';
      if (section === 'persistence') asked++;
      return bulk(info(asked, texts.length));
    });
    const client = new NodeClient(server.address, {});
    const progress = { detail: (text: string) => void texts.push(text) };
    const engine = anEngine({ logs: async () => '', containers: async () => [running] });
    const act = actor({
      context: { ...aContext(engine), progress, signal: new AbortController().signal } as never,
      ...{ record, directory: '/data/lab', files: LOCAL_FILES },
      ...{ access: OPEN_ACCESS, secrets: {}, patience },
      client: () => client,
    });
    const wait = { kind: 'await-ready', id: 'ready', after: [], node: 'redis-1' } as const;
    const outcome = await act(wait).catch((error: Error) => error);
    client.close();
    await server.stop();
    return { outcome, texts, patience, firstDeadline };
  }

  const running = aContainer({ name: nodeNamed(record, 'redis-1').container });
  const loaded = (bytes: number) =>
    `loading:1\r\nloading_loaded_bytes:${bytes}\r\nloading_loaded_perc:6.5\r\nloading_eta_seconds:9\r\n`;

  it('is waited for as long as it gets on', async () => {
    const { outcome, texts, patience, firstDeadline } = await awaitReady(
      (asked, seen) => (seen < 2 ? loaded(asked) : 'loading:0\r\n'),
      60_000,
    );
    expect(outcome).toBeUndefined();
    expect(texts).toContain('redis-1: 6 % of its data loaded, 9 s left');
    expect(patience.deadline).toBeGreaterThan(firstDeadline);
  });

  it('is given up where it stands still, with how far it has come and the flag', async () => {
    const { outcome } = await awaitReady(() => loaded(5), 700);
    expect(outcome).toMatchObject({
      message: expect.stringContaining('6 % of its data loaded, 9 s left, and no further'),
      hint: expect.stringContaining('--timeout'),
    });
  });

  it('ends at once when its data is damaged', async () => {
    const words = '# Bad file format reading the append only file appendonly.aof.1.incr.aof: x';
    await expect(
      awaitNode('redis-1', anUnready(words), 'to answer', async () => false),
    ).rejects.toMatchObject({
      message: 'redis-1 cannot load its data: appendonly.aof.1.incr.aof is damaged.',
      hint: expect.stringContaining('rsent up lab --rebuild redis-1'),
    });
  });

  /** A world with a node that never answers, and logs this. */
  function anUnready(log: string): StepWorld {
    const engine = anEngine({ logs: async () => log, containers: async () => [running] });
    return {
      context: { ...aContext(engine), signal: new AbortController().signal },
      ...{ record, directory: '/data/lab', files: LOCAL_FILES },
      ...{ access: OPEN_ACCESS, secrets: {}, patience: new Patience(60_000) },
      client: () => undefined as never,
    };
  }
});

describe('a node that gets its address', () => {
  const container = nodeNamed(record, 'redis-1').container;
  const start = { kind: 'start-container', id: 'start', after: [], container } as const;
  const wait = { kind: 'await-address', id: 'address', after: [], node: 'redis-1' } as const;

  /** Does steps on an engine that tells of these containers, as they get on a network. */
  function actorOn(
    startContainer: () => Promise<void>,
    told: Iterable<string> | AsyncIterable<string>,
    of: TopologyRecord = record,
  ) {
    async function* joins() {
      yield* told;
    }
    const engine = anEngine({ startContainer, joins });
    return actor({
      context: { ...aContext(engine), signal: new AbortController().signal },
      ...{ record: of, directory: '/data/lab' },
      files: LOCAL_FILES,
      ...{ access: OPEN_ACCESS, secrets: {}, patience: new Patience(5000) },
      joins: new Joins(engine, 'lab-net'),
      client: () => {
        throw new Error('nobody is asked');
      },
    });
  }

  /** A start that ends when it is told to. */
  function aStart() {
    let end = () => {};
    const ended = new Promise<void>((resolve) => {
      end = resolve;
    });
    return { end, begin: () => ended };
  }

  it('has it when the engine tells, while it still starts', async () => {
    const { begin, end } = aStart();
    const act = actorOn(begin, [container]);
    const started = act(start);
    expect(await act(wait)).toBeUndefined();
    end();
    await started;
  });

  it.each<[string, Iterable<string> | AsyncIterable<string>]>([
    ['tells nothing', []],
    ['tells of others', ['lab-redis-2', 'lab-redis-11']],
    ['breaks off', failing()],
  ])('has it when it is started, where the engine %s', async (_, told) => {
    const { begin, end } = aStart();
    const act = actorOn(begin, told);
    let isStarted = false;
    const started = act(start);
    const waited = act(wait).then(() => isStarted);
    await new Promise(setImmediate);
    isStarted = true;
    end();
    expect([await started, await waited]).toEqual([undefined, true]);
  });

  it('has it from the beginning in a pod', async () => {
    const { begin, end } = aStart();
    const act = actorOn(begin, [], aRecordIn('pod'));
    const started = act(start);
    expect(await act(wait)).toBeUndefined();
    end();
    await started;
  });

  it('has nothing to add where it could not be started', async () => {
    const act = actorOn(() => Promise.reject(new Error('no such program')), []);
    const started = act(start).catch((error: Error) => error.message);
    await act(wait).catch(() => undefined);
    expect(await started).toBe('no such program');
  });
});

async function* failing(): AsyncGenerator<string> {
  yield 'lab-redis-2';
  throw new Error('the engine has gone');
}
