import { statusJson } from '../../src/report/status.js';
import { healthyObservation, withRedis, withSentinel, withSilent } from '../helpers/observation.js';
import { aSubject, capturedSubject } from '../helpers/subject.js';
import { anId } from '../helpers/topology.js';

const json = (subject: Parameters<typeof statusJson>[0]) =>
  JSON.parse(JSON.stringify(statusJson(subject)));

describe('statusJson', () => {
  it('is exactly this for a healthy topology', () => {
    const replica = (number: number) => ({
      name: `redis-${number}`,
      kind: 'redis',
      role: 'replica',
      container: `lab-redis-${number}`,
      running: true,
      address: `172.30.5.1${number}:6379`,
      published: `127.0.0.1:${6378 + number}`,
      link: 'up',
      offset: 5000,
      lagBytes: 0,
    });
    const sentinel = (number: number) => ({
      name: `sentinel-${number}`,
      container: `lab-sentinel-${number}`,
      running: true,
      address: `172.30.5.20${number}:26379`,
      published: `127.0.0.1:${26378 + number}`,
      sees: { master: '172.30.5.11:6379', replicas: 2, sentinels: 3, quorum: 'ok', epoch: 0 },
    });
    expect(statusJson(aSubject())).toEqual({
      schemaVersion: 1,
      topology: 'lab',
      masterName: 'mymaster',
      state: 'healthy',
      healthy: true,
      master: { node: 'redis-1', address: '172.30.5.11:6379' },
      nodes: [
        { ...replica(1), role: 'master', link: null, lagBytes: null },
        replica(2),
        replica(3),
      ],
      sentinels: [sentinel(1), sentinel(2), sentinel(3)],
      findings: [],
    });
  });

  it('gives findings eight fields, without what is only for rsent itself', () => {
    const seen = withSilent(healthyObservation(), 'redis-3', 'exited');
    expect(json(aSubject(seen)).findings).toEqual([
      {
        code: 'node-stopped',
        severity: 'error',
        subject: 'redis-3',
        saw: 'its container is exited',
        expected: 'running and answering',
        fix: 'rsent up lab starts it',
        cause: null,
        follows: [],
      },
    ]);
  });

  it.each(['exited', 'paused', 'absent'] as const)(
    'says of a node that is %s what is known',
    (state) => {
      const seen = withSilent(
        withSilent(healthyObservation(), 'redis-3', state),
        'sentinel-3',
        state,
      );
      const { nodes, sentinels } = json(aSubject(seen));
      expect(nodes[2]).toMatchObject({
        role: 'unknown',
        running: false,
        link: null,
        offset: null,
        lagBytes: null,
      });
      expect(sentinels[2]).toMatchObject({ running: false, sees: null });
    },
  );

  it('has no master when there is none', () => {
    const seen = withSilent(healthyObservation(), 'redis-1', 'exited');
    const document = json(aSubject(seen));
    expect(document).toMatchObject({ state: 'down', healthy: false, master: null });
    expect(document.nodes[1]).toMatchObject({ role: 'replica', offset: 5000, lagBytes: null });
  });

  it('tells how far a replica is behind, never less than nothing', () => {
    const at = (name: string, offset: number) =>
      withRedis(healthyObservation(), name, (facts) => ({ ...facts, offset }));
    expect(json(aSubject(at('redis-2', 4200))).nodes[1].lagBytes).toBe(800);
    expect(json(aSubject(at('redis-2', 5001))).nodes[1].lagBytes).toBe(0);
  });

  it('tells of a broken link', () => {
    const { nodes } = json(capturedSubject('redis-7.0-master-killed'));
    expect(nodes.map(({ link }: { link: unknown }) => link)).toEqual([null, 'down', 'down']);
  });

  it('follows the master after a failover', () => {
    const { master, nodes } = json(capturedSubject('redis-7.0-after-failover'));
    expect(master.node).toBe('redis-2');
    expect(nodes.map(({ role }: { role: string }) => role)).toEqual([
      'unknown',
      'master',
      'replica',
    ]);
  });
});

describe('a Sentinel’s own view', () => {
  const viewOf = (fixture: string, index: number) =>
    json(capturedSubject(fixture)).sentinels[index].sees;

  it.each([
    ['redis-7.0-healthy', { replicas: 2, sentinels: 3, quorum: 'ok', epoch: 0 }],
    ['redis-7.0-sentinel-killed', { replicas: 2, sentinels: 2, quorum: '2 of 3 usable', epoch: 0 }],
    [
      'redis-7.0-two-sentinels-killed',
      { replicas: 2, sentinels: 1, quorum: 'no quorum: 1 of 3 usable', epoch: 0 },
    ],
    ['redis-7.0-replica-paused', { replicas: 1, sentinels: 3, quorum: 'ok', epoch: 0 }],
    ['redis-7.0-after-failover', { replicas: 1, sentinels: 3, quorum: 'ok', epoch: 1 }],
  ])('counts those that are alive: %s', (fixture, view) => {
    expect(viewOf(fixture, 0)).toMatchObject(view);
  });

  it('does not count a peer that it lost a moment ago, whatever CKQUORUM still says', () => {
    const seen = withSentinel(healthyObservation(), 'sentinel-1', (facts) => ({
      ...facts,
      peers: facts.peers.map((peer) =>
        peer.runId === anId(3) ? { ...peer, flags: ['sentinel', 'disconnected'] } : peer,
      ),
    }));
    expect(json(aSubject(seen)).sentinels[0].sees).toMatchObject({
      sentinels: 2,
      quorum: '2 of 3 usable',
    });
  });

  it('has no master and no epoch when it monitors nothing', () => {
    const seen = withSentinel(healthyObservation(), 'sentinel-1', ({ handsOut, ...facts }) => ({
      ...facts,
      master: { reached: false, why: 'ERR No such master with that name' },
      replicas: [],
      peers: [],
      ckquorum: { ok: false, text: 'ERR No such master with that name' },
    }));
    expect(json(aSubject(seen)).sentinels[0].sees).toEqual({
      master: null,
      replicas: 0,
      sentinels: 1,
      quorum: 'no quorum: 0 of 3 usable',
      epoch: null,
    });
  });
});
