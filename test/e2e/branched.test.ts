import { execFile } from 'node:child_process';
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { jest } from '@jest/globals';
import type { StatusDocument, UpDocument } from '../helpers/documents.js';
import { eventually, Lab } from '../helpers/lab.js';
import { withRedis } from '../helpers/redis.js';

jest.setTimeout(240_000);

let lab: Lab;
beforeAll(async () => {
  lab = await Lab.open();
});
afterAll(() => lab?.clean());

const WRITES = 50;
const run = promisify(execFile);

/** A topology with one replica, whose master takes writes without it. */
class Branched {
  readonly name = lab.name();
  #marks = 0;

  static async up(...flags: readonly string[]): Promise<Branched> {
    const made = new Branched();
    const guard = ['--min-replicas-to-write', '0', '--replicas', '1'];
    await lab.json<UpDocument>('up', made.name, '--profile', 'ci', ...guard, ...flags);
    return made;
  }

  /** Acknowledged by the master, and by its replica where it is in sync. */
  async write(count: number, acknowledged: number): Promise<string> {
    const mark = `mark-${++this.#marks}`;
    const { master, nodes } = await this.look();
    const published = nodes.find(({ name }) => name === master?.node)?.published ?? '';
    await withRedis(published, async (client) => {
      for (let i = 0; i < count; i++) await client.set(`${mark}:${i}`, String(i));
      if (acknowledged > 0) expect(await client.wait(acknowledged, 5000)).toBe(acknowledged);
    });
    return mark;
  }

  /**
   * The master takes writes that its replica never gets, and dies or is cut off; the replica is promoted.
   * @param last what is done to the master at the end
   */
  async branch(last: 'kill' | 'cut' = 'kill'): Promise<{ readonly old: string; mark: string }> {
    const { master, nodes } = await this.look();
    const old = master?.node ?? '';
    const replica = nodes.find(({ role }) => role === 'replica')?.name ?? '';
    await lab.run('cut', replica, this.name);
    const mark = await this.write(WRITES, 0);
    expect((await lab.run(last, old, this.name)).code).toBe(0);
    expect((await lab.run('heal', replica, this.name)).code).toBe(0);
    await this.promoted(replica);
    return { old, mark };
  }

  async promoted(node: string): Promise<void> {
    await eventually(
      () => this.look(),
      ({ master }) => master?.node === node,
      60_000,
    );
  }

  /** Its status, healthy or not. */
  async look(): Promise<StatusDocument> {
    return JSON.parse((await lab.run('status', this.name, '--json')).stdout);
  }

  async kept(node: string): Promise<string[]> {
    const names = await readdir(this.folder(node));
    return names.filter((each) => /^data\.before-/.test(each));
  }

  folder(node: string): string {
    return join(lab.home, 'data', this.name, node);
  }
}

/** Carry out what was printed. Gives the keys of that mark that the kept files hold. */
async function found(said: string, mark: string): Promise<number> {
  const [, start = '', exec = '', stop = ''] =
    /: (docker run .+?); then (docker exec .+?); (docker stop \S+) ends it/.exec(said) ?? [];
  await run('sh', ['-c', start]);
  try {
    const scan = `${exec.replace(' -it ', ' ')} --scan --pattern '${mark}:*'`;
    const count = async () => (await run('sh', ['-c', scan])).stdout.split('\n').length - 1;
    return await eventually(
      () => count().catch(() => 0),
      (keys) => keys > 0,
      20_000,
    );
  } finally {
    await run('sh', ['-c', stop]);
  }
}

describe('an old master all of whose writes the new one has', () => {
  it('copies it, and nothing is kept or said', async () => {
    const branched = await Branched.up();
    await branched.write(3, 1);
    expect((await lab.run('kill', 'redis-1', branched.name)).code).toBe(0);
    await branched.promoted('redis-2');
    await branched.write(5, 0);
    const { code, stderr } = await lab.run('up', branched.name);
    expect(code).toBe(0);
    expect(stderr).not.toMatch(/commands that|are kept/);
    expect(await branched.kept('redis-1')).toEqual([]);
    // All were in sync then: the next one takes over what nobody has written to since.
    expect((await lab.run('kill', 'redis-2', branched.name)).code).toBe(0);
    await branched.promoted('redis-1');
    const again = await lab.run('up', branched.name);
    expect(again.stderr).not.toMatch(/commands that|are kept/);
    expect(await branched.kept('redis-2')).toEqual([]);
  });
});

describe.each([['directory'], ['volume']])(
  'an old master with writes that the new one never got, in a %s',
  (storage) => {
    let branched: Branched;
    beforeAll(async () => {
      branched = await Branched.up('--storage', storage);
      await branched.write(20, 1);
    });

    it('copies the new one, and up says how many they are and keeps them', async () => {
      const { old, mark } = await branched.branch();
      await branched.write(5, 0);
      const { code, stderr } = await lab.run('up', branched.name);
      expect(code).toBe(0);
      expect(stderr).toMatch(
        new RegExp(`${old} has ${WRITES} commands that redis-\\d, the master, never got`),
      );
      expect(await found(stderr, mark)).toBe(WRITES);
      const again = await lab.json<UpDocument>('up', branched.name);
      expect(again).toMatchObject({ healthy: true, changed: false });
    });

    it('is started alone: start says and keeps the same', async () => {
      const { old, mark } = await branched.branch();
      const { code, stderr } = await lab.run('start', old, branched.name);
      expect(code).toBe(0);
      expect(stderr).toMatch(new RegExp(`${old} (has ${WRITES}|may have) commands that redis-\\d`));
      expect(await found(stderr, mark)).toBe(WRITES);
      expect((await lab.run('up', branched.name)).code).toBe(0);
    });

    it('was only cut off: heal keeps it before a Sentinel has it copy the new one', async () => {
      const { old, mark } = await branched.branch('cut');
      const { code, stderr } = await lab.run('heal', old, branched.name);
      expect(code).toBe(0);
      expect(stderr).toMatch(new RegExp(`${old} (has ${WRITES}|may have) commands that redis-\\d`));
      expect(await found(stderr, mark)).toBe(WRITES);
      expect((await lab.run('up', branched.name)).code).toBe(0);
    });

    it('goes with all that was kept', async () => {
      expect((await lab.run('down', branched.name, '--volumes', '--yes')).code).toBe(0);
      await expect(readdir(join(lab.home, 'data', branched.name))).rejects.toThrow('ENOENT');
      expect(await lab.leftovers(branched.name)).toEqual([]);
    });
  },
);
