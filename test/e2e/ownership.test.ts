import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { jest } from '@jest/globals';
import { Lab } from '../helpers/lab.js';

jest.setTimeout(120_000);

describe('what was there before', () => {
  let lab: Lab;
  const labelled: string[] = [];

  beforeAll(async () => {
    lab = await Lab.open();
  });
  afterAll(async () => {
    for (const name of labelled) await lab.docker.getVolume(name).remove();
    await lab?.clean();
  });

  const directory = (name: string) => join(lab.home, 'data', name);

  it('is not taken for a new topology, and named', async () => {
    const name = lab.name();
    await mkdir(join(directory(name), 'src'), { recursive: true });
    await writeFile(join(directory(name), 'src', 'a.c'), 'mine');
    const { code, stderr } = await lab.run('up', name, '--timeout', '1ms');
    expect(code).toBe(2);
    expect(stderr).toContain(directory(name));
    expect(stderr).toContain('--data-dir');
    expect(await readFile(join(directory(name), 'src', 'a.c'), 'utf8')).toBe('mine');
    expect(await lab.leftovers(name)).toEqual([]);
  });

  it('is left when an up in an empty directory is undone', async () => {
    const name = lab.name();
    await mkdir(directory(name), { recursive: true });
    const { code, stderr } = await lab.run('up', name, '--profile', 'ci', '--timeout', '1ms');
    expect([code, stderr]).toEqual([1, expect.stringContaining('Rolled back')]);
    expect(await readdir(directory(name))).toEqual([]);
    expect(await lab.leftovers(name)).toEqual([]);
  });

  it.each([
    ['another machine with equal paths has made', { 'rsent.origin': 'd'.repeat(32) }],
    ['were made before it was noted who makes them', {}],
  ])('stays without a record: volumes that %s', async (_, origin) => {
    const name = lab.name();
    const volume = `${name}-redis-1-files`;
    await lab.docker.createVolume({
      Name: volume,
      Labels: {
        ...{ 'rsent.schema': '1', 'rsent.topology': name, 'rsent.node': 'redis-1' },
        ...{ 'rsent.directory': directory(name), ...origin },
      },
    });
    labelled.push(volume);
    const { code, stdout } = await lab.run('down', name, '--volumes', '--yes');
    expect([code, stdout]).toEqual([1, expect.stringContaining(`docker volume rm ${volume}`)]);
    const up = await lab.run('up', name, '--storage', 'volume');
    expect([up.code, up.stderr]).toEqual([
      2,
      expect.stringContaining(`docker volume rm ${volume}`),
    ]);
    const pruned = await lab.run('prune', '--volumes', '--yes', '--json');
    expect(pruned.stdout).not.toContain(`"${volume}"`);
    expect(await lab.leftovers(name)).toEqual([volume]);
  });
});
