import type { ProbeWrite } from '../../../src/model/client.js';
import type { ProbeOrder } from '../../../src/redis/probe/messages.js';
import { Writer } from '../../../src/redis/probe/paced.js';
import { anOrder, replyError, SlowConnection, settled } from '../../helpers/probe.js';

const READONLY = 'READONLY You can’t write against a read only replica.';

function writer(more: Partial<ProbeOrder> = {}) {
  const connection = new SlowConnection();
  const writes: ProbeWrite[] = [];
  const client = new Writer(connection.redis, anOrder(undefined, more), 'sticky', writes);
  return { connection, writes, client };
}

/** Key of each SET that was sent. */
const keysOf = ({ sent }: SlowConnection) => sent.map(({ command }) => command[1]);
const numbersOf = (writes: readonly ProbeWrite[]) => writes.map(({ n }) => n);

describe('Writer', () => {
  it('writes so many keys at once, each with its own number', () => {
    const { connection, client } = writer();
    client.tick(1000, 3);
    expect(keysOf(connection)).toEqual(['p:sticky:1', 'p:sticky:2', 'p:sticky:3']);
  });

  it('goes on counting where it was', async () => {
    const { connection, client, writes } = writer();
    for (const now of [1000, 1050]) {
      client.tick(now, 2);
      for (const { answer } of connection.sent) answer('OK');
      await settled();
    }
    expect(keysOf(connection)).toEqual(['p:sticky:1', 'p:sticky:2', 'p:sticky:3', 'p:sticky:4']);
    expect(numbersOf(writes)).toEqual([1, 2, 3, 4]);
  });

  it('tells of each write when it was sent and what came of it', async () => {
    const { connection, client, writes } = writer();
    const before = Date.now();
    client.tick(before - 7, 2);
    connection.sent[1]?.fail(replyError(READONLY));
    await settled();
    connection.sent[0]?.answer('OK');
    await settled();
    const common = { side: 'sticky', issuedAt: before - 7, endedAt: expect.any(Number) };
    expect(writes).toEqual([
      { n: 2, ...common, outcome: 'fail', why: READONLY },
      { n: 1, ...common, outcome: 'ok', by: 'redis-1' },
    ]);
    for (const { endedAt } of writes) expect(endedAt).toBeGreaterThanOrEqual(before);
  });

  it('sends nothing while an answer is awaited', async () => {
    const { connection, client } = writer();
    client.tick(1000, 2);
    connection.sent[0]?.answer('OK');
    await settled();
    client.tick(1050, 2);
    expect(connection.sent).toHaveLength(2);
    connection.sent[1]?.answer('OK');
    await settled();
    client.tick(1100, 2);
    expect(connection.sent).toHaveLength(4);
  });

  it('counts a write that could not be sent as failed, and tries the next one', async () => {
    const { connection, client, writes } = writer();
    connection.status = 'reconnecting';
    client.tick(1000, 1);
    await settled();
    client.tick(1050, 1);
    await settled();
    expect(writes.map(({ n, outcome, why }) => [n, outcome, why])).toEqual([
      [1, 'fail', 'no connection'],
      [2, 'fail', 'no connection'],
    ]);
    expect(connection.sent).toEqual([]);
  });

  it('does not wait for its turn when there is a connection again', () => {
    const { connection } = writer();
    connection.emit('ready');
    expect(keysOf(connection)).toEqual(['p:sticky:1']);
  });

  it('knows the last key that was acknowledged', async () => {
    const { connection, client } = writer();
    expect(client.lastKey).toBeUndefined();
    client.tick(1000, 2);
    connection.sent[0]?.answer('OK');
    connection.sent[1]?.fail(replyError(READONLY));
    await settled();
    expect(client.lastKey).toBe('p:sticky:1');
  });
});

