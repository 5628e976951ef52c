import type { Redis } from 'ioredis';
import type { DrillDocument, UpDocument } from './documents.js';
import type { Lab } from './lab.js';
import { withRedis } from './redis.js';

/** Writes made before a fault, each of which every replica had. */
const WRITES = Array.from({ length: 200 }, (_, n) => [`before:${n}`, String(n)] as const);

/** The life of a topology, from its first up on: what is the same whatever it runs. */
export class Life {
  readonly lab: Lab;
  readonly name: string;
  readonly first: UpDocument;
  /** Of the last up: while it slept others may have taken the ports that it was published at. */
  #nodes: UpDocument['nodes'];

  private constructor(lab: Lab, name: string, first: UpDocument) {
    this.lab = lab;
    this.name = name;
    this.first = first;
    this.#nodes = first.nodes;
  }

  static async begin(lab: Lab, ...flags: readonly string[]): Promise<Life> {
    const name = lab.name();
    return new Life(lab, name, await lab.json<UpDocument>('up', name, '--profile', 'ci', ...flags));
  }

  published(node: string): string {
    return this.#nodes.find((each) => each.name === node)?.published ?? '';
  }

  /** @param user who asks, where each has its own name */
  async ask<T>(
    node: string,
    act: (client: Redis) => Promise<T>,
    user: 'app' | 'rsent' = 'app',
  ): Promise<T> {
    return withRedis(this.published(node), act, await this.lab.key(this.name, user));
  }

  expectComplete(): void {
    expect(this.first).toMatchObject({ schemaVersion: 1, healthy: true, changed: true });
    const roles = ['master', 'replica', 'replica', 'sentinel', 'sentinel', 'sentinel'];
    expect(this.first.nodes.map(({ role }) => role)).toEqual(roles);
  }

  /** Status tells the same as the first up, with every view of every Sentinel. */
  async expectTold(): Promise<void> {
    const { master } = this.first;
    const seen = await this.lab.faultless(this.name);
    expect(seen).toMatchObject({ state: 'healthy', healthy: true, master, findings: [] });
    expect(seen.masterName).toBe('mymaster');
    expect(seen.nodes.map(({ role, link }) => [role, link])).toEqual([
      ['master', null],
      ['replica', 'up'],
      ['replica', 'up'],
    ]);
    expect(seen.sentinels).toHaveLength(3);
    for (const { sees } of seen.sentinels) {
      const view = { master: master.address, replicas: 2, sentinels: 3, quorum: 'ok' };
      expect(sees).toMatchObject(view);
    }
  }

  /** Writes to the first master, and waits until both replicas have them. */
  async write(): Promise<void> {
    await this.ask('redis-1', async (client) => {
      for (const [key, value] of WRITES) await client.set(key, value);
      expect(await client.wait(2, 5000)).toBe(2);
    });
  }

  async expectWritten(node: string): Promise<void> {
    await this.ask(node, async (client) => {
      for (const [key, value] of WRITES) expect(await client.get(key)).toBe(value);
    });
  }

  expectPromoted(drill: DrillDocument): void {
    expect(drill).toMatchObject({ how: 'crash', oldMaster: 'redis-1', verdict: { healthy: true } });
    expect(['redis-2', 'redis-3']).toContain(drill.promoted);
  }

  /** Down leaves nothing on the engine; up brings back the master that was, with all writes. */
  async expectKept(master: string): Promise<void> {
    expect((await this.lab.run('down', this.name)).code).toBe(0);
    expect(await this.lab.leftovers(this.name)).toEqual([]);
    const again = await this.lab.json<UpDocument>('up', this.name);
    expect(again).toMatchObject({ healthy: true, changed: true, master: { node: master } });
    this.#nodes = again.nodes;
    const masters = again.nodes.filter(({ role }) => role === 'master');
    expect(masters.map(({ name }) => name)).toEqual([master]);
    await this.expectWritten(master);
  }
}
