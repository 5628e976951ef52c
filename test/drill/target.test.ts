import { candidateOf, chooseTargets } from '../../src/drill/target.js';
import { observedOf } from '../../src/model/observation.js';
import { healthyObservation, withSilent } from '../helpers/observation.js';

const everyone = healthyObservation().nodes.map(candidateOf);

describe('chooseTargets', () => {
  it.each([
    ['a node', 'redis-2', ['redis-2']],
    ['the master', 'master', ['redis-1']],
    ['a replica', 'replica', ['redis-2']],
    ['both replicas', 'replica:2', ['redis-2', 'redis-3']],
    ['a Sentinel', 'sentinel', ['sentinel-1']],
    ['two Sentinels', 'sentinel:2', ['sentinel-1', 'sentinel-2']],
  ])('finds %s', (_, target, expected) => {
    expect(chooseTargets(target, everyone).map(({ name }) => name)).toEqual(expected);
  });

  it.each([
    '',
    'slave',
    'redis-9',
    'sentinel:',
    'sentinel:-1',
    'master:x',
    'sentinel:2 ',
    'redis-1\n',
  ])('names what is legal for %j', (target) => {
    expect(() => chooseTargets(target, everyone)).toThrow(
      expect.objectContaining({ kind: 'usage', message: expect.stringContaining('redis-1') }),
    );
  });

  it.each([
    ['sentinel:4', 3],
    ['master:2', 1],
    ['sentinel:0', 0],
  ])('says how many there are for %s', (target, found) => {
    expect(() => chooseTargets(target, everyone)).toThrow(`but ${found} have that role`);
  });
});

describe('candidateOf', () => {
  it('takes a data node that does not answer for no role at all', () => {
    const [silent] = observedOf(withSilent(healthyObservation(), 'redis-1', 'paused'), 'redis');
    expect(silent && candidateOf(silent).role).toBe('unknown');
  });
});
