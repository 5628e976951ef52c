import { lstat } from 'node:fs/promises';
import { join } from 'node:path';
import { jest } from '@jest/globals';
import type { DrillDocument, UpDocument } from '../helpers/documents.js';
import { eventually, Lab } from '../helpers/lab.js';
import { Standing } from '../helpers/standing.js';

jest.setTimeout(240_000);

const ALL = ['redis-1', 'redis-2', 'redis-3', 'sentinel-1', 'sentinel-2', 'sentinel-3'];

let lab: Lab;
beforeAll(async () => {
  lab = await Lab.open();
});
afterAll(() => lab?.clean());

async function failedOver(one: Standing): Promise<void> {
  const drill = await lab.json<DrillDocument>('failover', one.name);
  expect(drill.passed).toBe(true);
  one.promoted(drill.promoted);
}

/** What was done to a topology by hand, and what `up` has to say of it. */
interface Fault {
  readonly title: string;
  readonly make: () => Promise<unknown>;
  readonly says: () => readonly string[];
}

describe('a topology at which somebody else has been', () => {
  let one: Standing;
  /** A data node that is a replica, by its place among them. */
  const replica = (n: number) =>
    ['redis-1', 'redis-2', 'redis-3'].filter((each) => each !== one.master)[n] ?? '';
  const container = (node: string) => lab.docker.getContainer(`${one.name}-${node}`);
  const remove = (node: string) => container(node).remove({ force: true });
  const cut = (node: string) =>
    lab.docker
      .getNetwork(`${one.name}-net`)
      .disconnect({ Container: `${one.name}-${node}`, Force: true });
  const all = (act: (node: string) => Promise<unknown>) => Promise.all(ALL.map(act));

  const FAULTS: readonly Fault[] = [
    {
      title: 'a replica and a Sentinel removed',
      make: () => Promise.all([replica(0), 'sentinel-2'].map(remove)),
      says: () => [`${replica(0)} has no container`, 'sentinel-2 has no container'],
    },
    {
      title: 'a replica stopped',
      make: () => container(replica(1)).stop(),
      says: () => [`${replica(1)} is stopped`],
    },
    {
      title: 'a replica and a Sentinel paused',
      make: () => Promise.all([replica(0), 'sentinel-1'].map((each) => container(each).pause())),
      says: () => [`${replica(0)} is paused`, 'sentinel-1 is paused'],
    },
    {
      title: 'a replica taken off the network',
      make: () => cut(replica(1)),
      says: () => [`${replica(1)} is on no network`],
    },
    {
      title: 'everything stopped and the network removed',
      make: async () => {
        await all((each) => container(each).stop());
        await lab.docker.getNetwork(`${one.name}-net`).remove();
      },
      says: () => [`${one.name} is stopped`, `The network ${one.name}-net is gone`],
    },
    {
      title: 'one removed, one stopped, one paused and one taken off the network',
      make: async () => {
        await container('sentinel-3').stop();
        await cut('sentinel-1');
        await container(replica(0)).pause();
        await remove(replica(1));
      },
      says: () => [
        'sentinel-3 is stopped',
        'sentinel-1 is on no network',
        `${replica(0)} is paused`,
        `${replica(1)} has no container`,
      ],
    },
    {
      title: 'all killed at once',
      make: () => all((each) => container(each).kill()),
      says: () => [`${one.name} is stopped`],
    },
    {
      title: 'all removed, the network too',
      make: async () => {
        await all(remove);
        await lab.docker.getNetwork(`${one.name}-net`).remove();
      },
      says: () => [`${one.name} has no containers; its data is kept`],
    },
    {
      title: 'all taken off the network, which was removed, while they run',
      make: async () => {
        await all(cut);
        await lab.docker.getNetwork(`${one.name}-net`).remove();
      },
      says: () => [`The network ${one.name}-net is gone`],
    },
  ];

  beforeAll(async () => {
    one = await Standing.begin(lab, lab.name());
    await one.write('first');
    await failedOver(one);
  });

  it.each(FAULTS)('finds $title, says so, and heals', async ({ title, make, says }) => {
    await one.write(title);
    await make();
    const { stderr } = await one.expectUp();
    for (const line of says()) expect(stderr).toContain(line);
  });

  it('heals when the master itself is removed, whoever is master then', async () => {
    await one.write('before the master went');
    await remove(one.master);
    const up = await lab.json<UpDocument>('up', one.name);
    one.promoted(up.master.node);
    await one.expectUp();
  });

  it('keeps the promoted master over down and up, and the epochs go on', async () => {
    await failedOver(one);
    await one.write('of the promoted one');
    const before = await one.epochs();
    expect(before.config).toBeGreaterThan(0);
    await lab.json('down', one.name);
    await one.expectUp();
    const woken = await one.epochs();
    expect(woken.config).toBe(before.config);
    expect(woken.current).toBeGreaterThanOrEqual(before.current);
    await failedOver(one);
    const after = await one.epochs();
    expect(after.config).toBeGreaterThan(woken.config);
    expect(after.current).toBeGreaterThan(woken.current);
    await one.expectHealthy();
  });

  it('stops and starts as a whole, and node by node', async () => {
    await one.write('before the stop');
    expect(await lab.json('stop', one.name)).toMatchObject({ stopped: 6 });
    expect(await lab.json('stop', one.name)).toMatchObject({ stopped: 0 });
    expect((await one.status()).state).toBe('down');
    await lab.json('start', one.name);
    await one.expectHealthy();
    for (const node of [replica(0), 'sentinel-2']) {
      await lab.json('stop', one.name, node);
      const codes = (await one.status()).findings.map(({ code, subject }) => [code, subject]);
      expect(codes).toContainEqual(['node-stopped', node]);
      await lab.json('start', one.name, node);
      const status = () => one.status();
      await eventually(status, ({ findings }) => findings.length === 0);
    }
    expect((await one.expectHealthy()).master?.node).toBe(one.master);
  });

  it('waits for another rsent at work: up, and scale', async () => {
    await container(replica(0)).stop();
    const [up, scale] = await waitsFor(
      ['up', one.name],
      ['scale', one.name, '--replicas', '3', '--sentinels', '3'],
    );
    expect([up.code, scale.code]).toEqual([0, 0]);
    expect((await one.expectUp()).nodes).toHaveLength(7);
    await lab.json('scale', one.name, '--replicas', '2', '--sentinels', '3');
    await one.expectHealthy();
  });

  it('waits for another rsent at work: up, and down; down, and up', async () => {
    await container(replica(0)).stop();
    const [up, down] = await waitsFor(['up', one.name], ['down', one.name]);
    expect([up.code, down.code]).toEqual([0, 0]);
    expect(await lab.leftovers(one.name)).toEqual([]);
    await one.expectUp();
    // A down may be over before anybody has to wait for it.
    const [away, back] = await Promise.all([
      lab.run('down', one.name),
      held().then(() => lab.run('up', one.name)),
    ]);
    expect([away.code, back.code]).toEqual([0, 0]);
    await one.expectUp();
  });

  it('is as new after a reset, in the same containers', async () => {
    await failedOver(one);
    await expectReset(one);
  });

  /** An rsent is at work. */
  async function held(): Promise<void> {
    const lock = join(lab.home, 'data', `.${one.name}.lock`);
    const isHeld = () => lstat(lock).then(Boolean, () => false);
    await eventually(isHeld, Boolean);
  }

  /** The second is started when the first has begun, and has to say that it waits. */
  async function waitsFor(first: readonly string[], second: readonly string[]) {
    const begun = lab.start(first);
    await held();
    const other = lab.start(second);
    await other.heard(`Another rsent works on ${one.name}`);
    return Promise.all([begun.result, other.result]);
  }
});

