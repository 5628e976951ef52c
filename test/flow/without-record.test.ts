import { lstat, mkdir } from 'node:fs/promises';
import type { ContainerFacts } from '../../src/engine/engine.js';
import { down } from '../../src/flow/down.js';
import { inMemoryOnly, rejectWithoutRecord } from '../../src/flow/without-record.js';
import { nodeLabels } from '../../src/plan/labels.js';
import { aContainer, aContext, anEngine } from '../helpers/engine.js';
import { useTempDir } from '../helpers/temp.js';
import { anUnheardRecord } from '../helpers/unheard.js';

const path = useTempDir();
const record = anUnheardRecord();

/** Its containers, made from this home, and an engine that sees the files that are here. */
function runningFrom(state: ContainerFacts['state'] = 'running') {
  const done: string[] = [];
  const containers = record.placement.nodes.map((node) =>
    aContainer({
      ...{ id: node.name, name: node.container, state, networks: ['lab-net'], volumes: [] },
      labels: nodeLabels(record, node, path('lab')),
      binds: ['conf', 'data'].map((part) => path('lab', node.folder, part)),
      published: [node.published],
    }),
  );
  const engine = anEngine({
    containers: async () => containers,
    volumes: async () => [],
    hasPath: async (at) =>
      lstat(at).then(
        () => true,
        () => false,
      ),
    killContainer: async (name) => void done.push(name),
    removeContainer: async (name) => void done.push(name),
  });
  return { containers, done, context: aContext(engine, path()) };
}

const DATA = ['lab-redis-1', 'lab-redis-2', 'lab-redis-3'];

describe('a topology whose data home is gone while it runs', () => {
  it('has its data in memory only: down refuses, and does nothing', async () => {
    const { containers, context, done } = runningFrom();
    expect(await inMemoryOnly(context, containers)).toEqual(DATA);
    const refusal = {
      kind: 'refused',
      message: expect.stringContaining(`${DATA.join(', ')} have data in memory only`),
      hint: expect.stringMatching(/redis-cli --rdb.*rsent down lab --volumes/),
    };
    await expect(rejectWithoutRecord(context, 'lab', containers)).rejects.toMatchObject(refusal);
    await expect(down(context, 'lab', false)).rejects.toMatchObject(refusal);
    expect(done).toEqual([]);
  });

  it('has not where a directory of data is left, nothing runs, or the engine sees other files', async () => {
    const stopped = runningFrom('exited');
    expect(await inMemoryOnly(stopped.context, stopped.containers)).toEqual([]);
    const { containers, context } = runningFrom();
    const apart = anEngine({ hasPath: async () => false });
    expect(await inMemoryOnly({ engine: apart }, containers)).toEqual([]);
    await mkdir(path('lab', 'redis-3', 'data'), { recursive: true });
    expect(await inMemoryOnly(context, containers)).toEqual([]);
  });
});
