import { expectRecord } from '../../src/health/expect.js';
import { chooseSaver } from '../../src/health/saver.js';
import type { RedisFacts } from '../../src/model/observation.js';
import { healthyObservation, withRedis, withSilent } from '../helpers/observation.js';
import { anExpectation, aRecord } from '../helpers/topology.js';

const healthy = healthyObservation();
const choose = (observation = healthy) => chooseSaver(anExpectation(), observation);
const unlinked = (facts: RedisFacts): RedisFacts =>
  facts.upstream === undefined
    ? facts
    : { ...facts, upstream: { ...facts.upstream, linkUp: false } };

describe('who saves for a backup', () => {
  it('is the replica that is furthest, with what the master had as the mark', () => {
    const behind = withRedis(healthy, 'redis-2', (facts) => ({ ...facts, offset: 4000 }));
    expect(choose(behind)).toEqual({
      name: 'redis-3',
      role: 'replica',
      replicationId: 'e'.repeat(40),
      masterOffset: 5000,
    });
  });

  it('is none that is not linked, still syncs or does not answer', () => {
    const two = withRedis(healthy, 'redis-2', unlinked);
    expect(choose(two)).toMatchObject({ name: 'redis-3' });
    const both = withSilent(two, 'redis-3', 'exited');
    expect(choose(both)).toEqual({ why: 'no replica is in sync with redis-1' });
  });

  it('is the master only where there is no replica', () => {
    const alone = aRecord({ replicas: 0 });
    const chosen = chooseSaver(expectRecord(alone), healthyObservation(alone));
    expect(chosen).toMatchObject({ name: 'redis-1', role: 'master' });
  });

  it('is nobody without a master', () => {
    expect(choose(withSilent(healthy, 'redis-1', 'exited'))).toEqual({
      why: 'nobody serves as master',
    });
  });
});
