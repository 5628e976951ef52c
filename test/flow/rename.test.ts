import { EngineError } from '../../src/engine/engine.js';
import type { Context } from '../../src/flow/context.js';
import { renameBack } from '../../src/flow/rename-back.js';
import type { RunningNode, TopologyRecord } from '../../src/model/topology.js';
import { renamedIn, withPresentNames } from '../../src/plan/renamed.js';
import { anEngine } from '../helpers/engine.js';
import { aRecord } from '../helpers/topology.js';

const record = aRecord();

/** What runs, with other names for some containers. */
function running(names: Readonly<Record<string, string>>, of: TopologyRecord = record) {
  const nodes = of.placement.nodes.map((node): RunningNode => {
    return {
      ...{ ...node, containerId: `id-${node.name}`, state: 'running', cut: false, image: 'i' },
      ...{ masterName: 'mymaster', directory: '/data/lab' },
      ...(of.origin === undefined ? {} : { origin: of.origin }),
      container: names[node.name] ?? node.container,
    };
  });
  return { name: 'lab', nodes };
}

describe('a container that somebody has renamed', () => {
  it('is known by its labels', () => {
    expect(renamedIn(record, running({ 'redis-2': 'foo' }))).toEqual([
      { node: 'redis-2', containerId: 'id-redis-2', present: 'foo', proper: 'lab-redis-2' },
    ]);
    expect(renamedIn(record, running({}))).toEqual([]);
  });

  it('is not one of two that say that they are the same node, nor one of another machine', () => {
    const { nodes } = running({ 'redis-2': 'foo' });
    const twice = nodes.flatMap((each) => [each, { ...each, containerId: 'x', container: 'bar' }]);
    expect(renamedIn(record, { nodes: twice })).toEqual([]);
    const theirs = running({ 'redis-2': 'foo' }, { ...record, origin: 'd'.repeat(32) });
    expect(renamedIn(record, theirs)).toEqual([]);
  });

  it('is called by the name that it has, and what was right is not forgotten', () => {
    const present = withPresentNames(record, running({ 'redis-2': 'foo' }));
    expect(present.placement.nodes.map(({ container }) => container)).toContain('foo');
    expect(present.placement.nodes.find(({ name }) => name === 'redis-2')).toMatchObject({
      renamedFrom: 'lab-redis-2',
    });
    expect(withPresentNames(record, running({}))).toBe(record);
  });

  it('gets its name back', async () => {
    const names = new Map([['id-redis-2', 'foo']]);
    const engine = anEngine({ renameContainer: async (id, to) => void names.set(id, to) });
    const progress = { note: () => {} } as unknown as Context['progress'];
    const after = await renameBack({ engine, progress }, record, running({ 'redis-2': 'foo' }));
    expect(names.get('id-redis-2')).toBe('lab-redis-2');
    expect(after.nodes.find(({ name }) => name === 'redis-2')?.container).toBe('lab-redis-2');
  });

  it('does not when another one has it, and both names are told', async () => {
    const renameContainer = async () => {
      throw new EngineError('name-taken', 'Conflict.');
    };
    const engine = anEngine({ renameContainer });
    const progress = { note: () => {} } as unknown as Context['progress'];
    await expect(
      renameBack({ engine, progress }, record, running({ 'redis-2': 'foo' })),
    ).rejects.toMatchObject({
      message: expect.stringMatching(/foo.*lab-redis-2/),
      hint: expect.stringContaining('docker rename lab-redis-2'),
    });
  });
});
