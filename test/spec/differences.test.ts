import type { TopologySpec } from '../../src/model/spec.js';
import { differences, wayText, withLive } from '../../src/spec/differences.js';
import { aSecurity } from '../helpers/security.js';
import { aSpec } from '../helpers/topology.js';

const { timing, limits } = aSpec();
const LIVE: Partial<TopologySpec> = {
  quorum: 3,
  timing: { downAfterMs: 9000, failoverTimeoutMs: 1, parallelSyncs: 2 },
  guard: { minReplicas: 0, maxLagS: 9 },
  limits: { ...limits, maxmemoryBytes: 1e9 },
  fsync: 'always',
  further: { redis: { hz: ['20'] }, sentinel: { loglevel: ['debug'] } },
};

describe('the way of a difference', () => {
  it('is live for all that servers can be told', () => {
    const found = differences(aSpec(), aSpec(LIVE));
    expect(found).toHaveLength(10);
    expect(new Set(found.map(({ way }) => way))).toEqual(new Set(['live']));
  });

  it.each<[string, Partial<TopologySpec>, string]>([
    ['scale', { replicas: 4 }, 'rsent scale lab --replicas 4'],
    ['scale', { sentinels: 5 }, 'rsent scale lab --sentinels 5'],
    ['upgrade', { image: { ref: 'redis:9', named: true } }, 'rsent upgrade lab --image redis:9'],
    ['recreate', { limits: { pids: 99 } }, '--recreate'],
    ['recreate', { limits: { ...limits, memoryBytes: 1e9 } }, '--recreate'],
    ['recreate', { logFile: 'x' }, '--recreate'],
    ['recreate', { templates: '/x' }, '--recreate'],
    ['recreate', { security: aSecurity({ publish: '10.0.0.1' }) }, '--recreate'],
    ['recreate', { redisPorts: { first: 7000, named: true } }, '--recreate'],
    ['recreate', { sentinelPorts: { first: 7000, named: true } }, '--recreate'],
    ['never', { masterName: 'x' }, 'it stays'],
    ['never', { storage: 'volume' }, 'it stays'],
    ['never', { security: aSecurity({ auth: true }) }, 'it stays'],
    ['never', { reach: { clients: 'containers' } }, 'it stays'],
  ])('is %s for others: %j', (way, change, text) => {
    const [found, ...more] = differences(aSpec(), aSpec(change));
    expect(more).toEqual([]);
    expect(found).toMatchObject({ way });
    expect(found && wayText(found, 'lab')).toContain(text);
  });

  it('does not tell of a directive that is being taken away', () => {
    const pending = aSpec({ further: { redis: { hz: [] }, sentinel: {} } });
    expect(differences(pending, aSpec())).toEqual([]);
    const given = aSpec({ further: { redis: { hz: ['20'] }, sentinel: {} } });
    expect(differences(given, aSpec())).toEqual([
      { what: 'redis-config hz', was: '20', now: '(not given)', way: 'live' },
    ]);
  });
});

describe('withLive', () => {
  it('takes all that is live, and nothing else', () => {
    const asked = aSpec({ ...LIVE, replicas: 9, masterName: 'x', logFile: 'y' });
    expect(withLive(aSpec(), asked)).toEqual(aSpec(LIVE));
  });

  it('takes limits away, and keeps a directive in mind that is to be taken away', () => {
    const existing = aSpec(LIVE);
    expect(withLive(existing, aSpec())).toEqual(
      aSpec({ timing, further: { redis: { hz: [] }, sentinel: { loglevel: [] } } }),
    );
  });
});
