import { jest } from '@jest/globals';
import { Lab } from '../helpers/lab.js';
import { withRedis } from '../helpers/redis.js';

jest.setTimeout(240_000);

let lab: Lab;
beforeAll(async () => {
  lab = await Lab.open();
});
afterAll(() => lab?.clean());

describe('reset of a topology in volumes', () => {
  it('leaves no key, no append-only file and no epoch of before', async () => {
    const name = lab.name();
    await lab.json('up', name, '--profile', 'ci', '--storage', 'volume');
    await atMaster(name, async (client) => {
      await client.set('before', '1');
      // A directory with directories in it: an engine has no way to take that away as such.
      await client.bgrewriteaof();
      expect(await client.wait(2, 5000)).toBe(2);
    });
    expect((await lab.run('failover', name, '--manual')).code).toBe(0);
    expect((await lab.run('reset', name, '--yes')).code).toBe(0);
    const seen = await lab.healthy(name);
    expect(seen).toMatchObject({ healthy: true, master: { node: 'redis-1' } });
    expect(await atMaster(name, (client) => client.dbsize())).toBe(0);
    // Nothing comes back from disk, either.
    expect((await lab.run('down', name)).code).toBe(0);
    await lab.json('up', name);
    expect(await atMaster(name, (client) => client.dbsize())).toBe(0);
    expect((await lab.run('down', name, '--volumes', '--yes')).code).toBe(0);
    expect(await lab.leftovers(name)).toEqual([]);
  });
});

describe('a Sentinel that left, then a reset, then one of its name', () => {
  it('brings nothing back of what it knew', async () => {
    const name = lab.name();
    await lab.json('up', name, '--profile', 'ci', '--tls');
    await lab.json('scale', name, '--sentinels', '5');
    expect((await lab.run('failover', name, '--manual')).code).toBe(0);
    await lab.json('scale', name, '--sentinels', '3');
    expect((await lab.run('reset', name, '--yes')).code).toBe(0);
    await lab.json('scale', name, '--sentinels', '5');
    const seen = await lab.healthy(name);
    expect(seen).toMatchObject({ healthy: true, master: { node: 'redis-1' } });
    expect((await lab.run('down', name, '--volumes', '--yes')).code).toBe(0);
  });
});

async function atMaster<T>(name: string, act: Parameters<typeof withRedis<T>>[1]): Promise<T> {
  const { master, nodes } = await lab.healthy(name);
  const published = nodes.find((node) => node.name === master?.node)?.published ?? '';
  return withRedis(published, act, await lab.key(name));
}
