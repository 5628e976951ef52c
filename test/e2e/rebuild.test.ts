import { open, readdir, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { jest } from '@jest/globals';
import type { StatusDocument } from '../helpers/documents.js';
import { Lab } from '../helpers/lab.js';
import { withRedis } from '../helpers/redis.js';

jest.setTimeout(240_000);

let lab: Lab;
beforeAll(async () => {
  lab = await Lab.open();
});
afterAll(() => lab?.clean());

const KEYS = 50;

async function made(...flags: readonly string[]): Promise<string> {
  const name = lab.name();
  await lab.json('up', name, '--profile', 'ci', ...flags);
  const { master, nodes } = await lab.json<StatusDocument>('status', name);
  const published = nodes.find((node) => node.name === master?.node)?.published ?? '';
  await withRedis(published, async (client) => {
    for (let i = 0; i < KEYS; i++) await client.set(`key:${i}`, i);
    expect(await client.wait(2, 5000)).toBe(2);
  });
  return name;
}

/** Healthy, with all keys on all nodes. Gives the master's name. */
async function expectWhole(name: string): Promise<string> {
  const { master, healthy, nodes } = await lab.json<StatusDocument>('status', name);
  expect(healthy).toBe(true);
  for (const { published } of nodes)
    expect(await withRedis(published, (client) => client.dbsize())).toBe(KEYS);
  return master?.node ?? '';
}

describe('a data node that cannot load its data, in directories', () => {
  let name: string;
  const folder = (node: string, ...parts: readonly string[]) =>
    join(lab.home, 'data', name, node, ...parts);
  const aof = (node: string) => folder(node, 'data', 'appendonlydir');

  /** The newest part of its append-only file begins with rubbish. Gives its name. */
  async function damage(node: string): Promise<string> {
    const parts = (await readdir(aof(node))).filter((each) => each.endsWith('.incr.aof')).sort();
    const part = parts.at(-1) ?? '';
    const file = await open(join(aof(node), part), 'r+');
    await file.write('rubbish rubbish rubbish', 0);
    await file.close();
    return part;
  }

  beforeAll(async () => {
    name = await made();
    expect((await lab.run('down', name)).code).toBe(0);
  });

  it('as a replica: up ends at once with the file, and its way out works', async () => {
    const part = await damage('redis-2');
    const failed = await lab.run('up', name);
    expect(failed.code).toBe(1);
    expect(failed.stderr).toContain(`redis-2 cannot load its data: ${part} is damaged`);
    expect(failed.stderr).toContain(`rsent up ${name} --rebuild redis-2`);
    expect((await lab.run('up', name, '--rebuild', 'redis-2')).code).toBe(0);
    expect(await expectWhole(name)).toBe('redis-1');
    const kept = (await readdir(folder('redis-2'))).filter((each) => /^data\.broken-/.test(each));
    expect(kept).toHaveLength(1);
    expect(
      (await stat(folder('redis-2', kept[0] ?? '', 'appendonlydir', part))).size,
    ).toBeGreaterThan(0);
  });

  it('as the master: another one is promoted before it is filled anew', async () => {
    expect((await lab.run('down', name)).code).toBe(0);
    const part = await damage('redis-1');
    const failed = await lab.run('up', name);
    expect(failed.code).toBe(1);
    expect(failed.stderr).toContain(`redis-1 cannot load its data: ${part} is damaged`);
    const { code, stderr } = await lab.run('up', name, '--rebuild', 'redis-1');
    expect(code).toBe(0);
    expect(stderr).toMatch(/redis-1 is rebuilt; redis-\d, which has \d+ bytes, is the master now/);
    expect(await expectWhole(name)).not.toBe('redis-1');
  });

  it('while all others run: it is found although its container is started again and again', async () => {
    const { master } = await lab.json<StatusDocument>('status', name);
    const node = ['redis-2', 'redis-3'].find((each) => each !== master?.node) ?? '';
    await lab.run('kill', node, name);
    await damage(node);
    await lab.docker.getContainer(`${name}-${node}`).start();
    const failed = await lab.run('up', name);
    expect(failed.code).toBe(1);
    expect(failed.stderr).toContain(`${node} cannot load its data`);
    expect((await lab.run('up', name, '--rebuild', node)).code).toBe(0);
    await expectWhole(name);
  });

  it('without its manifest: nothing starts, as it would begin with nothing', async () => {
    expect((await lab.run('down', name)).code).toBe(0);
    await rm(join(aof('redis-3'), 'appendonly.aof.manifest'));
    const failed = await lab.run('up', name);
    expect(failed.code).toBe(2);
    expect(failed.stderr).toContain('appendonly.aof.manifest: it is gone');
    expect(await lab.leftovers(name)).toEqual([]);
    expect((await lab.run('up', name, '--rebuild', 'redis-3')).code).toBe(0);
    await expectWhole(name);
  });

  it('is not named where there is no such node, and goes with all that was kept', async () => {
    const unknown = await lab.run('up', name, '--rebuild', 'redis-9');
    expect(unknown.code).toBe(2);
    expect(unknown.stderr).toContain('no data node named redis-9');
    expect((await lab.run('down', name, '--volumes', '--yes')).code).toBe(0);
    await expect(stat(join(lab.home, 'data', name))).rejects.toThrow('ENOENT');
  });
});

describe('a data node that is rebuilt, in volumes', () => {
  it('while it runs as the master: another one is master then, with all keys', async () => {
    const name = await made('--storage', 'volume');
    expect((await lab.run('up', name, '--rebuild', 'redis-1')).code).toBe(0);
    expect(await expectWhole(name)).not.toBe('redis-1');
    expect((await lab.run('down', name, '--volumes', '--yes')).code).toBe(0);
    expect(await lab.leftovers(name)).toEqual([]);
  });
});
