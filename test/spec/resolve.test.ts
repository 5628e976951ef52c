import { RsentError } from '../../src/model/errors.js';
import { fileLayer } from '../../src/spec/file-layer.js';
import { flagLayer, type Layer } from '../../src/spec/layers.js';
import { resolveSpec } from '../../src/spec/resolve.js';

const file = (source: string): Layer => fileLayer(source, 'rsent.yaml').layer;
const flags = flagLayer;
const specOf = (...layers: Layer[]) => resolveSpec(layers).spec;

/** The problems that an illegal spec is refused with. */
function problemsOf(layers: readonly Layer[], parseProblems: readonly string[] = []): string[] {
  try {
    resolveSpec(layers, parseProblems);
  } catch (error) {
    if (!(error instanceof RsentError) || error.kind !== 'spec') throw error;
    return error.message.split('\n').slice(1);
  }
  throw new Error('the spec was taken');
}

describe('resolveSpec: defaults', () => {
  it('fills in everything, with the timings of the seed document', () => {
    expect(resolveSpec([])).toEqual({
      spec: {
        name: 'rsent',
        masterName: 'mymaster',
        image: { ref: 'redis:8.0', named: false },
        replicas: 2,
        sentinels: 3,
        quorum: 2,
        timing: { downAfterMs: 30_000, failoverTimeoutMs: 180_000, parallelSyncs: 1 },
        guard: { minReplicas: 1, maxLagS: 1 },
        reach: { clients: 'host' },
        redisPorts: { first: 6379, named: false },
        sentinelPorts: { first: 26379, named: false },
        security: { auth: false, acl: false, tls: false, publish: '127.0.0.1' },
        limits: { pids: 256 },
        fsync: 'everysec',
        further: { redis: {}, sentinel: {} },
        logFile: '',
      },
      warnings: [],
    });
  });

  it.each([
    [3, 2],
    [5, 3],
    [7, 4],
  ])('of %d Sentinels a quorum of %d', (sentinels, quorum) => {
    expect(specOf(flags({ sentinels })).quorum).toBe(quorum);
  });

  it('marks what the user named', () => {
    const spec = specOf(flags({ image: 'redis:8.0', redisPort: 6379, sentinelPort: 26379 }));
    expect(spec.image.named).toBe(true);
    expect(spec.redisPorts.named).toBe(true);
    expect(spec.sentinelPorts.named).toBe(true);
  });
});

describe('resolveSpec: layers', () => {
  it('lets a flag win over the file, key by key', () => {
    const spec = specOf(flags({ replicas: 1 }), file('replicas: 4\nmasterName: from-file\n'));
    expect(spec).toMatchObject({ replicas: 1, masterName: 'from-file' });
  });

  it.each<[string, readonly Layer[], number, number]>([
    ['a profile alone', [flags({ profile: 'ci' })], 2000, 10_000],
    [
      'single values over the profile beside them',
      [flags({ profile: 'ci', downAfter: '4s' })],
      4000,
      10_000,
    ],
    [
      'a profile flag over single values of the file',
      [flags({ profile: 'dev' }), file('downAfter: 9s\nfailoverTimeout: 99s\n')],
      5000,
      30_000,
    ],
    [
      'a profile flag over a profile of the file',
      [flags({ profile: 'ci' }), file('profile: dev\n')],
      2000,
      10_000,
    ],
    [
      'a single flag over a profile of the file',
      [flags({ downAfter: '3s' }), file('profile: dev\n')],
      3000,
      30_000,
    ],
    [
      'flags of both kinds over single values of the file',
      [flags({ profile: 'ci', failoverTimeout: '20s' }), file('downAfter: 9s\n')],
      2000,
      20_000,
    ],
  ])('%s', (_, layers, downAfterMs, failoverTimeoutMs) => {
    expect(specOf(...layers).timing).toMatchObject({ downAfterMs, failoverTimeoutMs });
  });

  it('keeps parallel-syncs of the file under a profile flag', () => {
    const spec = specOf(flags({ profile: 'ci' }), file('parallelSyncs: 2\n'));
    expect(spec.timing.parallelSyncs).toBe(2);
  });

  it('still reports a bad value that a flag overrides', () => {
    expect(problemsOf([flags({ replicas: 2 }), file('replicas: no\n')])).toHaveLength(1);
  });
});

