import { PassThrough } from 'node:stream';
import type { Attached } from '../../src/engine/engine.js';
import { rejectUnreachable } from '../../src/flow/unreached.js';
import { NodeClient } from '../../src/redis/client.js';
import { anEngine } from '../helpers/engine.js';
import { FakeServer } from '../helpers/fake-server.js';
import { aRecord, nodeNamed } from '../helpers/topology.js';

const NODE = nodeNamed(aRecord(), 'redis-1');

/** An engine whose container prints this when it is asked to ping itself. */
function saying(text: string) {
  const attach = async (): Promise<Attached> => {
    const stdout = new PassThrough();
    stdout.end(text);
    return {
      ...{ stdin: new PassThrough(), stdout, stderr: new PassThrough() },
      ended: new Promise((resolve) => stdout.on('end', () => resolve())),
      ...{ resize: async () => undefined, exitCode: async () => 0, close: () => undefined },
    };
  };
  return anEngine({ attach });
}

const nobody = () => new NodeClient({ ip: '127.0.0.1', port: 1 });

describe('a node that does not answer', () => {
  it.each(['PONG\n', '(error) NOAUTH Authentication required.\n', 'LOADING Redis is loading\n'])(
    'is given up where it answers in its container: %j',
    async (text) => {
      const client = nobody();
      const look = rejectUnreachable(saying(text), NODE, client);
      await expect(look).rejects.toMatchObject({
        kind: 'engine',
        message: expect.stringContaining('redis-1 answers in its container, but not at 127.0.0.1:'),
        hint: expect.stringContaining('--network host'),
      });
      client.close();
    },
  );

  it.each([
    ['it does not answer there either', 'Could not connect to Redis at 127.0.0.1:6379\n'],
    ['there is no client in the image', 'sh: valkey-cli: not found\n'],
  ])('is waited for where %s', async (_, text) => {
    const client = nobody();
    await rejectUnreachable(saying(text), NODE, client);
    client.close();
  });

  it('is waited for where it cannot be asked', async () => {
    const client = nobody();
    const attach = async () => Promise.reject(new Error('no'));
    await rejectUnreachable(anEngine({ attach }), NODE, client);
    client.close();
  });

  it('is there where it refuses what it is asked', async () => {
    const server = await FakeServer.start(() => '-ERR max number of clients reached\r\n');
    const client = new NodeClient(server.address);
    await rejectUnreachable(saying('PONG\n'), NODE, client);
    client.close();
    await server.stop();
  });
});
