import { access, mkdir, readdir, rm, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { jest } from '@jest/globals';
import type { Container } from 'dockerode';
import { tryLock } from '../../src/host/lock.js';
import type { PruneDocument } from '../helpers/documents.js';
import { eventually, Lab } from '../helpers/lab.js';

jest.setTimeout(120_000);

const NODES = ['redis-1', 'redis-2', 'redis-3', 'sentinel-1', 'sentinel-2', 'sentinel-3'];

describe('prune', () => {
  let lab: Lab;
  let gone: string;
  let alive: string;
  let foreign: string;
  let theirs: Container | undefined;

  beforeAll(async () => {
    lab = await Lab.open();
    [gone, alive] = [lab.name(), lab.name()];
    foreign = `${gone}-of-somebody`;
    await lab.json('up', gone, '--profile', 'ci', '--storage', 'volume');
    await lab.json('up', alive, '--profile', 'ci');
    // Half of the labels: somebody has copied them.
    theirs = await lab.docker.createContainer({
      name: foreign,
      Image: process.env['RSENT_TEST_IMAGE'] ?? '',
      Entrypoint: ['redis-server', '--port', '7000', '--save', ''],
      Labels: { 'rsent.topology': gone, 'rsent.node': 'redis-1', 'rsent.kind': 'redis' },
    });
    await theirs.start();
  });
  afterAll(async () => {
    await theirs?.remove({ force: true, v: true });
    await lab?.clean();
  });

  const directory = (...parts: string[]) => join(lab.home, 'data', alive, ...parts);
  const isThere = (path: string) =>
    access(path).then(
      () => true,
      () => false,
    );
  const inspect = async (name: string) => {
    const { ExecIDs: _, Mounts, ...all } = await lab.docker.getContainer(name).inspect();
    // The engine tells them in any order.
    return { ...all, Mounts: Mounts.map(({ Destination }) => Destination).sort() };
  };
  /** All that the engine says of what prune must not touch. */
  const untouchable = async () => ({
    foreign: await inspect(foreign),
    nodes: await Promise.all(NODES.map((node) => inspect(`${alive}-${node}`))),
    network: await lab.docker.getNetwork(`${alive}-net`).inspect(),
  });
  /** Its document, whatever its exit code is. */
  const prune = async (...args: string[]) => {
    const { code, stdout } = await lab.run('prune', ...args, '--json');
    return { code, ...(JSON.parse(stdout) as PruneDocument) };
  };
  const names = (things: readonly { readonly name: string }[]) => things.map(({ name }) => name);

  it('finds nothing of topologies that have their records', async () => {
    for (const name of [gone, alive]) {
      expect(await prune(name, '--volumes')).toEqual({
        ...{ code: 0, schemaVersion: 1, found: [], removed: [], kept: [], failed: [] },
      });
    }
  });

  it('leaves a topology of another data home alone', async () => {
    const env = { RSENT_DATA_DIR: join(lab.home, 'another') };
    const args = ['prune', alive, '--volumes', '--yes', '--json'];
    const { code, stdout } = await lab.start(args, env).result;
    expect({ code, ...JSON.parse(stdout) }).toMatchObject({ code: 0, found: [], kept: [] });
    expect(await isThere(join(lab.home, 'another'))).toBe(false);
  });

  describe('with the record of a topology removed by hand while it runs', () => {
    beforeAll(() => rm(join(lab.home, 'data', gone), { recursive: true }));

    const containers = () => NODES.map((node) => `${gone}-${node}`);
    const volumes = () => NODES.map((node) => `${gone}-${node}-files`);

    it('shows what runs on, and removes nothing where nobody can be asked', async () => {
      const before = await Promise.all(containers().map(inspect));
      const { code, stdout, stderr } = await lab.run('prune', gone, '--volumes');
      expect(code).toBe(1);
      expect(stderr).toContain('Nothing was removed');
      for (const name of [...containers(), ...volumes(), `${gone}-net`])
        expect(stdout).toContain(name);
      expect(stdout).toContain('running');
      expect(stdout).toContain(`there is no record of it in ${join(lab.home, 'data')}`);
      expect(stdout).not.toContain(foreign);
      expect(await Promise.all(containers().map(inspect))).toEqual(before);
    });

    it('shows the same among all that there is, and nothing of what lives beside it', async () => {
      const { code, found, removed } = await prune('--volumes');
      expect(code).toBe(1);
      expect(names(found)).toEqual(expect.arrayContaining([...containers(), ...volumes()]));
      expect(found.filter(({ topology, name }) => topology === alive || name === foreign)).toEqual(
        [],
      );
      expect(removed).toEqual([]);
    });

    it('removes nothing when the answer is no', async () => {
      const terminal = lab.onTerminal('prune', gone);
      await eventually(terminal.shown, (text) => text.includes('Remove these 7?'));
      terminal.type('n\r');
      expect((await terminal.ended).code).toBe(1);
      expect((await prune(gone)).found).toHaveLength(13);
    });

    it('removes containers and network when told so, and keeps the volumes', async () => {
      const before = await untouchable();
      expect(before.foreign.State.Running).toBe(true);
      const { code, removed, kept, failed } = await prune(gone, '--yes');
      expect({ code, failed }).toEqual({ code: 0, failed: [] });
      expect(names(removed).sort()).toEqual([...containers(), `${gone}-net`].sort());
      expect(names(kept)).toEqual(volumes());
      expect((await lab.leftovers(gone)).sort()).toEqual([`/${foreign}`, ...volumes()].sort());
      expect(await untouchable()).toEqual(before);
    });

    it('removes the volumes with --volumes, and then finds nothing any more', async () => {
      const before = await untouchable();
      const { code, removed } = await prune(gone, '--volumes', '--yes');
      expect({ code, removed: names(removed).sort() }).toEqual({ code: 0, removed: volumes() });
      expect(await lab.leftovers(gone)).toEqual([`/${foreign}`]);
      expect(await untouchable()).toEqual(before);
      expect((await lab.run('prune', gone, '--volumes')).stdout).toContain('Nothing to remove.');
    });
  });

  describe('of a topology that lives', () => {
    const helper = () => `${alive}-files-0badcafe`;
    beforeAll(async () => {
      await lab.docker.createContainer({
        name: helper(),
        Image: process.env['RSENT_TEST_IMAGE'] ?? '',
        Entrypoint: ['sh', '-c', 'exit'],
        Labels: {
          ...{ 'rsent.schema': '1', 'rsent.topology': alive, 'rsent.kind': 'files' },
          'rsent.directory': directory(),
        },
      });
      await mkdir(directory('redis-9', 'conf'), { recursive: true });
      await writeFile(directory('redis-9', 'conf', 'redis.conf'), 'port 1\n');
      await mkdir(join(lab.home, 'elsewhere', 'conf'), { recursive: true });
      await symlink(join(lab.home, 'elsewhere'), directory('redis-8'));
    });

    it('touches nothing while another rsent works on it', async () => {
      const release = await tryLock(join(lab.home, 'data'), alive);
      const { found, kept } = await prune(alive, '--volumes', '--yes');
      await release?.();
      expect(found).toEqual([]);
      expect(kept).toMatchObject([{ name: alive, why: 'another rsent works on it' }]);
      expect(await isThere(directory('redis-9'))).toBe(true);
    });

    it('removes the helper that an rsent has left, and keeps a directory of no node', async () => {
      const before = await untouchable();
      const { code, removed, kept } = await prune(alive, '--yes');
      expect({ code, removed: names(removed) }).toEqual({ code: 0, removed: [helper()] });
      expect(names(kept)).toEqual([directory('redis-9')]);
      expect(await isThere(directory('redis-9', 'conf', 'redis.conf'))).toBe(true);
      expect(await untouchable()).toEqual(before);
    });

    it('removes that directory with --volumes: no other, and none behind a link', async () => {
      const before = await untouchable();
      const { code, removed } = await prune(alive, '--volumes', '--yes');
      expect({ code, removed: names(removed) }).toEqual({
        ...{ code: 0, removed: [directory('redis-9')] },
      });
      expect(await readdir(directory())).toEqual(expect.arrayContaining([...NODES, 'redis-8']));
      expect(await isThere(directory('redis-9'))).toBe(false);
      expect(await isThere(join(lab.home, 'elsewhere', 'conf'))).toBe(true);
      expect(await untouchable()).toEqual(before);
      expect(await lab.healthy(alive)).toMatchObject({ state: 'healthy' });
    });
  });
});
