import { mkdir, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { jest } from '@jest/globals';
import type { UpDocument } from '../helpers/documents.js';
import { Lab } from '../helpers/lab.js';
import { withRedis } from '../helpers/redis.js';

jest.setTimeout(240_000);

let lab: Lab;
let home: string;
beforeAll(async () => {
  lab = await Lab.open();
  home = join(lab.home, 'data');
});
afterAll(() => lab?.clean());

/** Brings up a topology with a key that every replica has. */
async function withKey(...flags: readonly string[]): Promise<{ name: string; master: string }> {
  const name = lab.name();
  const master = await broughtUp(name, '--profile', 'ci', ...flags);
  await withRedis(master, async (client) => {
    await client.set('kept', 'yes');
    expect(await client.wait(2, 5000)).toBe(2);
  });
  return { name, master };
}

/** Brings it up; gives where its master is called, whose port may be another one each time. */
async function broughtUp(name: string, ...flags: readonly string[]): Promise<string> {
  const { nodes } = await lab.json<UpDocument>('up', name, ...flags);
  return nodes.find((node) => node.name === 'redis-1')?.published ?? '';
}

const value = (master: string) => withRedis(master, (client) => client.get('kept'));

describe('the directory of a topology in volumes that was moved to another data home', () => {
  it('is taken back there by the command that is printed, and nothing is lost', async () => {
    const { name } = await withKey('--storage', 'volume');
    expect((await lab.run('down', name)).code).toBe(0);
    const elsewhere = join(lab.home, 'elsewhere');
    await mkdir(elsewhere);
    await rename(join(home, name), join(elsewhere, name));

    const before = (await lab.leftovers(name)).sort();
    expect(before).toHaveLength(6);
    for (const verb of [['up'], ['down', '--volumes', '--yes']]) {
      const { code, stderr } = await lab.run(...verb, name, '--data-dir', elsewhere);
      expect(code).toBe(2);
      expect(stderr).toContain(`mv ${join(elsewhere, name)} ${join(home, name)}`);
    }
    expect((await lab.leftovers(name)).sort()).toEqual(before);

    await rename(join(elsewhere, name), join(home, name));
    expect(await value(await broughtUp(name))).toBe('yes');
  });
});

describe('a topology whose whole data home was removed while it runs', () => {
  it('is not ended by down or prune, until its data is given up', async () => {
    const { name, master } = await withKey();
    await rm(join(home, name), { recursive: true });

    const down = await lab.run('down', name);
    expect(down.code).toBe(1);
    expect(down.stderr).toContain('data in memory only');
    const prune = await lab.run('prune', name, '--yes');
    expect(prune).toMatchObject({
      code: 0,
      stdout: expect.stringContaining('Kept, as it is data'),
    });
    expect(await value(master)).toBe('yes');
    expect(await lab.leftovers(name)).toHaveLength(7);

    expect((await lab.run('down', name, '--volumes', '--yes')).code).toBe(0);
    expect(await lab.leftovers(name)).toEqual([]);
  });
});