describe.each([
  ['in volumes, with users of its own and TLS', ['--storage', 'volume', '--acl', '--tls']],
  ['in a pod', ['--network', 'pod']],
])('a reset %s', (_, flags) => {
  it('needs a yes, empties all, and begins anew in the same containers', async () => {
    const one = await Standing.begin(lab, lab.name(), ...flags);
    await one.write('before');
    await failedOver(one);
    await expectReset(one);
    await lab.json('down', one.name, '--volumes', '--yes');
  });
});

async function expectReset(one: Standing): Promise<void> {
  const ids = async () => {
    const filters = { label: [`rsent.topology=${one.name}`] };
    const rows = await lab.docker.listContainers({ all: true, filters });
    return rows.map(({ Id }) => Id).sort();
  };
  const before = await ids();
  const refused = await lab.run('reset', one.name);
  expect([refused.code, refused.stderr]).toEqual([2, expect.stringContaining('--yes')]);
  await one.expectHealthy();
  await lab.json('reset', one.name, '--yes');
  const status = await lab.faultless(one.name);
  expect(status).toMatchObject({ state: 'healthy', findings: [], master: { node: 'redis-1' } });
  expect(status.sentinels.map(({ sees }) => sees?.epoch)).toEqual([0, 0, 0]);
  expect(await one.atMaster((client) => client.dbsize())).toBe(0);
  expect(await ids()).toEqual(before);
}
