import { judgePresence } from '../../src/health/judge-presence.js';
import type { NodeObservation } from '../../src/model/observation.js';
import { anExpectation } from '../helpers/topology.js';

const why = 'no answer within 2000 ms, though it takes connections';

const silent = (changes: Partial<NodeObservation> = {}) =>
  ({
    ...{ name: 'redis-2', kind: 'redis', container: 'running' },
    ...{ answer: { reached: false, why }, ...changes },
  }) as NodeObservation;

describe('a node that says nothing', () => {
  it('and whose process is seen to be stopped does not go on by itself', () => {
    const [finding] = judgePresence(anExpectation(), silent({ isFrozen: true }));
    expect(finding).toMatchObject({
      code: 'node-frozen',
      saw: expect.stringContaining('a signal or a debugger has stopped it'),
      fix: 'docker kill -s CONT lab-redis-2 has it go on after a signal; else rsent kill redis-2 lab, then rsent up lab',
    });
    expect(finding?.settling).toBeUndefined();
  });

  it('and may only be busy may go on', () => {
    const [finding] = judgePresence(anExpectation(), silent());
    expect(finding).toMatchObject({ code: 'node-frozen', settling: true });
  });
});