describe('resolveSpec: problems', () => {
  it('names every one at once, those of reading first, each with its place', () => {
    const source = 'replicas: -1\nbogus: 1\nquorum: 4\n';
    const problems = problemsOf([flags({ downAfter: 'x' }), file(source)], ['x.yaml:9: broken']);
    expect(problems).toEqual([
      '  - x.yaml:9: broken',
      expect.stringContaining('--down-after is "x"; legal is a duration'),
      expect.stringContaining('rsent.yaml:1: replicas is -1; legal is a whole number'),
      expect.stringContaining('rsent.yaml:2: bogus is not known'),
      expect.stringContaining(
        'rsent.yaml:3: quorum is 4, but there are 3 Sentinels; legal is 1 to 3',
      ),
    ]);
  });

  it('counts them in its first line', () => {
    expect(() => resolveSpec([flags({ replicas: -1, quorum: 9 })])).toThrow(/has 2 problems:/);
    expect(() => resolveSpec([flags({ replicas: -1 })])).toThrow(/has a problem:/);
  });

  it('names the layer that the impossible quorum came from', () => {
    expect(problemsOf([flags({ sentinels: 3 }), file('quorum: 5\n')])[0]).toMatch(
      /rsent\.yaml:1: quorum is 5/,
    );
    expect(problemsOf([flags({ quorum: 5 }), file('quorum: 2\n')])[0]).toMatch(/--quorum is 5/);
  });

  it.each([1, 2, 4, 6])(
    'refuses %d Sentinels, and takes them when told that it is unsafe',
    (sentinels) => {
      expect(problemsOf([flags({ sentinels })])[0]).toMatch(
        new RegExp(
          `--sentinels is ${sentinels}; legal is an odd number of at least 3.*--allow-unsafe`,
        ),
      );
      expect(specOf(flags({ sentinels, allowUnsafe: true })).sentinels).toBe(sentinels);
    },
  );

  it('refuses no replicas, and takes them when told that it is unsafe', () => {
    expect(problemsOf([flags({ replicas: 0 })])[0]).toMatch(/--replicas is 0; legal is at least 1/);
    expect(specOf(flags({ replicas: 0, allowUnsafe: true })).replicas).toBe(0);
  });

  it('never takes an impossible quorum, safe or not', () => {
    expect(problemsOf([flags({ sentinels: 2, quorum: 3, allowUnsafe: true })])).toHaveLength(1);
  });

  it.each([
    ['Sentinels in the middle of the data nodes', { redisPort: 7000, sentinelPort: 7002 }],
    ['data nodes in the middle of the Sentinels', { redisPort: 7002, sentinelPort: 7000 }],
    ['the same first port', { redisPort: 7000, sentinelPort: 7000 }],
    ['a flag against the default of the other', { sentinelPort: 6381 }],
  ])('refuses overlapping ports: %s', (_, given) => {
    expect(problemsOf([flags(given)])).toEqual([expect.stringMatching(/overlap: 3 ports from/)]);
  });

  it.each([
    ['Sentinels right after', { redisPort: 7000, sentinelPort: 7003 }],
    ['Sentinels right before', { redisPort: 7003, sentinelPort: 7000 }],
  ])('takes adjacent ports: %s', (_, given) => {
    expect(specOf(flags(given)).redisPorts.first).toBe(given.redisPort);
  });

  it('refuses ports past 65535, but takes the very last', () => {
    expect(problemsOf([flags({ redisPort: 65534 })])).toEqual([
      expect.stringContaining('--redis-port is 65534, but 3 ports from there go past 65535'),
    ]);
    expect(specOf(flags({ redisPort: 65533 })).redisPorts.first).toBe(65533);
  });
});

describe('resolveSpec: warnings', () => {
  it('warns of a down-after that invites a second failover', () => {
    expect(resolveSpec([flags({ downAfter: '1999ms' })]).warnings).toEqual([
      expect.stringContaining('1999 ms is below 2000 ms'),
    ]);
    expect(resolveSpec([flags({ downAfter: '2s' })]).warnings).toEqual([]);
  });
});
