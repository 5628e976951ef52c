import type { ProbeRead } from '../../../src/model/client.js';
import { Reader } from '../../../src/redis/probe/paced.js';
import { replyError, SlowConnection, settled } from '../../helpers/probe.js';

describe('Reader', () => {
  function reader(key: string | undefined = 'p:follower:9') {
    const connection = new SlowConnection();
    const reads: ProbeRead[] = [];
    return { connection, reads, client: new Reader(connection.redis, () => key, reads) };
  }

  it.each<[string, unknown, ProbeRead['outcome']]>([
    ['sees what was acknowledged', '1', 'ok'],
    ['sees it even where it is empty', '', 'ok'],
    ['does not see it', null, 'stale'],
  ])('tells that it %s', async (_, reply, outcome) => {
    const { connection, client, reads } = reader();
    client.tick(1000, 1);
    connection.sent[0]?.answer(reply);
    await settled();
    expect(connection.sent[0]?.command).toEqual(['GET', 'p:follower:9']);
    expect(reads).toEqual([{ at: 1000, outcome }]);
  });

  it('tells that it failed when the replica refuses', async () => {
    const { connection, client, reads } = reader();
    client.tick(1000, 1);
    connection.sent[0]?.fail(replyError('MASTERDOWN Link with MASTER is down'));
    await settled();
    expect(reads).toEqual([{ at: 1000, outcome: 'fail' }]);
  });

  it('tells that it failed when there is no connection, or no answer', async () => {
    const { connection, client, reads } = reader();
    connection.status = 'connecting';
    client.tick(1000, 1);
    await settled();
    connection.status = 'ready';
    client.tick(2000, 1);
    client.tick(4001, 1);
    expect(reads).toEqual([
      { at: 1000, outcome: 'fail' },
      { at: 2000, outcome: 'fail' },
    ]);
  });

  it('asks for the key that was acknowledged last by then', async () => {
    const connection = new SlowConnection();
    let key = 'p:follower:1';
    const client = new Reader(connection.redis, () => key, []);
    client.tick(1000, 1);
    connection.sent[0]?.answer('1');
    await settled();
    key = 'p:follower:2';
    client.tick(1050, 1);
    expect(connection.sent.map(({ command }) => command[1])).toEqual([
      'p:follower:1',
      'p:follower:2',
    ]);
  });

  it('has nothing to fail at before anything was acknowledged', async () => {
    const connection = new SlowConnection();
    const reads: ProbeRead[] = [];
    new Reader(connection.redis, () => undefined, reads).tick(1000, 1);
    await settled();
    expect(reads).toEqual([]);
  });
});
