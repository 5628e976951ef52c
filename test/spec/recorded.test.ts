import type { TopologySpec } from '../../src/model/spec.js';
import { flagLayer } from '../../src/spec/layers.js';
import { differences, recordedLayer } from '../../src/spec/recorded.js';
import { resolveSpec } from '../../src/spec/resolve.js';
import { aSpec } from '../helpers/topology.js';

const SPECS: [string, TopologySpec][] = [
  ['the defaults', resolveSpec([]).spec],
  ['a spec of short timings', aSpec({ image: { ref: 'redis:7.0', named: true } })],
  [
    'one with all that can be named',
    aSpec({
      image: { ref: 'valkey:8.1', named: true },
      redisPorts: { first: 7000, named: true },
      sentinelPorts: { first: 27000, named: true },
      logFile: 'redis.log',
      templates: '/somewhere',
      quorum: 3,
      timing: { downAfterMs: 1234, failoverTimeoutMs: 60_000, parallelSyncs: 2 },
    }),
  ],
  [
    'an unsafe one',
    aSpec({ sentinels: 2, replicas: 0, quorum: 1, guard: { minReplicas: 0, maxLagS: 1 } }),
  ],
];

describe('recordedLayer', () => {
  it.each(SPECS)('brings back %s when nothing else is said', (_, spec) => {
    const { spec: again } = resolveSpec([recordedLayer(spec)]);
    expect(again).toEqual({ ...spec, image: { ...spec.image, named: true } });
    expect(differences(spec, again)).toEqual([]);
  });

  it('leaves ports that nobody named free to move', () => {
    const { spec } = resolveSpec([recordedLayer(aSpec())]);
    expect(spec.redisPorts.named).toBe(false);
    expect(spec.sentinelPorts.named).toBe(false);
  });

  it('is overruled by what is asked now', () => {
    const { spec } = resolveSpec([flagLayer({ replicas: 5 }), recordedLayer(aSpec())]);
    expect(spec.replicas).toBe(5);
  });

  it('says where a contradiction with it comes from', () => {
    const layers = [flagLayer({ sentinels: 1 }), recordedLayer(aSpec())];
    expect(() => resolveSpec(layers)).toThrow('quorum of the existing topology is 2');
  });
});

describe('differences', () => {
  const timing = aSpec().timing;

  it.each<[string, Partial<TopologySpec>, string]>([
    ['master name', { masterName: 'other' }, 'master name is mymaster, asked other'],
    ['image', { image: { ref: 'redis:7.0', named: true } }, 'image is redis:8.0, asked redis:7.0'],
    ['replicas', { replicas: 3 }, 'replicas is 2, asked 3'],
    ['sentinels', { sentinels: 5 }, 'sentinels is 3, asked 5'],
    ['quorum', { quorum: 1 }, 'quorum is 2, asked 1'],
    ['down-after', { timing: { ...timing, downAfterMs: 2500 } }, 'down-after is 2s, asked 2500ms'],
    [
      'failover-timeout',
      { timing: { ...timing, failoverTimeoutMs: 60_000 } },
      'failover-timeout is 10s, asked 1m',
    ],
    ['parallel-syncs', { timing: { ...timing, parallelSyncs: 2 } }, 'parallel-syncs is 1, asked 2'],
    ['log-file', { logFile: 'a.log' }, 'log-file is (container log), asked a.log'],
    ['redis-port', { redisPorts: { first: 7000, named: true } }, 'redis-port is 6379, asked 7000'],
    [
      'sentinel-port',
      { sentinelPorts: { first: 7000, named: true } },
      'sentinel-port is 26379, asked 7000',
    ],
  ])('names %s', (_, change, line) => {
    expect(differences(aSpec(), aSpec(change))).toEqual([line]);
  });

  it('names each of several', () => {
    expect(differences(aSpec(), aSpec({ replicas: 3, quorum: 3 }))).toHaveLength(2);
  });

  it('does not mind who named the same value', () => {
    const named = aSpec({ image: { ref: 'redis:8.0', named: true } });
    expect(differences(aSpec(), named)).toEqual([]);
  });

  it('names templates that were not there before', () => {
    expect(differences(aSpec(), aSpec({ templates: '/elsewhere' }))).toHaveLength(1);
  });
});
