import { FIELDS, type FieldName } from '../../src/spec/fields.js';

const LEGAL: Record<FieldName, readonly unknown[]> = {
  name: ['a', 'rsent', 'a-b_c9', '0', 'a'.repeat(40)],
  masterName: ['mymaster', 'My.Master_1-x', 'a'.repeat(64)],
  image: ['redis:8.0', 'redis', 'registry.local:5000/x/redis@sha256:0123'],
  replicas: [0, 1, 120],
  sentinels: [1, 3, 49],
  quorum: [1, 49],
  profile: ['seed', 'dev', 'ci'],
  downAfter: ['5s', 500, '1ms'],
  failoverTimeout: ['3m', 180_000],
  parallelSyncs: [1, 120],
  minReplicasToWrite: [0, 1, 120],
  minReplicasMaxLag: [1, 3, 3600],
  redisPort: [1, 6379, 65535],
  sentinelPort: [1, 26379, 65535],
  logFile: ['', 'redis.log', 'redis_sentinel.log'],
  auth: [true, false, 'yes', 'OFF', 1],
  acl: [true, false, 'yes', 'OFF', 1],
  tls: [true, false, 'yes', 'OFF', 1],
  tlsCert: ['./tls.crt', '/abs'],
  tlsKey: ['./tls.key'],
  tlsCa: ['./ca.crt'],
  publish: ['127.0.0.1', '0.0.0.0', '192.168.1.7'],
  memory: ['256mb', '2gb', '2GB', 536_870_912],
  maxmemory: ['200mb', '16777216', 0, '0'],
  fsync: ['everysec', 'always'],
  redisConfig: [
    {},
    { 'maxmemory-policy': 'allkeys-lru', save: ['900 1', '300 10'], 'lazyfree-lazy-expire': true },
    { 'hash-max-listpack-entries': 64, 'search.TIMEOUT': '100', save: '' },
    [],
    ['save 900 1', 'notify-keyspace-events "KEA"', 'save'],
  ],
  sentinelConfig: [
    { loglevel: 'debug' },
    { sentinel: ['deny-scripts-reconfig no'] },
    ['loglevel debug'],
  ],
  pids: [16, 256, 100_000],
  nodes: [
    {},
    { redis: [] },
    { redis: [{}, { port: 7001 }], sentinel: [{ container: 'x_1.y-z', directory: 'A-b_0' }] },
    { redis: Array.from({ length: 121 }, () => ({})) },
    { sentinel: Array.from({ length: 49 }, () => ({ port: 65535 })) },
  ],
  clients: ['host', 'containers', 'lan'],
  network: ['bridge', 'pod', 'announce'],
  storage: ['directory', 'volume'],
  address: ['192.168.1.7', '10.0.0.1', '127.0.0.1'],
  join: ['my-net', 'App_net.1', 'bridge'],
  templates: ['./templates', '/abs'],
  allowUnsafe: [true, false, 'yes', 'OFF', 1],
};

