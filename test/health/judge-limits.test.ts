import { judge } from '../../src/health/judge.js';
import type { ContainerLife } from '../../src/model/container.js';
import { healthyObservation } from '../helpers/observation.js';
import { anExpectation } from '../helpers/topology.js';

const MIB = 2 ** 20;
const CALM: ContainerLife = {
  ...{ restarts: 0, exitCode: 0, killedForMemory: false },
  ...{ pids: 256, restart: 'unless-stopped' },
};

/** Findings about redis-2 whose container has this, where all were asked for with 256 processes. */
function about(life: Partial<ContainerLife>, asked: { memoryBytes?: number } = {}) {
  const expectation = anExpectation();
  const settings = { ...expectation.settings!, limits: { pids: 256, ...asked } };
  const seen = healthyObservation();
  const nodes = seen.nodes.map((node) =>
    node.name === 'redis-2' ? { ...node, life: { ...CALM, ...life } } : node,
  );
  return judge({ ...expectation, settings }, { ...seen, nodes }).findings;
}

describe('a container that has less than it was made with', () => {
  it.each<[string, Partial<ContainerLife>, { memoryBytes?: number }, string, string]>([
    ['processes', { pids: 4 }, {}, 'may have 4 processes and threads', 'error'],
    ['memory', { memoryBytes: 64 * MIB }, {}, 'may have 64 MiB of memory', 'error'],
    [
      ...(['less memory', { memoryBytes: 64 * MIB }, { memoryBytes: 96 * MIB }] as const),
      ...(['may have 64 MiB of memory', 'error'] as const),
    ],
    ['processors', { cpus: 0.1 }, {}, 'may use 0.1 processors', 'warning'],
    ['no restarts', { restart: 'no' }, {}, 'the restart policy of its container is no', 'warning'],
  ])('is one finding: %s', (_, life, asked, saw, severity) => {
    expect(about(life, asked)).toEqual([
      expect.objectContaining({
        ...{ code: 'container-differs', subject: 'redis-2', severity },
        saw: expect.stringContaining(saw),
        fix: expect.stringContaining('--recreate'),
      }),
    ]);
  });
});

describe('nothing is found', () => {
  it.each<[string, Partial<ContainerLife>, { memoryBytes?: number }]>([
    ['where all is as it was asked for', {}, {}],
    ['where it has more', { pids: 512, memoryBytes: 128 * MIB }, { memoryBytes: 96 * MIB }],
  ])('%s', (_, life, asked) => expect(about(life, asked)).toEqual([]));

  it('where the engine limits nothing and says nothing of restarts', () => {
    const { pids: _, restart: __, ...bare } = CALM;
    const seen = healthyObservation();
    const nodes = seen.nodes.map((node) => ({ ...node, life: bare }));
    expect(judge(anExpectation(), { ...seen, nodes }).findings).toEqual([]);
  });
});