describe('Writer without an answer', () => {
  it('waits for two seconds, and knows nothing of any of them then', async () => {
    const { connection, client, writes } = writer();
    client.tick(1000, 2);
    client.tick(3000, 2);
    expect([writes, connection.broken]).toEqual([[], []]);
    client.tick(3001, 2);
    const unknown = { side: 'sticky', issuedAt: 1000, endedAt: 3001, outcome: 'unknown' };
    expect(writes).toEqual([
      { n: 1, ...unknown, why: 'no answer within 2000 ms' },
      { n: 2, ...unknown, why: 'no answer within 2000 ms' },
    ]);
    expect(connection.broken).toEqual(['again']);
    expect(connection.sent).toHaveLength(2);
  });

  it('keeps what was answered before', async () => {
    const { connection, client, writes } = writer();
    client.tick(1000, 3);
    connection.sent[1]?.answer('OK');
    await settled();
    client.tick(3001, 1);
    expect(writes.map(({ n, outcome }) => [n, outcome])).toEqual([
      [2, 'ok'],
      [1, 'unknown'],
      [3, 'unknown'],
    ]);
  });

  it.each<[string, (sent: SlowConnection['sent'][number]) => void]>([
    ['good', ({ answer }) => answer('OK')],
    ['bad', ({ fail }) => fail(replyError(READONLY))],
    ['none, as the connection broke', ({ fail }) => fail(new Error('Connection is closed.'))],
  ])('takes no notice of a late answer: %s', async (_, late) => {
    const { connection, client, writes } = writer();
    client.tick(1000, 1);
    client.tick(3001, 1);
    for (const sent of connection.sent) late(sent);
    await settled();
    expect(writes.map(({ n, outcome }) => [n, outcome])).toEqual([[1, 'unknown']]);
    expect(client.lastKey).toBeUndefined();
  });

  it('writes on with new numbers', async () => {
    const { connection, client, writes } = writer();
    client.tick(1000, 2);
    client.tick(3001, 2);
    client.tick(3051, 1);
    connection.sent[2]?.answer('OK');
    await settled();
    expect(numbersOf(writes)).toEqual([1, 2, 3]);
    expect(keysOf(connection).at(-1)).toBe('p:sticky:3');
  });

  it('does not take a late answer for that to a later write', async () => {
    const { connection, client, writes } = writer();
    client.tick(1000, 1);
    client.tick(3001, 1);
    client.tick(3051, 1);
    connection.sent[0]?.answer('OK');
    await settled();
    expect(numbersOf(writes)).toEqual([1]);
  });
});

describe('Writer.close', () => {
  it('leaves no write without an outcome, and no connection', () => {
    const { connection, client, writes } = writer();
    client.tick(Date.now(), 2);
    client.close();
    expect(writes.map(({ n, outcome }) => [n, outcome])).toEqual([
      [1, 'unknown'],
      [2, 'unknown'],
    ]);
    expect(connection.broken.at(-1)).toBe('for good');
  });

  it('does not say of a write that had no time that it had two seconds', () => {
    const { client, writes } = writer();
    client.tick(Date.now(), 1);
    client.close();
    expect(writes.map(({ why }) => why)).toEqual([expect.not.stringContaining('2000 ms')]);
  });

  it('takes no notice of what is answered after it', async () => {
    const { connection, client, writes } = writer();
    client.tick(Date.now(), 1);
    client.close();
    for (const { answer } of connection.sent) answer('OK');
    await settled();
    expect(writes.map(({ outcome }) => outcome)).toEqual(['unknown']);
  });
});

describe('Writer.isRefusedYet', () => {
  /** A connection that is new at this moment, with one write under way. */
  function fresh() {
    const { connection, client } = writer();
    const from = Date.now();
    connection.emit('ready');
    return { connection, client, from, until: Date.now() };
  }

  it('is true while a new connection is refused writes, for two seconds', async () => {
    const { connection, client, from, until } = fresh();
    expect(client.isRefusedYet(until)).toBe(false);
    connection.sent[0]?.fail(replyError('NOREPLICAS Not enough good replicas to write.'));
    await settled();
    expect(client.isRefusedYet(from + 1999)).toBe(true);
    expect(client.isRefusedYet(until + 2000)).toBe(false);
  });

  it('is over with the first write that is taken', async () => {
    const { connection, client, until } = fresh();
    connection.sent[0]?.fail(replyError('NOREPLICAS Not enough good replicas to write.'));
    await settled();
    client.tick(until, 1);
    connection.sent[1]?.answer('OK');
    await settled();
    expect(client.isRefusedYet(until)).toBe(false);
  });

  it('is not said of a client without a connection', async () => {
    const { connection, client, until } = fresh();
    connection.sent[0]?.fail(replyError(READONLY));
    await settled();
    connection.status = 'reconnecting';
    expect(client.isRefusedYet(until)).toBe(false);
  });
});
