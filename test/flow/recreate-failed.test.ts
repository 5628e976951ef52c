import { mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { jest } from '@jest/globals';
import { apply } from '../../src/flow/apply.js';
import { type Aim, bringUp } from '../../src/flow/bring-up.js';
import { type Context, identityFor } from '../../src/flow/context.js';
import { Files } from '../../src/flow/files.js';
import { findRunning } from '../../src/flow/find.js';
import { Observer } from '../../src/flow/observe.js';
import { Patience } from '../../src/flow/patience.js';
import { actor } from '../../src/flow/steps.js';
import { readRecord } from '../../src/host/data-home.js';
import { OPEN_ACCESS } from '../../src/model/access.js';
import type { Reply } from '../../src/model/observation.js';
import type { TopologyRecord } from '../../src/model/topology.js';
import { upPlan } from '../../src/plan/up-plan.js';
import { Clients } from '../../src/redis/clients.js';
import { MemoryEngine } from '../helpers/memory-engine.js';
import { healthyObservation } from '../helpers/observation.js';
import { silentProgress } from '../helpers/scene.js';
import { quickDirectory } from '../helpers/temp.js';
import { aRecordIn } from '../helpers/topology.js';
import { facts } from '../helpers/up-facts.js';

const ME = 'e'.repeat(32);
const RECORD: TopologyRecord = inOrder({ ...aRecordIn('announce'), origin: ME });
const NAMES = RECORD.placement.nodes.map(({ container }) => container).sort();

/** As it is written and read. */
function inOrder({ schemaVersion, origin = '', spec, placement }: TopologyRecord): TopologyRecord {
  return { schemaVersion, origin, spec, placement };
}

/** Every node answers, and follows whom it should. */
const ANSWERS = {
  INFO: 'redis_version:7.4.0\r\nrun_id:a\r\nrole:slave\r\nloading:0\r\nmaster_link_status:up\r\nmaster_host:192.168.1.7\r\nmaster_port:6379\r\n',
};

class World {
  readonly memory = new MemoryEngine();
  readonly said: string[] = [];
  readonly home: string;
  readonly context: Context;
  #before: unknown;

  private constructor(base: string) {
    this.home = join(base, 'home');
    const { engine } = this.memory;
    const tell = (text?: string) => void this.said.push(text ?? '');
    const progress = { ...silentProgress(), done: tell, failed: tell, note: tell };
    const { signal } = new AbortController();
    const files = new Files(engine, this.home);
    this.context = {
      engine,
      home: this.home,
      state: join(base, 'state'),
      progress,
      files,
      signal,
    } as Context;
  }

  /** It runs. */
  static async make(): Promise<World> {
    const base = await quickDirectory();
    const world = new World(base);
    await mkdir(join(base, 'state'), { recursive: true });
    await writeFile(join(base, 'state', 'origin'), ME);
    await mkdir(world.home);
    const directory = join(world.home, 'lab');
    const all = upPlan(facts({ record: RECORD, directory, ...identityFor(RECORD.placement) }));
    const steps = all.steps.filter(({ kind }) => !/^(await|check|hasten)-/.test(kind));
    const { context } = world;
    const act = actor({
      ...{
        context,
        record: RECORD,
        files: context.files.of(RECORD),
        directory,
        access: OPEN_ACCESS,
      },
      ...{
        secrets: {},
        patience: new Patience(0),
        client: () => new Clients().at({ ip: '', port: 1 }, {}),
      },
    });
    await apply({ ...all, steps }, act, [], context);
    jest
      .spyOn(Observer.prototype, 'look')
      .mockImplementation(async () => healthyObservation(RECORD));
    jest
      .spyOn(Clients.prototype, 'at')
      .mockImplementation(() => clientOf() as unknown as ReturnType<Clients['at']>);
    world.#before = await world.seen();
    return world;
  }

  async recreate(): Promise<unknown> {
    const spec = { ...RECORD.spec, limits: { pids: 99 } };
    const existing = (await readRecord(this.home, 'lab')) ?? RECORD;
    const aim = {
      ...{ spec, existing, running: await findRunning(this.context.engine, 'lab', existing) },
      wanted: { ...existing, spec, unfinished: { remaking: true } },
      image: { ref: spec.image.ref, id: 'i', server: 'redis-server', version: '7.4.0' },
      secrets: { keptPasswords: new Set(), hasAuthority: false },
    } as unknown as Aim;
    const options = { timeoutMs: 500, rollback: true, soak: false, dryRun: false };
    return bringUp(this.context, aim, options);
  }

  /** Containers but for their ids, and every file. */
  async seen() {
    const directory = join(this.home, 'lab');
    const paths = await readdir(directory, { recursive: true, withFileTypes: true });
    const files = paths
      .filter((each) => each.isFile())
      .map((each) => join(each.parentPath, each.name));
    const texts = files.sort().map(async (path) => [path, await readFile(path, 'utf8')]);
    const containers = [...this.memory.containers.values()].map(({ id: _, ...each }) => each);
    containers.sort((a, b) => a.name.localeCompare(b.name));
    return { containers, files: await Promise.all(texts) };
  }

  get before() {
    return this.#before;
  }

  missing(): string[] {
    return NAMES.filter((name) => !this.memory.containers.has(name));
  }

  async remove(): Promise<void> {
    await rm(join(this.home, '..'), { recursive: true, force: true });
  }
}

function clientOf() {
  const reply = (command: readonly unknown[]): Reply => {
    const value = ANSWERS[String(command[0]) as keyof typeof ANSWERS] ?? 'OK';
    return { ok: true, value };
  };
  return {
    ask: async (commands: Readonly<Record<string, readonly unknown[]>>) =>
      Object.fromEntries(Object.entries(commands).map(([key, each]) => [key, reply(each)])),
    call: async (...command: readonly unknown[]) => reply(command),
    close: () => undefined,
  };
}

jest.setTimeout(60_000);

describe('up --recreate that fails', () => {
  it('leaves all containers, confs and the record as before, at whatever change of the engine', async () => {
    const whole = await World.make();
    const changes: string[] = [];
    whole.memory.onChange = (change) => void changes.push(change);
    await whole.recreate();
    expect(whole.missing()).toEqual([]);
    await whole.remove();
    expect(changes.length).toBeGreaterThan(18);
    for (const [at, change] of changes.entries()) {
      const world = await World.make();
      let count = 0;
      world.memory.onChange = () => {
        if (count++ === at) throw new Error('the disk of the engine is full');
      };
      await expect(world.recreate()).rejects.toThrow();
      expect([change, await world.seen()]).toEqual([change, world.before]);
      await world.remove();
    }
  });

  it.each(NAMES)('says exactly which are missing when %s cannot be made again', async (name) => {
    const world = await World.make();
    world.memory.onChange = (change) => {
      if (change === `create ${name}`) throw new Error('the disk of the engine is full');
    };
    await expect(world.recreate()).rejects.toThrow();
    const missing = world.missing();
    // Only those that live in it would go with it.
    expect(missing).toEqual([name]);
    const nodes = missing.map((each) => each.replace('lab-', '')).join(', ');
    expect(world.said.join('\n')).toContain(`(${nodes})`);
    expect(world.said.join('\n')).toContain('rsent up lab');
    await world.remove();
  });
});
