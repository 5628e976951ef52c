import { PassThrough } from 'node:stream';
import type { Attached } from '../../src/engine/engine.js';
import { isSeenFrozen, rejectFrozen, untouched } from '../../src/flow/frozen.js';
import type { NodeObservation } from '../../src/model/observation.js';
import type { Plan } from '../../src/model/plan.js';
import type { RunningTopology } from '../../src/model/topology.js';
import { NodeClient } from '../../src/redis/client.js';
import { anEngine } from '../helpers/engine.js';
import { FakeServer } from '../helpers/fake-server.js';
import { aRecord, nodeNamed } from '../helpers/topology.js';

const record = aRecord();
const nodes = ['redis-1', 'sentinel-2'].map((name) => nodeNamed(record, name));

/** An engine whose containers' first processes are in this state, by proc(5). */
function engineWith(state: string) {
  const looked: string[] = [];
  const attach = async (container: string): Promise<Attached> => {
    looked.push(container);
    const stdout = new PassThrough();
    stdout.write(`1 (redis-server) ${state} 0 1 1 0 -1 4194560\n`);
    return { stdout, ended: Promise.resolve(), close: () => undefined } as unknown as Attached;
  };
  return { engine: anEngine({ attach }), looked };
}

const WAY_OUT = {
  kind: 'unhealthy',
  message: 'redis-1, sentinel-2 of lab: their processes are frozen.',
  hint: expect.stringContaining(
    'docker kill -s CONT lab-redis-1 lab-sentinel-2 has them go on after a signal; else rsent kill redis-1 lab; rsent kill sentinel-2 lab; then rsent up lab.',
  ),
};

describe('nodes that say nothing', () => {
  let silent: FakeServer;
  let client: NodeClient;
  beforeAll(async () => {
    silent = await FakeServer.start(() => undefined);
    client = new NodeClient(silent.address, {}, 200);
  });
  afterAll(async () => {
    client.close();
    await silent.stop();
  });

  it.each(['T', 't'])('end it where their processes are stopped (%s)', async (state) => {
    const { engine } = engineWith(state);
    await expect(rejectFrozen(engine, 'lab', nodes, () => client)).rejects.toMatchObject(WAY_OUT);
  });

  it.each(['S', 'R', 'D'])('are waited for where they may go on (%s)', async (state) => {
    const { engine, looked } = engineWith(state);
    await rejectFrozen(engine, 'lab', nodes, () => client);
    expect(looked).toEqual(['lab-redis-1', 'lab-sentinel-2']);
  });

  it.each([
    ['running', 'no answer within 2000 ms, though it takes connections', true],
    ['running', 'no answer within 2000 ms', true],
    ['running', 'no answer to the attempt to connect', true],
    ['running', 'connection refused', false],
    ['paused', 'its container is paused', false],
  ] as const)('%s, %s: looked at %s', async (container, why, expected) => {
    const node = { container, answer: { reached: false, why } } as NodeObservation;
    expect(await isSeenFrozen(engineWith('T').engine, 'lab-redis-1', node)).toBe(expected);
  });
});

describe('nodes that answer', () => {
  it('are not looked at', async () => {
    const { engine, looked } = engineWith('T');
    const server = await FakeServer.start(() => '+PONG\r\n');
    const client = new NodeClient(server.address, {});
    await rejectFrozen(engine, 'lab', nodes, () => client);
    client.close();
    await server.stop();
    expect(looked).toEqual([]);
  });
});

describe('what must be able to answer', () => {
  it.each(['remove-container', 'kill-container', 'stop-container'])(
    'is what runs already, is on its network, and is not ended (%s)',
    (kind) => {
      const before = {
        nodes: [
          ...[{ name: 'redis-1', state: 'running', cut: false }],
          ...[{ name: 'redis-2', state: 'exited', cut: false }],
          ...[{ name: 'redis-3', state: 'running', cut: true }],
          ...[{ name: 'sentinel-1', state: 'running', cut: false }],
        ],
      } as unknown as RunningTopology;
      const removal = { kind, id: 'x', after: [], container: 'lab-sentinel-1' };
      const plan = { steps: [removal] } as unknown as Plan;
      expect(untouched(record, plan, before).map(({ name }) => name)).toEqual(['redis-1']);
    },
  );
});
