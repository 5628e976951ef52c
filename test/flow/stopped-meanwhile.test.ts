import { StoppedMeanwhile, stoppedCheck } from '../../src/flow/stopped-meanwhile.js';
import type { Observation } from '../../src/model/observation.js';
import type { ContainerState } from '../../src/model/topology.js';

const silent = { reached: false, why: '' } as const;
const seen = (states: Readonly<Record<string, ContainerState>>): Observation => ({
  ...{ at: 0, dials: [] },
  nodes: Object.entries(states).map(([name, container]) => {
    return { name, kind: 'redis', container, answer: silent } as const;
  }),
});

describe('while rsent waits for nodes that it has brought up', () => {
  const check = stoppedCheck(['redis-1', 'redis-2']);

  it('goes on from there when somebody has stopped what ran', () => {
    const look = () => check(seen({ 'redis-1': 'running', 'redis-2': 'exited' }));
    expect(look).toThrow(StoppedMeanwhile);
    expect(look).toThrow('redis-2 was stopped by somebody else meanwhile.');
  });

  it.each<ContainerState>(['running', 'restarting', 'paused'])('waits for what is %s', (state) => {
    expect(() => check(seen({ 'redis-2': state }))).not.toThrow();
  });

  it('waits for what did not run before: it may end by itself, again and again', () => {
    expect(() => check(seen({ 'redis-3': 'exited' }))).not.toThrow();
  });
});
