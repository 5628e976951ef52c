import { rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { jest } from '@jest/globals';
import type { Context } from '../../src/flow/context.js';
import type { Reply } from '../../src/model/observation.js';
import type { TopologySpec } from '../../src/model/spec.js';
import type { NodePlacement, TopologyRecord } from '../../src/model/topology.js';
import type { Command } from '../../src/redis/client.js';
import { cut, cutDisk } from '../helpers/cut-disk.js';
import { Fuse } from '../helpers/fuse.js';
import { quickDirectory } from '../helpers/temp.js';

const disk = await cutDisk();
const { writeRecord, readRecord } = await import('../../src/host/data-home.js');
const { changeLive } = await import('../../src/flow/change.js');
const { settle } = await import('../../src/flow/settle.js');
const { Observer } = await import('../../src/flow/observe.js');
const { recordTargets } = await import('../../src/flow/targets.js');
const { Files } = await import('../../src/flow/files.js');
const { Clients } = await import('../../src/redis/clients.js');
const { OPEN_ACCESS } = await import('../../src/model/access.js');
const { redisSettings, sentinelSettings } = await import('../../src/model/settings.js');
const { confPath } = await import('../../src/plan/conf-path.js');
const { expectRecord } = await import('../../src/health/expect.js');
const { fromHere, sameAddress } = await import('../../src/model/topology.js');
const { anEngine } = await import('../helpers/engine.js');
const { healthyObservation } = await import('../helpers/observation.js');
const { silentProgress } = await import('../helpers/scene.js');
const { aRecord } = await import('../helpers/topology.js');

type Settings = ReadonlyMap<string, string>;

/** A node as far as settings matter: those of now, and those of its conf. */
class SettingsNode {
  readonly node: NodePlacement;
  now: Settings;
  saved: Settings;

  /** Where its conf is. */
  readonly #path: string;

  constructor(node: NodePlacement, spec: TopologySpec, path: string) {
    this.node = node;
    this.#path = path;
    this.now = settingsOf(node, spec);
    this.saved = this.now;
  }

  async save(): Promise<void> {
    this.saved = this.now;
    const lines = [...this.saved].map(([name, value]) => `${name} ${value}\n`);
    if (this.node.kind === 'redis') await writeFile(this.#path, lines.join(''));
  }

  restart(): void {
    this.now = this.saved;
  }

  async answer([verb, sub, name = '', ...rest]: readonly string[]): Promise<unknown> {
    if (verb === 'INFO') return 'used_memory:9\r\nmaxmemory:0\r\nmaxmemory_policy:noeviction\r\n';
    if (verb === 'ROLE') return ['slave'];
    if (sub === 'GET') return this.now.has(name) ? [name, this.now.get(name)] : [];
    if (sub === 'MASTER') return [...this.now].flat();
    if (verb === 'SENTINEL' && sub !== 'SET') return [];
    await cut.fuse.burn(`${this.node.name}: ${[verb, sub, name, ...rest].join(' ')}`);
    // SENTINEL SET mymaster NAME VALUE, which it saves by itself.
    const [key, value] = verb === 'SENTINEL' ? [rest[0] ?? '', rest[1]] : [name, rest[0]];
    if (sub === 'SET') this.now = new Map(this.now).set(key, value ?? '');
    if (sub === 'REWRITE' || verb === 'SENTINEL') await this.save();
    return 'OK';
  }
}

function settingsOf({ kind }: NodePlacement, spec: TopologySpec): Settings {
  const all = kind === 'redis' ? redisSettings(spec) : sentinelSettings(spec);
  return new Map(all.map(({ name, value }) => [name, value]));
}

function clientOf(it: SettingsNode) {
  const one = async (command: Command): Promise<Reply> => {
    return { ok: true, value: await it.answer(command.map(String)) };
  };
  return {
    ask: async (commands: Readonly<Record<string, Command>>) => {
      const entries = Object.entries(commands).map(async ([key, each]) => [key, await one(each)]);
      return Object.fromEntries(await Promise.all(entries));
    },
    call: async (...command: Command) => it.answer(command.map(String)),
    close: () => undefined,
  };
}

const OLD = aRecord();
const NEW: TopologyRecord = {
  ...OLD,
  spec: {
    ...OLD.spec,
    timing: { downAfterMs: 7000, failoverTimeoutMs: 70_000, parallelSyncs: 2 },
    guard: { minReplicas: 2, maxLagS: 9 },
    limits: { ...OLD.spec.limits, maxmemoryBytes: 5e7 },
  },
};

class World {
  readonly home: string;
  readonly context: Context;
  readonly nodes: readonly SettingsNode[];

  private constructor(home: string) {
    this.home = home;
    const directory = join(home, 'lab');
    this.nodes = OLD.placement.nodes.map(
      (node) => new SettingsNode(node, OLD.spec, confPath(directory, node)),
    );
    const { signal } = new AbortController();
    const engine = anEngine();
    const rest = { signal, progress: silentProgress(), files: new Files(engine, home) };
    this.context = { engine, home, ...rest } as Context;
  }

  static async make(): Promise<World> {
    const world = new World(await quickDirectory());
    cut.fuse = new Fuse();
    for (const each of world.nodes) {
      await disk.makeDirectory(join(world.home, 'lab', each.node.folder, 'conf'), 0o700);
      await each.save();
    }
    await writeRecord(world.home, OLD);
    jest
      .spyOn(Observer.prototype, 'look')
      .mockImplementation(async () => healthyObservation(await world.record()));
    jest.spyOn(Clients.prototype, 'at').mockImplementation((address) => {
      const at = world.nodes.find(({ node }) => sameAddress(fromHere(node.published), address));
      if (at === undefined) throw new Error(`nobody is at ${address.ip}:${address.port}`);
      return clientOf(at) as unknown as ReturnType<(typeof Clients)['prototype']['at']>;
    });
    cut.fuse = new Fuse();
    return world;
  }

  set(): Promise<unknown> {
    const running = { name: 'lab', nodes: [] };
    const known = { record: OLD, running, access: OPEN_ACCESS };
    return changeLive(this.context, known, NEW.spec, 1000);
  }

  async record(): Promise<TopologyRecord> {
    return (await readRecord(this.home, 'lab')) ?? OLD;
  }

  /** What `up` tells the nodes. */
  async up(): Promise<void> {
    const record = await this.record();
    const targets = recordTargets(record, this.home);
    const { engine, files } = this.context;
    const store = files.of(record);
    const observer = new Observer(engine, expectRecord(record), targets, OPEN_ACCESS, store);
    await settle(this.context, record, observer, targets, {});
  }

  async remove(): Promise<void> {
    await rm(this.home, { recursive: true, force: true });
  }
}

describe('settings that are changed live', () => {
  it('are the same everywhere after the next up, wherever it was killed, whoever has started again', async () => {
    const whole = await World.make();
    await whole.set();
    const { done } = cut.fuse;
    await whole.remove();
    const seen = { old: 0, new: 0 };
    for (const [at, next] of done.entries()) {
      const world = await World.make();
      cut.fuse = new Fuse(at);
      expect(await cut.fuse.over(world.set())).toBe('killed');
      cut.fuse = new Fuse();
      world.nodes[at % world.nodes.length]?.restart();
      const isNew = (await world.record()).spec.guard.minReplicas === 2;
      seen[isNew ? 'new' : 'old']++;
      cut.fuse = new Fuse((at * 3) % 10);
      await cut.fuse.over(world.up());
      cut.fuse = new Fuse();
      await world.up();
      const { spec } = isNew ? NEW : OLD;
      for (const { node, now, saved } of world.nodes) {
        expect([next, node.name, now]).toEqual([next, node.name, settingsOf(node, spec)]);
        expect([next, node.name, saved]).toEqual([next, node.name, settingsOf(node, spec)]);
      }
      await world.remove();
    }
    // The record comes first of all.
    expect(seen).toEqual({ old: 1, new: done.length - 1 });
  });
});
