import { jest } from '@jest/globals';
import { IsolatedClient, type IsolatedOrder } from '../../../src/flow/drill/isolated.js';
import type { Credentials } from '../../../src/model/access.js';
import { engineOf } from '../../helpers/exec-session.js';
import { aScene } from '../../helpers/scene.js';
import { nodeNamed } from '../../helpers/topology.js';

const { record } = aScene();
const NODE = nodeNamed(record, 'redis-1');
const ORDER: IsolatedOrder = {
  keyPrefix: 'p:',
  ratePerS: 10,
  wait: 0,
  expiryS: 3600,
  credentials: {},
  authorityFile: '/etc/redis/ca.crt',
};
/** One write is due in each (ms). */
const TURN_MS = 100;

async function started(more: Partial<IsolatedOrder> = {}, slow: Promise<void>[] = []) {
  const { sessions, commands, engine } = engineOf(slow);
  const client = await IsolatedClient.start(engine, NODE, { ...ORDER, ...more });
  return { client, sessions, commands };
}

const turns = (count: number) => jest.advanceTimersByTimeAsync(count * TURN_MS);
const outcomes = ({ writes }: IsolatedClient) => writes.map(({ n, outcome }) => [n, outcome]);

beforeEach(() => void jest.useFakeTimers());
afterEach(() => void jest.useRealTimers());

/** What came of one write to which redis-cli printed this. */
async function saidTo(printed: string, wait = 0) {
  const { client, sessions } = await started({ wait });
  await turns(1);
  sessions[0]?.print(printed);
  client.close();
  return client.writes[0];
}

describe('IsolatedClient', () => {
  it('writes one key after the other, each once the one before it is answered', async () => {
    const { client, sessions } = await started();
    await turns(3);
    expect(sessions[0]?.typed).toEqual(['SET p:isolated:1 1 EX 3600\n']);
    sessions[0]?.print('OK\n');
    await turns(1);
    expect(sessions[0]?.typed).toHaveLength(2);
    expect(sessions[0]?.typed[1]).toContain('p:isolated:2 ');
    expect(outcomes(client)).toEqual([[1, 'ok']]);
    client.close();
  });

  it.each<[string, Credentials, string]>([
    ['the password of all', { password: 'a-password' }, 'AUTH a-password\n'],
    ['a user’s own', { username: 'app', password: 'a-password' }, 'AUTH app a-password\n'],
  ])(
    'logs in first, over stdin, with %s, and takes no answer to it for one to a write',
    async (_, credentials, line) => {
      const { client, sessions, commands } = await started({ credentials });
      expect(sessions[0]?.typed).toEqual([line]);
      expect(commands.join()).not.toContain('a-password');
      await turns(1);
      sessions[0]?.print('OK\n');
      expect(outcomes(client)).toEqual([]);
      sessions[0]?.print('OK\n');
      expect(outcomes(client)).toEqual([[1, 'ok']]);
      client.close();
    },
  );

  it('tells when each was sent and answered, and by whom', async () => {
    const { client, sessions } = await started();
    const startedAt = Date.now();
    await turns(1);
    await jest.advanceTimersByTimeAsync(30);
    sessions[0]?.print('OK\n');
    expect(client.writes).toEqual([
      {
        n: 1,
        side: 'isolated',
        issuedAt: startedAt + TURN_MS,
        endedAt: startedAt + TURN_MS + 30,
        outcome: 'ok',
        by: 'redis-1',
      },
    ]);
    client.close();
  });

  it.each<[string, number, object]>([
    ['OK\n', 0, { outcome: 'ok', by: 'redis-1' }],
    ['OK\r\n', 0, { outcome: 'ok', by: 'redis-1' }],
    ['NOREPLICAS Not enough good replicas to write.\n\n', 0, { outcome: 'fail' }],
    ['READONLY You can’t write against a read only replica.\n\n', 0, { outcome: 'fail' }],
    ['Error: Server closed the connection\n', 0, { outcome: 'unknown' }],
    ['Could not connect to Redis at 127.0.0.1:6379: refused\n', 0, { outcome: 'unknown' }],
    ['OK\n1\n', 1, { outcome: 'ok', by: 'redis-1' }],
    ['OK\n2\n', 1, { outcome: 'ok' }],
    ['OK\n0\n', 1, { outcome: 'unknown', why: 'WAIT: 0 of 1 replicas had it' }],
    ['OK\n1\n', 2, { outcome: 'unknown', why: 'WAIT: 1 of 2 replicas had it' }],
    ['NOREPLICAS Not enough good replicas to write.\n\n0\n', 1, { outcome: 'fail' }],
    ['OK\n', 1, { outcome: 'unknown', why: 'it was stopped before the answer' }],
    ['', 0, { outcome: 'unknown', why: 'it was stopped before the answer' }],
    // replication.c, replicationSetMaster: whoever waits when its master is demoted is told this.
    ['OK\nUNBLOCKED force unblock from blocking operation\n\n', 1, { outcome: 'unknown' }],
    ['OK\nERR WAIT cannot be used with replica instances.\n\n', 1, { outcome: 'unknown' }],
    ['OK\nError: Server closed the connection\n', 1, { outcome: 'unknown' }],
  ])('takes %j, with %d replicas waited for, for what it is', async (printed, wait, said) => {
    expect(await saidTo(printed, wait)).toMatchObject({ n: 1, side: 'isolated', ...said });
  });

  it('waits for replicas by a command of its own', async () => {
    const { client, sessions } = await started({ wait: 2 });
    await turns(1);
    expect(sessions[0]?.typed).toEqual(['SET p:isolated:1 1 EX 3600\nWAIT 2 500\n']);
    client.close();
  });

  it('puts an answer together that comes in pieces', async () => {
    const { client, sessions } = await started({ wait: 1 });
    await turns(1);
    for (const piece of ['O', 'K\n', '', '1', '\n']) sessions[0]?.print(piece);
    expect(outcomes(client)).toEqual([[1, 'ok']]);
    client.close();
  });

  it('takes the empty line that follows an error for no answer', async () => {
    const { client, sessions } = await started();
    await turns(1);
    sessions[0]?.print('NOREPLICAS no\n');
    await turns(1);
    for (const line of ['\n', 'OK\n']) sessions[0]?.print(line);
    expect(outcomes(client)).toEqual([
      [1, 'fail'],
      [2, 'ok'],
    ]);
    client.close();
  });
});

