import { mkdir, readdir, readFile, rename, symlink, unlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { jest } from '@jest/globals';
import type { UpDocument } from '../helpers/documents.js';
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
    const running = lab.start(['up', name, '--profile', 'ci']);
    for (;;) {
      if ((await lab.leftovers(name)).length > 2) break;
    }
    running.child.kill('SIGTERM');
    const { code, stderr } = await running.result;
    expect([code, stderr]).toEqual([130, expect.stringContaining('Rolled back')]);
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

describe('what somebody has beside a topology', () => {
  let lab: Lab;
  let name: string;
  let mine: string;
  const [COMMITTED, WORDS] = [
    'rsent-e2e-committed',
    "carries rsent's labels but is not rsent's own",
  ];

  beforeAll(async () => {
    lab = await Lab.open();
    name = lab.name();
    mine = `${name}-mine`;
    await lab.json('up', name, '--profile', 'ci');
    const node = lab.docker.getContainer(`${name}-redis-1`);
    await node.commit({ repo: COMMITTED, tag: name });
    // As `docker run` does: it inherits every label of the image.
    const copy = await lab.docker.createContainer({
      name: mine,
      Image: `${COMMITTED}:${name}`,
      Entrypoint: ['redis-server', '--port', '7000', '--save', ''],
    });
    await copy.start();
    const { Labels } = (await node.inspect()).Config;
    await lab.docker.createVolume({ Name: mine, Labels });
    const { Labels: its } = await lab.docker.getNetwork(`${name}-net`).inspect();
    await lab.docker.createNetwork({ Name: mine, Labels: its });
  });
  afterAll(async () => {
    await lab.docker.getContainer(mine).remove({ force: true, v: true });
    await lab.docker.getVolume(mine).remove();
    await lab.docker.getNetwork(mine).remove();
    await lab.docker.getImage(`${COMMITTED}:${name}`).remove();
    await lab.clean();
  });

  const isRunning = async (container: string) =>
    (await lab.docker.getContainer(container).inspect()).State.Running;

  it('is left by stop and up where it has its labels, and a node that was renamed is found beside it', async () => {
    const stopped = await lab.run('stop', name);
    expect([stopped.code, stopped.stderr]).toEqual([
      0,
      expect.stringContaining(`${mine} ${WORDS}`),
    ]);
    expect([await isRunning(mine), await isRunning(`${name}-redis-1`)]).toEqual([true, false]);
    await lab.docker.getContainer(`${name}-redis-1`).rename({ name: `${name}-renamed` });
    const { healthy, nodes } = await lab.json<UpDocument>('up', name);
    expect(healthy).toBe(true);
    expect(nodes.map(({ container }) => container)).not.toContain(mine);
    expect([await isRunning(mine), await isRunning(`${name}-redis-1`)]).toEqual([true, true]);
  });

  const data = (...parts: string[]) => join(lab.home, 'data', name, 'redis-1', 'data', ...parts);

  it('is left by reset where it lies beside the data, and named', async () => {
    await writeFile(data('notes.txt'), 'mine');
    const { code, stdout } = await lab.run('reset', name, '--yes');
    expect([code, stdout]).toEqual([0, expect.stringContaining(data('notes.txt'))]);
    expect(await readFile(data('notes.txt'), 'utf8')).toBe('mine');
  });

  it.each(['reset', 'down --volumes'])(
    'has %s begin nothing where data is a link',
    async (verb) => {
      const away = join(lab.home, 'away');
      await rename(data(), away);
      await symlink(away, data());
      const before = await readdir(away);
      const [word = '', ...flags] = verb.split(' ');
      const { code, stderr } = await lab.run(word, name, ...flags, '--yes');
      await unlink(data());
      await rename(away, data());
      expect([code, stderr]).toEqual([
        2,
        expect.stringMatching(/is a link to [\s\S]*Nothing was stopped or removed/),
      ]);
      expect(await readdir(data())).toEqual(before);
      expect((await lab.healthy(name)).healthy).toBe(true);
    },
  );

  it('is left by prune, with or without a record, and by down, and named', async () => {
    const kept = expect.arrayContaining([
      expect.objectContaining({ kind: 'container', name: mine }),
      expect.objectContaining({ kind: 'network', name: mine }),
      expect.objectContaining({ kind: 'volume', name: mine }),
    ]);
    const before = await lab.leftovers(name);
    const pruned = await lab.run('prune', name, '--volumes', '--yes', '--json');
    expect(JSON.parse(pruned.stdout)).toMatchObject({ found: [], removed: [], kept });
    expect((await lab.leftovers(name)).sort()).toEqual(before.sort());
    const down = await lab.run('down', name, '--volumes', '--yes');
    expect([down.code, down.stdout]).toEqual([0, expect.stringContaining(`${mine} ${WORDS}`)]);
    expect(down.stdout).toContain(data('notes.txt'));
    expect(await readFile(data('notes.txt'), 'utf8')).toBe('mine');
    expect(await readdir(join(lab.home, 'data', name))).toEqual(['redis-1']);
    const left = [`/${mine}`, mine, mine];
    expect(await lab.leftovers(name)).toEqual(left);
    // There is no record any more.
    const again = await lab.run('prune', name, '--volumes', '--yes', '--json');
    expect(JSON.parse(again.stdout)).toMatchObject({ found: [], removed: [], kept });
    expect(await lab.leftovers(name)).toEqual(left);
    expect(await isRunning(mine)).toBe(true);
  });
});
