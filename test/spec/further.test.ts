import fc from 'fast-check';
import { fileLayer } from '../../src/spec/file-layer.js';
import { flagLayer } from '../../src/spec/layers.js';
import { recordedLayer } from '../../src/spec/recorded.js';
import { resolveSpec } from '../../src/spec/resolve.js';
import { aSpec } from '../helpers/topology.js';

function fromFile(...lines: string[]) {
  const { layer, problems } = fileLayer(lines.join('\n'), 'rsent.yaml');
  return resolveSpec([layer], problems).spec.further;
}

const fromFlags = (redisConfig: string[], ...below: Parameters<typeof resolveSpec>[0]) =>
  resolveSpec([flagLayer({ redisConfig }), ...below]).spec.further.redis;
const recorded = recordedLayer(
  aSpec({ further: { redis: { save: ['900 1', '300 10'], hz: ['20'] }, sentinel: {} } }),
);

describe('directives that are passed through, in a spec file', () => {
  it('are texts, numbers, booleans, or lists of these', () => {
    expect(
      fromFile(
        'redisConfig:',
        '  Maxmemory-Policy: allkeys-lru',
        '  hz: 20',
        '  activedefrag: true',
        '  lazyfree-lazy-expire: false',
        '  save: ["900 1", "300   10"]',
        '  notify-keyspace-events: ""',
        '  proc-title-template: \'"{title} x"\'',
      ).redis,
    ).toEqual({
      'maxmemory-policy': ['allkeys-lru'],
      hz: ['20'],
      activedefrag: ['yes'],
      'lazyfree-lazy-expire': ['no'],
      save: ['900 1', '300 10'],
      'notify-keyspace-events': ['""'],
      'proc-title-template': ['"{title} x"'],
    });
  });

  it('have the word after "sentinel" in their name, however that is written', () => {
    const expected = { 'sentinel deny-scripts-reconfig': ['no'] };
    const forms = ['  sentinel: deny-scripts-reconfig no', '  sentinel deny-scripts-reconfig: no'];
    for (const form of forms) {
      expect(fromFile('sentinelConfig:', form).sentinel).toEqual(expected);
    }
  });

  it('are told with their line and name where they are no good', () => {
    const file = ['name: lab', 'redisConfig:', '  save: {a: 1}', '  hz: "1\\nport 2"'];
    expect(() => fromFile(...file)).toThrow(
      expect.objectContaining({
        message: expect.stringMatching(
          /rsent\.yaml:3: redisConfig\.save is .*legal is.*\n.*redisConfig\.hz is .*one line/s,
        ),
      }),
    );
  });
});

describe('directives of several places', () => {
  it('are those of the record where nobody says anything', () => {
    expect(resolveSpec([recorded]).spec.further.redis).toEqual({
      save: ['900 1', '300 10'],
      hz: ['20'],
    });
  });

  it('are joined one by one where flags name some', () => {
    expect(fromFlags(['save 60 1', 'save 30 2', 'timeout 9'], recorded)).toEqual({
      save: ['60 1', '30 2'],
      hz: ['20'],
      timeout: ['9'],
    });
  });

  it('lose one that a flag names without a value', () => {
    expect(fromFlags(['save'], recorded)).toEqual({ hz: ['20'] });
    expect(fromFlags(['save ""'], recorded)).toEqual({ save: ['""'], hz: ['20'] });
  });

  it('are those of the file alone where it has any, and of flags', () => {
    const { layer } = fileLayer('redisConfig:\n  hz: 50\n  timeout: 3', 'rsent.yaml');
    expect(resolveSpec([layer, recorded]).spec.further.redis).toEqual({
      hz: ['50'],
      timeout: ['3'],
    });
    expect(fromFlags(['hz'], layer, recorded)).toEqual({ timeout: ['3'] });
    const { layer: none } = fileLayer('redisConfig: {}', 'rsent.yaml');
    expect(resolveSpec([none, recorded]).spec.further.redis).toEqual({});
  });

  it('are the same when they are asked for again, whatever they are', () => {
    const value = fc.oneof(fc.string(), fc.integer(), fc.boolean());
    const map = fc.dictionary(
      fc.stringMatching(/^(z[a-z0-9._-]{0,9}|constructor|tostring)$/),
      fc.oneof(value, fc.array(value, { maxLength: 3 })),
    );
    fc.assert(
      fc.property(map, (redisConfig) => {
        let spec: ReturnType<typeof aSpec>;
        try {
          spec = resolveSpec([flagLayer({ redisConfig })]).spec;
        } catch {
          return;
        }
        const kept = JSON.parse(JSON.stringify(spec));
        expect(resolveSpec([recordedLayer(kept)]).spec.further).toEqual(spec.further);
      }),
      { numRuns: 1000 },
    );
  });
});

