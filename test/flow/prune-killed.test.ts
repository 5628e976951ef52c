import { mkdir, readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { jest } from '@jest/globals';
import type { Context } from '../../src/flow/context.js';
import type { TopologyRecord } from '../../src/model/topology.js';
import { Fuse } from '../helpers/fuse.js';
import { useTempDir } from '../helpers/temp.js';

// On a busy machine.
jest.setTimeout(60_000);

/** What prune takes away comes after it. */
let fuse = new Fuse();
const left = await import('../../src/host/left-behind.js');
jest.unstable_mockModule('../../src/host/left-behind.js', () => ({
  ...left,
  removeFromHome: async (home: string, way: readonly string[]) => {
    await fuse.burn(`remove ${way.join('/')}`);
    return left.removeFromHome(home, way);
  },
}));
// Whose holder is dead is free; here the holder is the test.
jest.unstable_mockModule('../../src/flow/exclusive.js', () => ({
  lockFor: async () => async () => undefined,
}));
const { lookForOrphans, removeOrphans } = await import('../../src/flow/prune.js');
const { nodeContainer } = await import('../../src/plan/containers.js');
const { topologyLabels, placeLabels } = await import('../../src/plan/labels.js');
const { MemoryEngine } = await import('../helpers/memory-engine.js');
const { silentProgress } = await import('../helpers/scene.js');
const { aRecord } = await import('../helpers/topology.js');
const { facts } = await import('../helpers/up-facts.js');
const { writeRecord } = await import('../../src/host/data-home.js');

const ME = 'e'.repeat(32);
const CONF =
  '# It is of the topology lab. Written once by rsent; from the first start on it belongs\n';
const ALL = { volumes: true };
function named(name: string): TopologyRecord {
  const record = { ...aRecord({ name }), origin: ME };
  const nodes = record.placement.nodes.map((node) => ({
    ...node,
    container: `${name}-${node.name}`,
  }));
  return { ...record, placement: { ...record.placement, network: `${name}-net`, nodes } };
}
const CUT = ['stopContainer', 'killContainer', 'removeContainer', 'removeNetwork'] as const;

/** Two topologies that run; that of the first name has lost its record. */
async function world(base: string) {
  fuse = new Fuse();
  const memory = new MemoryEngine();
  const { engine } = memory;
  const home = join(base, 'home');
  const { signal } = new AbortController();
  const context = {
    engine,
    home,
    state: join(base, 'state'),
    progress: silentProgress(),
    signal,
  } as Context;
  await mkdir(context.state, { recursive: true });
  await writeFile(join(context.state, 'origin'), ME);
  for (const name of ['lost', 'kept']) {
    const record = named(name);
    const directory = join(home, name);
    const labels = { ...topologyLabels(name), ...placeLabels(record, directory) };
    await engine.createNetwork({ name: `${name}-net`, labels, subnet: '' } as Parameters<
      typeof engine.createNetwork
    >[0]);
    for (const node of record.placement.nodes) {
      for (const part of ['conf', 'data'])
        await mkdir(join(directory, node.folder, part), { recursive: true });
      await writeFile(join(directory, node.folder, 'conf', `${node.kind}.conf`), CONF);
      await engine.createContainer(nodeContainer(node, facts({ record, directory })));
      await engine.startContainer(node.container);
    }
    if (name === 'kept') await writeRecord(home, record);
  }
  for (const verb of CUT) {
    const act = engine[verb].bind(engine) as (name: string) => Promise<void>;
    engine[verb] = async (name: string) => {
      await fuse.burn(`${verb} ${name}`);
      return act(name);
    };
  }
  const seen = async (which: string) => ({
    containers: [...memory.containers.values()].filter(({ name }) => name.startsWith(which)),
    networks: [...memory.networks.values()].filter(({ name }) => name.startsWith(which)),
    files: (await readdir(home, { recursive: true })).filter((path) => path.startsWith(which)),
  });
  return { context, seen };
}

async function prune({ context }: Awaited<ReturnType<typeof world>>) {
  const { remove } = await lookForOrphans(context, ALL);
  return removeOrphans(context, ALL, remove);
}

describe('a prune that is killed before any removal', () => {
  const path = useTempDir();

  it('leaves the rest to the next one, which takes it and nothing else', async () => {
    const whole = await world(path('whole'));
    await prune(whole);
    const { done } = fuse;
    const nothing = { containers: [], networks: [], files: [] };
    expect(await whole.seen('lost')).toEqual(nothing);
    // Six containers that end, a network, the directory.
    expect(done.length).toBeGreaterThan(8);
    for (const [at, next] of done.entries()) {
      const it = await world(path(String(at)));
      const before = await it.seen('kept');
      fuse = new Fuse(at);
      expect(await fuse.over(prune(it))).toBe('killed');
      fuse = new Fuse();
      expect([next, await it.seen('kept')]).toEqual([next, before]);
      const { failed, changed } = await prune(it);
      expect([next, failed, changed]).toEqual([next, [], []]);
      expect([next, await it.seen('lost')]).toEqual([next, nothing]);
      expect([next, await it.seen('kept')]).toEqual([next, before]);
    }
  });
});
