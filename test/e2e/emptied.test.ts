import { execFile } from 'node:child_process';
import { readdir, rename, rm, stat, truncate } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { jest } from '@jest/globals';
import type { StatusDocument } from '../helpers/documents.js';
import { eventually, Lab } from '../helpers/lab.js';
import { withRedis } from '../helpers/redis.js';

jest.setTimeout(240_000);

let lab: Lab;
beforeAll(async () => {
  lab = await Lab.open();
});
afterAll(() => lab?.clean());

/** A topology, and what happens to the node that is its master at the moment. */
class Emptied {
  readonly name: string;
  #keys = 0;

  private constructor(name: string) {
    this.name = name;
  }

  static async up(...flags: readonly string[]): Promise<Emptied> {
    const name = lab.name();
    await lab.json('up', name, '--profile', 'ci', ...flags);
    return new Emptied(name);
  }

  /** Have every node hold one more key. Gives the master's name. */
  async write(): Promise<string> {
    await this.#atMaster(async (client) => {
      await client.set(`key:${++this.#keys}`, String(this.#keys));
      expect(await client.wait(2, 5000)).toBe(2);
    });
    return (await this.#status()).master?.node ?? '';
  }

  /** All keys are there, and another node is master. */
  async expectKept(old: string, said: string): Promise<void> {
    expect(said).toMatch(
      new RegExp(`${old} had lost its data; redis-\\d, which has \\d+ bytes, is the master now`),
    );
    await this.expectWhole(old);
  }

  /** Another node is master, and every node has all keys. */
  async expectWhole(old: string): Promise<void> {
    const { master, healthy, nodes } = await this.#status();
    expect({ healthy, isOther: master?.node !== old }).toEqual({ healthy: true, isOther: true });
    for (const { published } of nodes)
      expect(await withRedis(published, (client) => client.dbsize())).toBe(this.#keys);
  }

  /** The same with this node as the master. */
  async writeAs(node: string): Promise<string> {
    if ((await this.#status()).master?.node !== node)
      expect((await lab.run('failover', this.name, '--to', node)).code).toBe(0);
    return this.write();
  }

  /** Its status, healthy or not. */
  async look(): Promise<StatusDocument> {
    return JSON.parse((await lab.run('status', this.name, '--json')).stdout);
  }

  /** Have the node that took this one's place as master take one more key. */
  async writeElsewhere(old: string): Promise<void> {
    const isOther = ({ master }: StatusDocument) => ![undefined, old].includes(master?.node);
    const { master, nodes } = await eventually(() => this.look(), isOther, 30_000);
    const published = nodes.find(({ name }) => name === master?.node)?.published ?? '';
    await withRedis(published, async (client) => {
      await client.set(`key:${++this.#keys}`, String(this.#keys));
      expect(await client.wait(1, 5000)).toBe(1);
    });
  }

  /** The newest file of its commands. */
  async newest(node: string): Promise<string> {
    const folder = this.folder(node, 'data', 'appendonlydir');
    const names = (await readdir(folder)).filter((name) => name.endsWith('.incr.aof'));
    const number = (name: string) => Number(/\.(\d+)\.incr/.exec(name)?.[1]);
    return join(folder, names.sort((a, b) => number(a) - number(b)).at(-1) ?? '');
  }

  /** Have this node take one write, though it has no replica. */
  async writeAlone(node: string): Promise<void> {
    const of = ({ nodes }: StatusDocument) => nodes.find(({ name }) => name === node);
    const answers = (document: StatusDocument) => of(document)?.role === 'master';
    const published = of(await eventually(() => this.look(), answers, 30_000))?.published ?? '';
    await withRedis(published, async (client) => {
      await client.config('SET', 'min-replicas-to-write', '0');
      await client.set('alone', '1');
    });
  }

  folder(node: string, ...parts: readonly string[]): string {
    return join(lab.home, 'data', this.name, node, ...parts);
  }

  container(node: string) {
    return lab.docker.getContainer(`${this.name}-${node}`);
  }

  async #atMaster<T>(act: Parameters<typeof withRedis<T>>[1]): Promise<T> {
    const { master, nodes } = await this.#status();
    const published = nodes.find(({ name }) => name === master?.node)?.published ?? '';
    return withRedis(published, act);
  }

  #status(): Promise<StatusDocument> {
    return lab.json<StatusDocument>('status', this.name);
  }
}

const run = promisify(execFile);
const gone = (path: string) => rm(path, { recursive: true });

describe('a master that has lost its data, in directories', () => {
  let lost: Emptied;
  beforeAll(async () => {
    lost = await Emptied.up();
  });

  it('while all slept, its folder and all: a replica with the data is promoted', async () => {
    const master = await lost.write();
    expect((await lab.run('down', lost.name)).code).toBe(0);
    await gone(lost.folder(master));
    const { code, stderr } = await lab.run('up', lost.name);
    expect(code).toBe(0);
    await lost.expectKept(master, stderr);
  });

  it('while all were stopped, nothing but its files: start does the same', async () => {
    const master = await lost.write();
    expect((await lab.run('stop', lost.name)).code).toBe(0);
    await gone(lost.folder(master, 'data', 'appendonlydir'));
    const { code, stderr } = await lab.run('start', lost.name);
    expect(code).toBe(0);
    await lost.expectKept(master, stderr);
  });

  it('while the others run, before any Sentinel has noticed', async () => {
    const master = await lost.write();
    await lab.run('pause', 'sentinel:3', lost.name);
    await lost.container(master).remove({ force: true });
    await gone(lost.folder(master));
    const { code, stderr } = await lab.run('up', lost.name);
    expect(code).toBe(0);
    await lost.expectKept(master, stderr);
  });

  it('while the others run, and is not started alone', async () => {
    const master = await lost.write();
    await lab.run('pause', 'sentinel:3', lost.name);
    await lab.run('kill', master, lost.name);
    await gone(lost.folder(master, 'data'));
    const alone = await lab.run('start', lost.name, master);
    expect(alone.code).toBe(1);
    expect(alone.stderr).toContain('it would empty the others');
    const { code, stderr } = await lab.run('up', lost.name);
    expect(code).toBe(0);
    await lost.expectKept(master, stderr);
  });

  it('while it runs: up says so, and the way out that it names works', async () => {
    const master = await lost.write();
    await gone(lost.folder(master));
    const { healthy, findings } = await lost.look();
    expect([healthy, findings]).toEqual([
      false,
      [expect.objectContaining({ code: 'data-gone', severity: 'error', subject: master })],
    ]);
    const said = await lab.run('up', lost.name);
    expect(said.stderr).toContain(`${master} runs, but its directory is gone`);
    expect((await lab.run('failover', lost.name, '--manual')).code).toBe(0);
    expect((await lab.run('up', lost.name, '--rebuild', master)).code).toBe(0);
    await lost.expectWhole(master);
    expect((await lab.run('up', lost.name)).stderr).not.toContain('its directory is gone');
  });

  it('while it is paused with all others: it is asked before anybody follows it', async () => {
    const master = await lost.write();
    expect((await lab.run('pause', master, lost.name)).code).toBe(0);
    for (const node of ['redis-1', 'redis-2', 'redis-3'].filter((each) => each !== master))
      await lost.container(node).pause();
    await gone(lost.folder(master));
    const { code, stderr } = await lab.run('up', lost.name);
    expect(stderr).toContain('Whoever has no files is back');
    // On a busy machine the Sentinels may begin a failover as all wake; it is asked for once more then.
    if (code !== 0) expect(await lab.run('up', lost.name)).toMatchObject({ code: 0 });
    expect((await lab.run('failover', lost.name, '--manual')).code).toBe(0);
    // It follows another one now and has no place to store what it is sent: it is given one.
    const again = await lab.run('up', lost.name);
    expect([again.code, again.stderr]).toEqual([
      0,
      expect.stringContaining(`${master} has no data; it gets`),
    ]);
    await lost.expectWhole(master);
  });

  it('while all were stopped, and was started alone by hand: nothing starts, and the way out works', async () => {
    const master = await lost.write();
    expect((await lab.run('stop', lost.name)).code).toBe(0);
    const data = lost.folder(master, 'data');
    for (const each of await readdir(data)) await gone(join(data, each));
    await lost.container(master).start();
    await lost.writeAlone(master);
    const { code, stderr } = await lab.run('up', lost.name);
    expect([code, stderr]).toEqual([
      2,
      expect.stringContaining(`${master}, the master, began with`),
    ]);
    expect(stderr).toContain(`rsent up ${lost.name} --rebuild ${master}.`);
    expect((await lab.run('up', lost.name, '--rebuild', master)).code).toBe(0);
    await lost.expectWhole(master);
  });

  it('or the end of it: a replica that has it is promoted', async () => {
    for (let i = 0; i < 3; i++) await lost.write();
    const master = await lost.write();
    expect((await lab.run('down', lost.name)).code).toBe(0);
    const path = await lost.newest(master);
    const { size } = await stat(path);
    // In the middle of the last command but one.
    await truncate(path, size - 50);
    const { code, stderr } = await lab.run('up', lost.name);
    expect(code).toBe(0);
    expect(stderr).toMatch(
      new RegExp(
        `file of ${master} ends 2 commands before that of redis-\\d; redis-\\d is the master`,
      ),
    );
    await lost.expectWhole(master);
  });

  it('or has an older copy of it: nothing starts, and the way out works', async () => {
    const master = await lost.write();
    expect((await lab.run('down', lost.name)).code).toBe(0);
    const [folder, copy] = [lost.folder(master), join(lab.home, 'copy')];
    await run('cp', ['-a', folder, copy]);
    await lab.run('up', lost.name);
    await lost.write();
    expect((await lab.run('down', lost.name)).code).toBe(0);
    await gone(folder);
    await rename(copy, folder);
    const { code, stderr } = await lab.run('up', lost.name);
    expect([code, stderr]).toEqual([
      2,
      expect.stringContaining(`commands that the append-only file of ${master}, the master,`),
    ]);
    expect(stderr).toContain(`rsent up ${lost.name} --rebuild ${master}.`);
    expect((await lab.run('up', lost.name, '--rebuild', master)).code).toBe(0);
    await lost.expectWhole(master);
  });

  it('or an end that nothing else shows, since all was stopped: nothing starts, and the way out works', async () => {
    await lost.write();
    // The replicas copy all again: their files have no command in them that could be compared.
    expect((await lab.run('stop', lost.name)).code).toBe(0);
    expect((await lab.run('start', lost.name)).code).toBe(0);
    const master = (await lost.look()).master?.node ?? '';
    expect((await lab.run('down', lost.name)).code).toBe(0);
    const path = await lost.newest(master);
    const { size } = await stat(path);
    await truncate(path, Math.floor(size / 2));
    const { code, stderr } = await lab.run('up', lost.name);
    expect([code, stderr]).toEqual([
      2,
      expect.stringContaining(`files of ${master}, the master, are older or shorter`),
    ]);
    expect((await lab.run('up', lost.name, '--rebuild', master)).code).toBe(0);
    await lost.expectWhole(master);
  });

  it('the same where all was killed: an up that ended well has noted how far they had come', async () => {
    await lost.write();
    expect((await lab.run('stop', lost.name)).code).toBe(0);
    expect((await lab.run('start', lost.name)).code).toBe(0);
    const { master, nodes } = await lost.look();
    // Sentinels first: nobody is promoted.
    for (const { name } of nodes.toSorted((a, b) => b.name.localeCompare(a.name)))
      await lost.container(name).kill();
    const node = master?.node ?? '';
    const path = await lost.newest(node);
    await truncate(path, Math.floor((await stat(path)).size / 2));
    const { code, stderr } = await lab.run('up', lost.name);
    expect([code, stderr]).toEqual([
      2,
      expect.stringContaining(`files of ${node}, the master, are older or shorter`),
    ]);
    expect((await lab.run('up', lost.name, '--rebuild', node)).code).toBe(0);
    await lost.expectWhole(node);
  });

  it('never by older directories of all Sentinels, put back while all is down', async () => {
    const old = await lost.writeAs('redis-1');
    const names = ['sentinel-1', 'sentinel-2', 'sentinel-3'];
    const copy = (name: string) => join(lab.home, `copy-${name}`);
    for (const name of names) await run('cp', ['-a', lost.folder(name), copy(name)]);
    expect((await lab.run('kill', old, lost.name)).code).toBe(0);
    await lost.writeElsewhere(old);
    expect((await lab.run('down', lost.name)).code).toBe(0);
    for (const name of names) {
      await gone(lost.folder(name));
      await rename(copy(name), lost.folder(name));
    }
    const { code, stderr } = await lab.run('up', lost.name);
    expect([code, stderr]).toEqual([
      0,
      expect.stringContaining(`The confs name ${old} as the master`),
    ]);
    await lost.expectWhole(old);
  });

  it.each([
    ['the directories of all Sentinels', ['sentinel-1', 'sentinel-2', 'sentinel-3'], ''],
    [
      'all confs',
      ['sentinel-1', 'sentinel-2', 'sentinel-3', 'redis-1', 'redis-2', 'redis-3'],
      'conf',
    ],
  ])('never by being taken for the master when %s are gone', async (_, nodes, part) => {
    const old = await lost.writeAs('redis-1');
    expect((await lab.run('kill', old, lost.name)).code).toBe(0);
    await lost.writeElsewhere(old);
    expect((await lab.run('stop', lost.name)).code).toBe(0);
    const alone = await lab.run('start', lost.name, old);
    expect([alone.code, alone.stderr]).toEqual([
      1,
      expect.stringContaining('has been made the master since, and does not run'),
    ]);
    expect((await lab.run('down', lost.name)).code).toBe(0);
    for (const node of nodes) await gone(lost.folder(node, part));
    const { code, stderr } = await lab.run('up', lost.name);
    expect([code, stderr]).toEqual([0, expect.stringContaining('is its master')]);
    await lost.expectWhole(old);
  });

  it('of all while they run: neither stop nor down lose it, and the way out works', async () => {
    const master = await lost.write();
    for (const node of ['redis-1', 'redis-2', 'redis-3']) await gone(lost.folder(node));
    for (const verb of ['stop', 'down']) {
      const { code, stderr } = await lab.run(verb, lost.name);
      expect([code, stderr]).toEqual([1, expect.stringContaining('their data in memory only')]);
    }
    const replicas = ['redis-1', 'redis-2', 'redis-3'].filter((node) => node !== master);
    for (const way of [
      ['up', lost.name, '--rebuild', replicas.join(',')],
      ['failover', lost.name, '--manual'],
      ['up', lost.name, '--rebuild', master],
    ]) {
      const { code, stderr } = await lab.run(...way);
      expect([way, code, stderr]).toEqual([way, 0, expect.anything()]);
    }
    expect((await lab.run('down', lost.name)).code).toBe(0);
    expect((await lab.run('up', lost.name)).code).toBe(0);
    await lost.expectWhole(master);
  });

  it('while it ran itself, and went on with what it had in its memory', async () => {
    const master = await lost.write();
    await gone(lost.folder(master));
    expect((await lab.run('down', lost.name)).code).toBe(0);
    const { code, stderr } = await lab.run('up', lost.name, '--recreate');
    expect(code).toBe(0);
    await lost.expectKept(master, stderr);
  });

  it('and all others, too: nothing starts, and the way out works', async () => {
    expect((await lab.run('down', lost.name)).code).toBe(0);
    for (const node of ['redis-1', 'redis-2', 'redis-3']) await gone(lost.folder(node, 'data'));
    const { code, stderr } = await lab.run('up', lost.name);
    expect(code).toBe(2);
    expect(stderr).toContain('no data node has any data file left');
    expect(await lab.leftovers(lost.name)).toEqual([]);
    expect((await lab.run('reset', lost.name, '--yes')).code).toBe(0);
  });
});

describe('a master that has lost its data, in volumes', () => {
  it('with its volume: a replica with the data is promoted', async () => {
    const lost = await Emptied.up('--storage', 'volume');
    const master = await lost.write();
    expect((await lab.run('down', lost.name)).code).toBe(0);
    await lab.docker.getVolume(`${lost.name}-${master}-files`).remove();
    const { code, stderr } = await lab.run('up', lost.name);
    expect(code).toBe(0);
    await lost.expectKept(master, stderr);
  });
});