describe('directives that rsent owns', () => {
  it.each([
    ['port 7000', '--redis-port'],
    ['bind 0.0.0.0', '--publish'],
    ['dir /x', '--data-dir'],
    ['logfile x', '--log-file'],
    ['daemonize yes', 'container'],
    ['protected-mode yes', '--auth'],
    ['requirepass x', '--auth'],
    ['masterauth x', '--auth'],
    ['user x on', '--acl'],
    ['aclfile /x', '--acl'],
    ['tls-port 1', '--tls'],
    ['tls-cert-file x', '--tls'],
    ['replicaof 1.2.3.4 1', 'failover NAME --manual'],
    ['SlaveOf no one', 'failover NAME --manual'],
    ['slave-announce-ip x', '--address'],
    ['replica-announce-port 1', '--address'],
    ['appendonly no', '--fsync'],
    ['appendfsync no', '--fsync'],
    ['min-slaves-to-write 1', '--min-replicas-to-write'],
    ['min-replicas-max-lag 1', '--min-replicas-max-lag'],
    ['maxmemory 1gb', '--maxmemory'],
    ['repl-diskless-sync-delay 5', 'in sync'],
    ['include /x', 'could set anything'],
    ['cluster-enabled yes', 'exclude each other'],
    ['rename-command CONFIG ""', 'CONFIG'],
    ['rename-command "slaveof" x', 'SLAVEOF'],
    ['sentinel monitor a b 1 2', '--sentinel-config'],
  ])('are refused with what to use instead: %s', (line, way) => {
    expect(() => fromFlags([line])).toThrow(
      expect.objectContaining({
        message: expect.stringMatching(new RegExp(`--redis-config names.*${way}`)),
      }),
    );
  });

  it.each([
    ['port 1', '--sentinel-port'],
    ['user x on', '--acl'],
    ['sentinel monitor m 1.2.3.4 1 2', '--quorum'],
    ['sentinel down-after-milliseconds m 1', '--down-after'],
    ['sentinel known-slave m 1.2.3.4 1', 'Sentinel itself'],
    ['sentinel myid x', 'Sentinel itself'],
    ['sentinel auth-pass m x', '--auth'],
    ['sentinel announce-ip x', '--address'],
    ['sentinel resolve-hostnames yes', 'name server'],
    ['rename-command PING x', 'every command'],
  ])('are refused for Sentinels, too: %s', (line, way) => {
    const act = () => resolveSpec([flagLayer({ sentinelConfig: [line] })]);
    expect(act).toThrow(
      expect.objectContaining({
        message: expect.stringMatching(new RegExp(`--sentinel-config names.*${way}`)),
      }),
    );
  });

  it.each([
    'rename-command FLUSHALL ""',
    'loadmodule /usr/lib/x.so',
    'tls-protocols TLSv1.3',
    'constructor x',
    'bogus 1',
  ])('are no others: %s', (line) => {
    expect(Object.keys(fromFlags([line]))).toEqual([line.split(' ')[0]]);
  });

  it('leave what a Sentinel may be told', () => {
    const lines = ['sentinel notification-script mymaster /x', 'loglevel debug'];
    const { spec } = resolveSpec([flagLayer({ sentinelConfig: lines })]);
    expect(spec.further.sentinel).toEqual({
      'sentinel notification-script': ['mymaster /x'],
      loglevel: ['debug'],
    });
  });

  it('are all told at once', () => {
    const lines = ['port 1', 'dir /x', 'hz 20'];
    expect(() => fromFlags(lines)).toThrow('The spec has 2 problems');
  });
});
