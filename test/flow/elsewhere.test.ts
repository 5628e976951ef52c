import { mkdir } from 'node:fs/promises';
import { findRecorded } from '../../src/flow/find.js';
import { stop } from '../../src/flow/halt.js';
import { writeRecord } from '../../src/host/data-home.js';
import { nodeLabels } from '../../src/plan/labels.js';
import { aContainer, aContext, anEngine } from '../helpers/engine.js';
import { useTempDir } from '../helpers/temp.js';
import { aRecord } from '../helpers/topology.js';

const path = useTempDir();
const record = { ...aRecord(), origin: 'a'.repeat(32) };

/** The containers of a topology in this directory; what is done to them is noted. */
function runningFrom(directory: string, origin = record.origin) {
  const done: string[] = [];
  const engine = anEngine({
    containers: async () =>
      record.placement.nodes.map((node) =>
        aContainer({
          ...{ id: node.name, name: node.container, networks: ['lab-net'] },
          labels: nodeLabels({ ...record, origin }, node, directory),
        }),
      ),
    stopContainer: async (name) => void done.push(name),
    renameContainer: async (name) => void done.push(name),
  });
  const nothing = () => {};
  const progress = { stage: nothing, done: nothing, note: nothing };
  const context = { ...aContext(engine, path()), progress } as unknown as ReturnType<
    typeof aContext
  >;
  return { done, context };
}

describe('a copy of a data home', () => {
  const keep = async () => {
    await mkdir(path('lab'));
    await writeRecord(path(), record);
  };

  it('has no say over the containers of the original: its home is named', async () => {
    await keep();
    const { context, done } = runningFrom('/original/lab');
    const refusal = {
      kind: 'topology',
      message: expect.stringContaining('/original/lab'),
      hint: expect.stringContaining('--data-dir /original'),
    };
    await expect(findRecorded(context, 'lab')).rejects.toMatchObject(refusal);
    await expect(stop(context, 'lab')).rejects.toMatchObject(refusal);
    expect(done).toEqual([]);
  });

  it('has none over those of another machine in a directory of the same name', async () => {
    await keep();
    const { context, done } = runningFrom(path('lab'), 'd'.repeat(32));
    const refusal = { kind: 'topology', hint: expect.stringContaining('another machine') };
    await expect(findRecorded(context, 'lab')).rejects.toMatchObject(refusal);
    await expect(stop(context, 'lab')).rejects.toMatchObject(refusal);
    expect(done).toEqual([]);
  });

  it('has one over its own', async () => {
    await keep();
    const { context } = runningFrom(path('lab'));
    expect((await findRecorded(context, 'lab')).running.nodes).toHaveLength(6);
  });
});
