import { judge, obstacles } from '../../src/health/judge.js';
import type { LinkFacts, Observation } from '../../src/model/observation.js';
import { healthyObservation, withRedis, withSentinel } from '../helpers/observation.js';
import { aScene, aSetting } from '../helpers/scene.js';
import { anExpectation } from '../helpers/topology.js';

const lost = <Link extends LinkFacts>(link: Link): Link => ({
  ...link,
  flags: [...link.flags, 's_down', 'disconnected'],
  lastPingSentMs: 9000,
  lastOkPingReplyMs: 9000,
});

/** Every node answers rsent; the Sentinels of these names hear nobody, and the master no replica. */
function cutOff(
  sentinels = ['sentinel-1', 'sentinel-2', 'sentinel-3'],
  seen = healthyObservation(),
): Observation {
  const silent = sentinels.reduce(
    (before, name) =>
      withSentinel(before, name, (facts) => ({
        ...facts,
        master: facts.master.reached
          ? { reached: true, facts: lost(facts.master.facts) }
          : facts.master,
        replicas: facts.replicas.map(lost),
        peers: facts.peers.map(lost),
        ckquorum: { ok: false, usable: 1, text: 'NOQUORUM 1 usable Sentinels.' },
      })),
    seen,
  );
  return withRedis(silent, 'redis-1', (facts) => ({
    ...facts,
    goodReplicas: 0,
    replicas: facts.replicas.map((each) => ({ ...each, lagS: 9 })),
  }));
}

describe('nodes that all answer rsent, and none hears another', () => {
  const verdict = judge(anExpectation(), cutOff());

  it('are one finding first, about what lies between them', () => {
    const [first, ...rest] = verdict.findings;
    expect(first).toMatchObject({ code: 'nodes-isolated', subject: 'lab', severity: 'error' });
    expect(first?.fix).toMatch(/ip_forward.*FORWARD/);
    expect(rest.length).toBeGreaterThan(10);
    expect(new Set(rest.map(({ followsFrom }) => followsFrom))).toEqual(
      new Set(['nodes-isolated']),
    );
  });

  it('are the reason why no failover can be', () => {
    expect(obstacles(verdict).map(({ code }) => code)).toEqual(['nodes-isolated']);
    const setting = aSetting({}, () => cutOff());
    expect(() => aScene({}, setting)).toThrow(
      expect.objectContaining({
        message: expect.stringContaining('none of them hears another'),
        hint: expect.stringContaining('ip_forward'),
      }),
    );
  });

  it.each<[string, Observation]>([
    ['one Sentinel hears the others', cutOff(['sentinel-1', 'sentinel-2'])],
    [
      'a replica is attached',
      withRedis(cutOff(), 'redis-1', (facts) => ({
        ...facts,
        replicas: facts.replicas.map((each) => ({ ...each, lagS: 1 })),
      })),
    ],
    ['all is well', healthyObservation()],
  ])('are not what it is when %s', (_, observation) => {
    const { findings } = judge(anExpectation(), observation);
    expect(
      findings.filter((each) => [each.code, each.followsFrom].includes('nodes-isolated')),
    ).toEqual([]);
  });
});
