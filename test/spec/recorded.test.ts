import fc from 'fast-check';
import type { TopologySpec } from '../../src/model/spec.js';
import { flagLayer } from '../../src/spec/layers.js';
import { recordedLayer } from '../../src/spec/recorded.js';
import { resolveSpec } from '../../src/spec/resolve.js';
import { differenceLines } from '../helpers/differences.js';
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
    expect(differenceLines(spec, again)).toEqual([]);
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

/** Specs as users ask for them: every form, and what may go with it. */
const askedFor: fc.Arbitrary<Record<string, unknown>> = fc
  .tuple(
    fc.constantFrom<Record<string, unknown>>(
      {},
      { clients: 'host', network: 'bridge' },
      { network: 'bridge', publish: '192.168.1.7', auth: true },
      { network: 'pod' },
      { network: 'pod', publish: '127.0.0.1' },
      { network: 'announce', address: '192.168.1.7', auth: true },
      { network: 'announce', address: '10.0.0.9', publish: '10.0.0.9', acl: true },
      { clients: 'containers' },
      { clients: 'containers', network: 'bridge', publish: '0.0.0.0', auth: true },
      { clients: 'containers', join: 'app-net' },
      { clients: 'lan', address: '192.168.1.7', auth: true },
      { clients: 'lan', network: 'announce', address: '192.168.1.7', acl: true, tls: true },
    ),
    fc.option(fc.uniqueArray(fc.integer({ min: 1000, max: 6000 }), { maxLength: 5 })),
    fc.record(
      {
        redisPort: fc.integer({ min: 1, max: 20_000 }),
        sentinelPort: fc.integer({ min: 30_000, max: 60_000 }),
        replicas: fc.integer({ min: 5, max: 9 }),
        sentinels: fc.constantFrom(5, 7),
        profile: fc.constantFrom('dev', 'ci'),
        memory: fc.constantFrom('64mb', '1gb'),
      },
      { requiredKeys: [] },
    ),
  )
  .map(([reach, own, more]) => {
    const nodes = {
      redis: [{}, ...(own ?? []).map((port) => ({ port, container: `c-${port}` }))],
      sentinel: [{ directory: 'one' }, {}, {}],
    };
    return { ...more, ...reach, ...(own === null || own.length === 0 ? {} : { nodes }) };
  });

/** As the record is kept. */
const kept = (spec: TopologySpec): TopologySpec => JSON.parse(JSON.stringify(spec));

describe('any spec that was asked for', () => {
  it('is the same when it is asked for again, and when nothing is', () => {
    fc.assert(
      fc.property(askedFor, (flags) => {
        const asked = resolveSpec([flagLayer(flags)]).spec;
        const existing = kept(asked);
        expect(existing).toEqual(asked);
        const layers = [[], [flagLayer(flags)]];
        for (const said of layers) {
          const { spec } = resolveSpec([...said, recordedLayer(existing)]);
          expect(spec).toEqual({ ...asked, image: { ...asked.image, named: true } });
          expect(differenceLines(existing, spec)).toEqual([]);
        }
      }),
      { numRuns: 200 },
    );
  });

  it('is not changed through the layer that stands for it', () => {
    const spec = aSpec({ nodes: { redis: [{ port: 7001 }], sentinel: [] } });
    const { nodes } = recordedLayer(spec).values as { nodes: { redis: object[] } };
    nodes.redis.push({});
    expect(spec.nodes?.redis).toEqual([{ port: 7001 }]);
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
    ['clients', { reach: { clients: 'containers' } }, 'clients is host, asked containers'],
    [
      'network',
      { reach: { clients: 'host', network: 'pod' } },
      'network is (chosen by rsent), asked pod',
    ],
    [
      'address',
      { reach: { clients: 'host', address: '10.0.0.9' } },
      'address is (chosen by rsent), asked 10.0.0.9',
    ],
    ['join', { reach: { clients: 'host', join: 'net' } }, 'join is (nothing), asked net'],
    [
      'nodes',
      { nodes: { redis: [{ port: 7001 }], sentinel: [] } },
      'nodes is {"redis":[],"sentinel":[]}, asked {"redis":[{"port":7001}],"sentinel":[]}',
    ],
    ['log-file', { logFile: 'a.log' }, 'log-file is (container log), asked a.log'],
    ['redis-port', { redisPorts: { first: 7000, named: true } }, 'redis-port is 6379, asked 7000'],
    [
      'sentinel-port',
      { sentinelPorts: { first: 7000, named: true } },
      'sentinel-port is 26379, asked 7000',
    ],
  ])('names %s', (_, change, line) => {
    expect(differenceLines(aSpec(), aSpec(change))).toEqual([line]);
  });

  it('names each of several', () => {
    expect(differenceLines(aSpec(), aSpec({ replicas: 3, quorum: 3 }))).toHaveLength(2);
  });

  it('does not mind who named the same value', () => {
    const named = aSpec({ image: { ref: 'redis:8.0', named: true } });
    expect(differenceLines(aSpec(), named)).toEqual([]);
  });

  it('names templates that were not there before', () => {
    expect(differenceLines(aSpec(), aSpec({ templates: '/elsewhere' }))).toHaveLength(1);
  });
});
