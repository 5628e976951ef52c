import { access, mkdir, readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { ContainerFacts, Engine } from '../../src/engine/engine.js';
import type { Context } from '../../src/flow/context.js';
import { lookForOrphans, removeOrphans } from '../../src/flow/prune.js';
import { writeRecord } from '../../src/host/data-home.js';
import { tryLock } from '../../src/host/lock.js';
import { aContainer, anEngine } from '../helpers/engine.js';
import { nodeOf } from '../helpers/prune.js';
import { useTempDir } from '../helpers/temp.js';
import { aRecord } from '../helpers/topology.js';

const at = useTempDir();
const VOLUMES = { volumes: true };

/** An engine that notes what it is told, and fails for some. */
function anEngineWith(
  containers: () => readonly ContainerFacts[],
  failing: readonly string[] = [],
) {
  const told: string[] = [];
  const act = (verb: string) => async (id: string) => {
    told.push(`${verb} ${id}`);
    if (failing.includes(id)) throw new Error(`${id} will not`);
  };
  const engine: Engine = anEngine({
    containers: async () => [...containers()],
    hasPath: (path) =>
      access(path).then(
        () => true,
        () => false,
      ),
    volumes: async () => [],
    stopContainer: act('stop'),
    resumeContainer: act('resume'),
    removeContainer: act('remove'),
    removeNetwork: act('remove'),
  });
  return { engine, told };
}

function contextOf(engine: Engine, signal = new AbortController().signal): Context {
  const progress = { stage: () => {}, done: () => {} } as unknown as Context['progress'];
  return { engine, home: at('home'), state: at('state'), progress, signal } as Context;
}

function container(node: string, changes: Partial<ContainerFacts> = {}): ContainerFacts {
  const { id, name, labels } = nodeOf(node, at('home', 'lab'));
  return aContainer({ id, name, labels, ...changes });
}

/** A record of it in the data home. */
async function giveRecord() {
  await mkdir(at('home', 'lab'), { recursive: true });
  await writeRecord(at('home'), aRecord());
}

/** The directory of a topology that has lost its record. */
async function leftDirectory(topology = 'lab') {
  const conf = at('home', topology, 'redis-1', 'conf');
  await mkdir(conf, { recursive: true });
  const signature = `# redis-1 of the topology ${topology}. Written once by rsent; from the first start`;
  await writeFile(join(conf, 'redis.conf'), signature);
}

describe('looking', () => {
  it('makes nothing, not even the data home', async () => {
    const { engine, told } = anEngineWith(() => [container('redis-1')]);
    const { found } = await lookForOrphans(contextOf(engine), VOLUMES);
    expect(found).toMatchObject([{ name: 'lab-redis-1' }]);
    expect(told).toEqual([]);
    expect(await readdir(at())).toEqual([]);
  });

  it('leaves no lock', async () => {
    await leftDirectory();
    const { engine } = anEngineWith(() => []);
    const { found } = await lookForOrphans(contextOf(engine), VOLUMES);
    expect(found).toMatchObject([{ kind: 'directory', name: at('home', 'lab'), bytes: 74 }]);
    expect(await readdir(at('home'))).toEqual(['lab']);
  });

  it('skips what another rsent works on, and nothing else', async () => {
    await leftDirectory();
    await leftDirectory('other');
    const release = await tryLock(at('home'), 'lab');
    const { engine } = anEngineWith(() => [container('redis-1')]);
    const { found, kept } = await lookForOrphans(contextOf(engine), VOLUMES);
    await release?.();
    expect(found.map(({ topology }) => topology)).toEqual(['other']);
    expect(kept).toEqual([
      { kind: 'topology', name: 'lab', topology: 'lab', why: 'another rsent works on it' },
    ]);
  });

  it('skips what has appeared since the locks were taken', async () => {
    await mkdir(at('home'));
    let looks = 0;
    const { engine } = anEngineWith(() => (++looks > 1 ? [container('redis-1')] : []));
    const { found, kept } = await lookForOrphans(contextOf(engine), VOLUMES);
    expect(found).toEqual([]);
    expect(kept).toMatchObject([{ name: 'lab' }]);
  });

  it('reads records after it has looked at the engine: what was made since has one', async () => {
    await mkdir(at('home'));
    let looks = 0;
    const { engine } = anEngineWith(() => [container('redis-1')]);
    const containers = async () => {
      if (++looks === 2) await giveRecord();
      return engine.containers();
    };
    const { found } = await lookForOrphans(contextOf({ ...engine, containers }), VOLUMES);
    expect(found).toEqual([]);
  });
});

describe('removing', () => {
  const removal = async (context: Context) => {
    const { remove } = await lookForOrphans(context, VOLUMES);
    return removeOrphans(context, VOLUMES, remove);
  };

  it('stops what runs before it is taken away, by its id', async () => {
    const { engine, told } = anEngineWith(() => [
      container('redis-1'),
      container('redis-2', { state: 'exited' }),
      container('redis-3', { state: 'paused' }),
    ]);
    await removal(contextOf(engine));
    const of = (node: string) => told.filter((line) => line.endsWith(node));
    expect(of('redis-1')).toEqual(['stop id of lab-redis-1', 'remove id of lab-redis-1']);
    expect(of('redis-2')).toEqual(['remove id of lab-redis-2']);
    expect(of('redis-3')[0]).toBe('resume id of lab-redis-3');
  });

  it('goes on after a failure, and tells it', async () => {
    const { engine } = anEngineWith(
      () => [container('sentinel-1'), container('redis-1'), container('redis-2')],
      ['id of lab-redis-1'],
    );
    const { removed, failed } = await removal(contextOf(engine));
    expect(removed.map(({ name }) => name)).toEqual(['lab-sentinel-1', 'lab-redis-2']);
    expect(failed).toEqual([
      {
        ...{ kind: 'container', name: 'lab-redis-1', topology: 'lab' },
        why: 'id of lab-redis-1 will not',
      },
    ]);
  });

  it('keeps the directories of a topology whose container could not be removed', async () => {
    await leftDirectory();
    const { engine } = anEngineWith(() => [container('redis-1')], ['id of lab-redis-1']);
    const { removed, failed } = await removal(contextOf(engine));
    expect(removed).toEqual([]);
    expect(failed.map(({ kind }) => kind)).toEqual(['container', 'directory']);
    expect(await readdir(at('home', 'lab'))).toEqual(['redis-1']);
  });

  it('removes a directory', async () => {
    await leftDirectory();
    await removal(contextOf(anEngineWith(() => []).engine));
    expect(await readdir(at('home'))).toEqual([]);
  });

  it('leaves in a directory what rsent did not make, and tells it', async () => {
    await leftDirectory();
    await writeFile(at('home', 'lab', 'redis-1', 'conf', 'redis.conf.orig'), 'a copy');
    const { removed, failed } = await removal(contextOf(anEngineWith(() => []).engine));
    expect(removed).toEqual([]);
    expect(failed).toMatchObject([{ kind: 'directory', why: expect.stringContaining('is left') }]);
    expect(await readdir(at('home', 'lab', 'redis-1', 'conf'))).toEqual(['redis.conf.orig']);
  });

  it('removes nothing but what was shown', async () => {
    let containers = [container('redis-1')];
    const { engine, told } = anEngineWith(() => containers);
    const context = contextOf(engine);
    const { remove } = await lookForOrphans(context, VOLUMES);
    containers = [...containers, container('redis-2')];
    await removeOrphans(context, VOLUMES, remove);
    expect(told.filter((line) => line.includes('redis-2'))).toEqual([]);
  });

  it('removes nothing that has been claimed meanwhile, and tells that', async () => {
    const { engine, told } = anEngineWith(() => [container('redis-1')]);
    const context = contextOf(engine);
    const { remove } = await lookForOrphans(context, VOLUMES);
    await giveRecord();
    const { removed, changed } = await removeOrphans(context, VOLUMES, remove);
    expect({ removed, told }).toEqual({ removed: [], told: [] });
    expect(changed).toMatchObject([{ name: 'lab-redis-1' }]);
  });

  it('removes nothing that is another container of the same name by now', async () => {
    let id = 'first';
    const { engine, told } = anEngineWith(() => [container('redis-1', { id })]);
    const context = contextOf(engine);
    const { remove } = await lookForOrphans(context, VOLUMES);
    id = 'second';
    expect((await removeOrphans(context, VOLUMES, remove)).removed).toEqual([]);
    expect(told).toEqual([]);
  });

  it('ends between two steps when it is interrupted', async () => {
    const controller = new AbortController();
    const { engine, told } = anEngineWith(() => [container('sentinel-1'), container('redis-1')]);
    const removeContainer = async (id: string) => {
      controller.abort();
      await engine.removeContainer(id);
    };
    const context = contextOf({ ...engine, removeContainer }, controller.signal);
    await expect(removal(context)).rejects.toMatchObject({ kind: 'interrupted' });
    expect(told.filter((line) => line.includes('redis-1'))).toEqual([]);
  });
});
