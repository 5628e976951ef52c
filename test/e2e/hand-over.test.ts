import { jest } from '@jest/globals';
import { handOver } from '../../src/flow/drill/hand-over.js';
import type { Moments } from '../../src/flow/drill/scene.js';
import { ByHand } from '../helpers/by-hand.js';
import { Foreign } from '../helpers/foreign.js';
import { eventually } from '../helpers/lab.js';
import { whileHammering, withRedis } from '../helpers/redis.js';

jest.setTimeout(180_000);

let foreign: Foreign;
let topology: ByHand;
beforeAll(async () => {
  foreign = await Foreign.open();
  topology = await ByHand.start(foreign);
});
afterEach(() => topology.calm());
afterAll(async () => {
  topology?.close();
  await foreign?.clean();
});

/** Who leads: the first Sentinel that is able to. */
const LEADER = 'sentinel-1';
let round = 0;

const replicasOf = (master: string) =>
  ['redis-1', 'redis-2', 'redis-3'].filter((name) => name !== master);

/** Done right before the hand-over, and right after it. */
interface Around {
  readonly before?: (replicas: readonly string[]) => void;
  readonly after?: (replicas: readonly string[]) => void;
}

/**
 * A hand-over under clients that stay with the old master, with something done to it as the
 * Sentinel is asked; whatever comes of it, no acknowledged write may be missing in the end.
 */
async function handingOver(
  trouble: (replicas: readonly string[]) => void = () => {},
  { before, after }: Around = {},
) {
  const scene = await topology.scene();
  const old = scene.master.name;
  const replicas = replicasOf(old);
  const moments: Moments = { begin: () => trouble(replicas), rejoined: () => {} };
  const { result, taken } = await whileHammering(
    topology.server(old).address,
    `round${++round}`,
    async () => {
      await eventually(
        () => topology.ask<string>(old, 'GET', `round${round}:100`),
        (value) => value === '100',
      );
      before?.(replicas);
      const outcome = await handOver(scene, moments).catch((error: Error) => error);
      after?.(replicas);
      await topology.calm();
      return outcome;
    },
  );
  const master = await topology.master();
  const kept = await withRedis(topology.server(master).address, (client) =>
    client.mget(taken.map(({ key }) => key)),
  );
  expect(taken.length).toBeGreaterThanOrEqual(100);
  expect(kept.filter((value) => value === null)).toHaveLength(0);
  for (const name of ['redis-1', 'redis-2', 'redis-3']) {
    expect(await topology.ask(name, 'CONFIG', 'GET', 'min-replicas-to-write')).toEqual([
      'min-replicas-to-write',
      '0',
    ]);
  }
  return { old, master, result };
}

const failoverState = async () => (await topology.said(LEADER)).get('failover-state');

it('loses nothing where nothing goes wrong, again and again', async () => {
  for (let i = 0; i < 3; i++) {
    const { old, master, result } = await handingOver();
    expect(result).toMatchObject({ promoted: { name: master } });
    expect(master).not.toBe(old);
  }
});

it('waits for a Sentinel that stalls as it is asked, and carries it out only after its TILT', async () => {
  const { old, master } = await handingOver(() => {
    topology.server(LEADER).freeze();
    setTimeout(() => topology.server(LEADER).thaw(), 3000);
  });
  expect(master).not.toBe(old);
});

it('waits for replicas that stall as they are told to be master', async () => {
  const { old, master } = await handingOver((replicas) => {
    for (const each of replicas) topology.server(each).freeze();
    setTimeout(() => {
      for (const each of replicas) topology.server(each).thaw();
    }, 3000);
  });
  expect(master).not.toBe(old);
});

it('gives writes back after the Sentinel gave it up, and undoes a promotion that comes too late', async () => {
  const { old, master, result } = await handingOver((replicas) => {
    for (const each of replicas) topology.server(each).freeze();
    void eventually(failoverState, (state) => state !== undefined)
      .then(() => eventually(failoverState, (state) => state === undefined, 30_000))
      .finally(() => {
        for (const each of replicas) topology.server(each).thaw();
      });
  });
  expect(result).toMatchObject({
    kind: 'unhealthy',
    message: expect.stringContaining('sentinel-1 did not carry out the failover'),
    hint: expect.stringContaining('takes writes again'),
  });
  expect(master).toBe(old);
});

it('does not ask a Sentinel in TILT, though its CKQUORUM says OK', async () => {
  topology.server(LEADER).freeze();
  // TILT needs a stall of more than two seconds (sentinel.c, tilt_trigger).
  await new Promise((resolve) => setTimeout(resolve, 2500));
  topology.server(LEADER).thaw();
  await eventually(
    () => topology.ask<string>(LEADER, 'INFO', 'sentinel'),
    (info) => info.includes('sentinel_tilt:1'),
  );
  expect(await topology.ask(LEADER, 'SENTINEL', 'CKQUORUM', 'mymaster')).toMatch(/^OK/);
  const { old, master, result } = await handingOver();
  expect(result).toMatchObject({ requestedOf: 'sentinel-2' });
  expect(master).not.toBe(old);
});

it('waits until a replica that has just gone is missed, and has the other one promoted', async () => {
  const { result, old, master } = await handingOver(undefined, {
    before: ([gone = '']) => topology.server(gone).freeze(),
    after: ([gone = '']) => topology.server(gone).thaw(),
  });
  expect(result).toMatchObject({ promoted: { name: master } });
  expect(master).toBe(replicasOf(old)[1]);
});

it('begins nothing, and disconnects nobody, while a replica lacks a write', async () => {
  const scene = await topology.scene();
  const old = scene.master.name;
  const [cut = ''] = replicasOf(old);
  const epoch = (await topology.said(LEADER)).get('config-epoch');
  // It answers everyone, and its master does not let it in any more.
  await topology.ask(cut, 'CONFIG', 'SET', 'masteruser', 'nobody');
  await topology.ask(cut, 'CONFIG', 'SET', 'masterauth', 'nothing');
  await topology.ask(old, 'CLIENT', 'KILL', 'TYPE', 'replica');
  try {
    await withRedis(topology.server(old).address, async (client) => {
      const id = await client.client('ID');
      await expect(handOver(scene, { begin: () => {}, rejoined: () => {} })).rejects.toMatchObject({
        kind: 'refused',
        message: expect.stringContaining(`${cut} has no link to the master`),
        hint: expect.stringContaining('Nothing was changed'),
      });
      await client.set('after', '1');
      expect(await client.client('ID')).toBe(id);
    });
  } finally {
    await topology.ask(cut, 'CONFIG', 'SET', 'masteruser', '');
    await topology.ask(cut, 'CONFIG', 'SET', 'masterauth', '');
  }
  expect((await topology.said(LEADER)).get('config-epoch')).toBe(epoch);
});
