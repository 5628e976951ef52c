import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Redis } from 'ioredis';
import type { StatusDocument, UpDocument } from './documents.js';
import type { Lab } from './lab.js';
import { withRedis } from './redis.js';

/** A topology that stays the same one whatever is done to it: its data, its confs, its promise. */
export class Standing {
  readonly lab: Lab;
  readonly name: string;
  readonly #kept: string[] = [];
  #master: string;

  private constructor(lab: Lab, name: string, { master }: UpDocument) {
    this.lab = lab;
    this.name = name;
    this.#master = master.node;
  }

  static async begin(lab: Lab, name: string, ...flags: readonly string[]): Promise<Standing> {
    return new Standing(
      lab,
      name,
      await lab.json<UpDocument>('up', name, '--profile', 'ci', ...flags),
    );
  }

  /** The node that is its master as far as this test has seen. */
  get master(): string {
    return this.#master;
  }

  /** Say what `up` has to find as master from now on. */
  promoted(node: string | null): void {
    this.#master = node ?? 'nobody';
  }

  /** Writes that at least one replica has, and that are to be there from now on. */
  async write(mark: string, count = 50): Promise<void> {
    const keys = Array.from({ length: count }, (_, n) => `${mark}:${n}`);
    await this.atMaster(async (client) => {
      for (const key of keys) await client.set(key, key);
      expect(await client.wait(1, 5000)).toBeGreaterThanOrEqual(1);
    });
    this.#kept.push(...keys);
  }

  /**
   * `up` heals it: healthy, all data there, the master still the one that it was, and a second
   * `up` finds nothing more to do.
   */
  async expectUp(...args: readonly string[]): Promise<UpDocument & { readonly stderr: string }> {
    const { code, stdout, stderr } = await this.lab.run('up', this.name, ...args);
    expect({ code, said: code === 0 ? '' : `${stdout}${stderr}` }).toEqual({ code: 0, said: '' });
    const up = await this.lab.json<UpDocument>('up', this.name);
    expect(up).toMatchObject({ healthy: true, changed: false, master: { node: this.#master } });
    expect(up.nodes.filter(({ role }) => role === 'master')).toHaveLength(1);
    const status = await this.expectHealthy();
    expect(status.master).toEqual(up.master);
    return { ...up, stderr };
  }

  /** Status finds nothing to say, and the master has every write that is to be there. */
  async expectHealthy(): Promise<StatusDocument> {
    const status = await this.lab.faultless(this.name);
    expect(status).toMatchObject({ state: 'healthy', findings: [] });
    await this.#expectData(status);
    return status;
  }

  /** @param status of this moment */
  async #expectData(status: StatusDocument): Promise<void> {
    if (this.#kept.length === 0) return;
    const values = await this.atMaster((client) => client.mget(this.#kept), status);
    expect(this.#kept.filter((key, i) => values[i] !== key)).toEqual([]);
  }

  /** A connection to the node that is its master now. */
  async atMaster<T>(act: (client: Redis) => Promise<T>, status?: StatusDocument): Promise<T> {
    const { master, nodes } = status ?? (await this.status());
    const published = nodes.find((node) => node.name === master?.node)?.published ?? '';
    return withRedis(published, act, await this.lab.key(this.name));
  }

  /** What status says, healthy or not. */
  async status(): Promise<StatusDocument> {
    const { stdout, stderr } = await this.lab.run('status', this.name, '--json');
    if (stdout === '') throw new Error(stderr);
    return JSON.parse(stdout) as StatusDocument;
  }

  path(...parts: readonly string[]): string {
    return join(this.lab.home, 'data', this.name, ...parts);
  }

  confPath(node: string): string {
    return this.path(node, 'conf', `${node.split('-')[0]}.conf`);
  }

  conf(node: string): Promise<string> {
    return readFile(this.confPath(node), 'utf8');
  }

  /** The epochs that the Sentinels have written down, the highest of each kind. */
  async epochs(): Promise<{ readonly config: number; readonly current: number }> {
    const all = await Promise.all(
      ['sentinel-1', 'sentinel-2', 'sentinel-3'].map((each) => this.conf(each)),
    );
    const highest = (pattern: RegExp) =>
      Math.max(0, ...all.map((conf) => Number(pattern.exec(conf)?.[1] ?? 0)));
    return {
      config: highest(/^sentinel config-epoch \S+ (\d+)$/m),
      current: highest(/^sentinel current-epoch (\d+)$/m),
    };
  }
}