const ILLEGAL: Record<FieldName, readonly unknown[]> = {
  name: ['', 'A', '-a', 'a-', '_a', 'a b', 'a/b', '..', 'a\nb', 'a'.repeat(41), 5, null],
  masterName: ['', 'my master', 'ü', 'a"b', 'a\n', 'a'.repeat(65), 5],
  image: ['', '-redis', 'Redis', 'redis:8 0', 'redis;rm', 8],
  replicas: [-1, 121, 1.5, '2', null],
  sentinels: [0, 50, 2.5, '3'],
  quorum: [0, 50, 1.5, '2'],
  profile: ['prod', '', 'CI', 1],
  downAfter: ['5 years', 0, -1, '', null, true],
  failoverTimeout: ['soon', 0, -1, '', []],
  parallelSyncs: [0, 121, 0.5, '1'],
  minReplicasToWrite: [-1, 121, 0.5, '1'],
  minReplicasMaxLag: [0, 3601, 0.5, '3'],
  redisPort: [0, 65536, -1, 1.5, '6379'],
  sentinelPort: [0, 65536, -1, 1.5, '26379'],
  logFile: ['../x', 'a/b', '.hidden', 'a b', 'a\n', 5],
  auth: ['y', 2, null],
  acl: ['y', 2, null, ['app']],
  tls: ['y', 2, null],
  tlsCert: ['', 5, null],
  tlsKey: ['', true, null],
  tlsCa: ['', ['a'], null],
  publish: ['', 'localhost', '::1', '1.2.3', '1.2.3.4:5', '1.2.3.256', 5],
  memory: ['', 'much', '-1gb', '1.5gb', '1mb', '9999999999gb', '256mb\nuser x', null],
  maxmemory: ['00', '15mb', '200 mb x', null],
  fsync: ['no', '', 'Always', true],
  redisConfig: [
    null,
    'save 900 1',
    5,
    { save: null },
    { save: { a: 1 } },
    { save: [['900 1']] },
    { 'a b': 'c' },
    { '': 'c' },
    { 'save\nport': '1' },
    { save: '900 1\nport 1' },
    { save: '900 1\rport 1' },
    { 'maxmemory-policy': 'a\0b' },
    { save: '"900 1' },
    { a: Number.NaN },
    ['"save" 1'],
    [''],
    ['save 900 1\nport 1'],
    ['# save'],
  ],
  sentinelConfig: [
    null,
    'x',
    { 'sentinel a b': 'c' },
    { sentinel: 'a\nport 1' },
    { 'other a': 'c' },
  ],
  pids: [0, 15, 100_001, 2.5, '64'],
  nodes: [
    null,
    5,
    'redis-1',
    [],
    { redis: {} },
    { redis: [null] },
    { redis: [7001] },
    { replicas: [] },
    { redis: [{ ports: 7001 }] },
    { redis: [{ port: 0 }] },
    { redis: [{ port: 65_536 }] },
    { sentinel: [{ port: '7001' }] },
    { redis: [{ container: '' }] },
    { redis: [{ container: 'a' }] },
    { redis: [{ container: '-rm' }] },
    { redis: [{ container: 'a b' }] },
    { redis: [{ container: 'a/b' }] },
    { redis: [{ container: 'lab\n' }] },
    { redis: [{ container: 'a'.repeat(64) }] },
    { sentinel: [{ directory: '' }] },
    { sentinel: [{ directory: '..' }] },
    { sentinel: [{ directory: '../x' }] },
    { sentinel: [{ directory: '/tmp' }] },
    { sentinel: [{ directory: 'a/b' }] },
    { sentinel: [{ directory: 'a.b' }] },
    { sentinel: [{ directory: 'a\n' }] },
    { sentinel: [{ directory: 'a'.repeat(64) }] },
  ],
  clients: ['', 'Host', 'localhost', 'container', 1, null, ['host']],
  network: ['', 'Bridge', 'host', 'none', 1, null],
  storage: ['', 'Volume', 'bind', true, null],
  address: ['', 'localhost', '::1', '1.2.3', '1.2.3.4:5', '1.2.3.4/24', '1.2.3.256', ' 1.2.3.4', 5],
  join: ['', 'a', '-net', 'my net', 'a/b', 'net\n', 'a'.repeat(64), 5, null],
  templates: ['', 5, null],
  allowUnsafe: ['y', 2, null],
};

function cases(values: Record<FieldName, readonly unknown[]>): [string, string, unknown][] {
  return Object.entries(values).flatMap(([field, all]) =>
    all.map((value): [string, string, unknown] => [field, JSON.stringify(value), value]),
  );
}

function check(field: string, value: unknown) {
  return FIELDS[field as FieldName].safeParse(value);
}

describe('FIELDS', () => {
  it.each(cases(LEGAL))('%s may be %s', (field, _, value) => {
    expect(check(field, value).success).toBe(true);
  });

  it.each(cases(ILLEGAL))('%s may not be %s, and says what is legal', (field, _, value) => {
    const { error } = check(field, value);
    const message = error?.issues[0]?.message ?? '';
    expect(message).not.toBe('');
    expect(message).not.toMatch(/invalid|expected|required/i);
  });

  it('turns durations into milliseconds', () => {
    expect(FIELDS.downAfter.parse('5s')).toBe(5000);
  });
});
