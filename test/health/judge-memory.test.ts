import { judge } from '../../src/health/judge.js';
import type { ContainerLife } from '../../src/model/container.js';
import type { NodeObservation, Observation } from '../../src/model/observation.js';
import { healthyObservation, withSilent } from '../helpers/observation.js';
import { anExpectation } from '../helpers/topology.js';

const LIMIT = 48 * 2 ** 20;

function withLife(observation: Observation, life: ContainerLife): Observation {
  const nodes = observation.nodes.map((node): NodeObservation => {
    return node.name === 'redis-1' ? { ...node, life } : node;
  });
  return { ...observation, nodes };
}

/** Findings about redis-1 that has been through this, in this state. */
function about(life: ContainerLife, container: NodeObservation['container'] = 'running') {
  const seen =
    container === 'running'
      ? healthyObservation()
      : withSilent(healthyObservation(), 'redis-1', container);
  const expectation = anExpectation();
  const limits = { pids: 256, memoryBytes: LIMIT };
  const asked = { ...expectation, settings: { ...expectation.settings!, limits } };
  return judge(asked, withLife(seen, life)).findings.filter(({ subject }) => subject === 'redis-1');
}

describe('a container that the kernel killed for its memory', () => {
  it.each<[string, ContainerLife, NodeObservation['container'], 'warning' | 'error']>([
    [
      'that runs again',
      { restarts: 5, exitCode: 0, killedForMemory: true, memoryBytes: LIMIT },
      'running',
      'warning',
    ],
    [
      'that is being restarted',
      { restarts: 5, exitCode: 137, killedForMemory: true, memoryBytes: LIMIT },
      'restarting',
      'error',
    ],
    [
      'of which the engine forgot it between two starts',
      { restarts: 2, exitCode: 137, killedForMemory: false, memoryBytes: LIMIT },
      'restarting',
      'error',
    ],
  ])('%s is one finding, with the limit and the flag', (_, life, container, severity) => {
    const [finding, ...more] = about(life, container);
    expect(more).toEqual([]);
    expect(finding).toMatchObject({ code: 'killed-for-memory', severity });
    expect(finding?.saw).toContain('memory limit of 48 MiB');
    expect(finding?.saw).toContain(`restarted it ${life.restarts} times`);
    expect(finding?.fix).toMatch(/--memory SIZE --recreate/);
  });

  it('is not what stopped it when somebody stopped it later', () => {
    const life = { restarts: 1, exitCode: 0, killedForMemory: true, memoryBytes: LIMIT };
    expect(about(life, 'exited').map(({ code }) => code)).toContain('node-stopped');
  });

  it.each<[string, ContainerLife, NodeObservation['container'], string[]]>([
    [
      'killed by hand',
      { restarts: 0, exitCode: 137, killedForMemory: false, memoryBytes: LIMIT },
      'exited',
      ['node-stopped'],
    ],
    [
      'never ended',
      { restarts: 0, exitCode: 0, killedForMemory: false, memoryBytes: LIMIT },
      'running',
      [],
    ],
    [
      'crashing',
      { restarts: 3, exitCode: 1, killedForMemory: false },
      'restarting',
      ['node-restarting'],
    ],
  ])('is not one that was %s', (_, life, container, codes) => {
    expect(about(life, container).map(({ code }) => code)).toEqual(codes);
  });

  it('tells the exit code of one that crashes otherwise', () => {
    const life = { restarts: 3, exitCode: 1, killedForMemory: false };
    expect(about(life, 'restarting')[0]?.saw).toContain('exit code 1');
  });
});