describe('IsolatedClient without an answer', () => {
  it('gives up after two seconds, and begins anew', async () => {
    const { client, sessions } = await started();
    await turns(1 + 20);
    expect(outcomes(client)).toEqual([]);
    await turns(3);
    expect(client.writes).toMatchObject([{ outcome: 'unknown', why: 'no answer within 2000 ms' }]);
    expect(sessions.map(({ closed }) => closed)).toEqual([true, false]);
    expect(sessions[1]?.typed[0]).toContain('p:isolated:2 ');
    client.close();
  });

  it('does not take a late answer for that to a later write', async () => {
    const { client, sessions } = await started();
    await turns(1 + 20 + 3);
    expect(sessions[1]?.typed).toHaveLength(1);
    sessions[0]?.print('OK\n');
    expect(outcomes(client)).toEqual([[1, 'unknown']]);
    client.close();
  });

  it('does not know what came of a write when redis-cli ends, and starts it again', async () => {
    const { client, sessions } = await started();
    await turns(1);
    sessions[0]?.end();
    expect(client.writes).toMatchObject([{ n: 1, outcome: 'unknown' }]);
    await turns(4);
    sessions[1]?.print('OK\n');
    expect(outcomes(client)).toEqual([
      [1, 'unknown'],
      [2, 'ok'],
    ]);
    client.close();
  });

  it('starts it once, however long that takes, and leaves none running', async () => {
    let begin: () => void = () => {};
    const slowly = new Promise<void>((resolve) => {
      begin = resolve;
    });
    const { client, sessions } = await started({}, [Promise.resolve(), slowly, slowly, slowly]);
    sessions[0]?.end();
    await turns(10);
    begin();
    await turns(2);
    client.close();
    const running = sessions.slice(1).filter(({ closed }) => !closed);
    expect([sessions.length - 1, running.length]).toEqual([1, 0]);
  });
});

describe('IsolatedClient.close', () => {
  it('ends redis-cli, and writes no more', async () => {
    const { client, sessions } = await started();
    client.close();
    await turns(30);
    expect(sessions.map(({ closed, typed }) => [closed, typed])).toEqual([[true, []]]);
  });

  it('ends one that was still being started', async () => {
    let begin: () => void = () => {};
    const slowly = new Promise<void>((resolve) => {
      begin = resolve;
    });
    const { client, sessions } = await started({}, [Promise.resolve(), slowly]);
    sessions[0]?.end();
    await turns(2);
    client.close();
    begin();
    await turns(1);
    expect(sessions.map(({ closed }) => closed).at(-1)).toBe(true);
  });
});

describe('IsolatedClient.samples', () => {
  it('tell what the answers tell of the role', async () => {
    const { client, sessions } = await started();
    const answers = ['OK\n', 'NOREPLICAS no\n', 'ERR what\n', 'READONLY no\n'];
    for (const answer of answers) {
      await turns(1);
      sessions[0]?.print(answer);
    }
    client.close();
    const at = client.writes.map(({ endedAt }) => endedAt);
    expect(client.samples).toEqual([
      { at: at[0], node: 'redis-1', role: 'master' },
      { at: at[1], node: 'redis-1', role: 'master' },
      { at: at[3], node: 'redis-1', role: 'replica' },
    ]);
  });
});
