import { DrillFlags } from '../../src/cli/drill-inputs.js';
import { readSaid } from '../../src/cli/inputs.js';
import { shown } from '../../src/model/shown.js';
import { FIELDS, type FieldName } from '../../src/spec/fields.js';
import { flagLayer } from '../../src/spec/layers.js';
import { passwordProblem } from '../../src/spec/password.js';
import { resolveSpec } from '../../src/spec/resolve.js';

/** Values that are no good, by the flag or field that they are given to. */
const FIELD_VALUES: Record<FieldName, readonly unknown[]> = {
  name: ['', '-lab', '../lab', 'Lab', 'lab\n', 'a'.repeat(41)],
  masterName: ['', 'my master', 'a"b', 'a\nb', 'a'.repeat(65)],
  image: ['', '-redis', 'redis;id', 'Redis:8', '$(id)'],
  replicas: [-1, 121, 1.5, '2', Number.NaN],
  sentinels: [0, 50, 2.5, '3', null],
  quorum: [0, 50, 1.5, 'all'],
  profile: ['prod', '', 7],
  downAfter: ['soon', '0', '-5s', '5 years', '99999999999'],
  failoverTimeout: ['', '1d', true, '0ms'],
  parallelSyncs: [0, 121, '1'],
  minReplicasToWrite: [-1, 121, 0.5],
  minReplicasMaxLag: [0, 3601, '1s'],
  redisPort: [0, 65_536, -1, '6379'],
  sentinelPort: [0, 65_536, 1.5, 'x'],
  clients: ['', 'Lan', 'localhost', 'lan ', 'container', 1],
  network: ['', 'host', 'none', 'Bridge', 'bridge,pod', 0],
  storage: ['', 'volumes', 'Directory', 'tmpfs', 0],
  address: ['', 'localhost', '::1', '1.2.3', '1.2.3.4/24', '256.1.1.1', '$(id)', ' 10.0.0.1'],
  join: ['', 'x', '-rm', 'my net', 'a;id', '../net', 'net\n', 'a'.repeat(64)],
  nodes: [null, 'redis-1', [], { replicas: [] }, 7001],
  auth: ['y', 2],
  acl: ['enabled', 2, 'app'],
  tls: ['n', -1],
  tlsCert: ['', 5],
  tlsKey: ['', true],
  tlsCa: ['', ['a']],
  publish: ['localhost', '::', '1.2.3', '1.2.3.4/24', '256.1.1.1', '127.0.0.1 ', ''],
  memory: ['15mb', 'much', '-1gb', '1.5gb', '1tb', ''],
  maxmemory: ['1', '10%', '16 mb', '1e9'],
  fsync: ['no', 1],
  redisConfig: [5, ['']],
  sentinelConfig: ['loglevel', [' ']],
  pids: [15, 100_001, 64.5, '64'],
  logFile: ['../x', '/var/log/x', '.hidden', 'a b', 'a\nport 1'],
  templates: ['', 5],
  allowUnsafe: ['unsafe', null],
};

const FLAG_VALUES: Readonly<Record<string, readonly unknown[]>> = {
  rate: ['-1', '10001', '1.5', 'many', ''],
  wait: ['-1', '101', 'x'],
  repeat: ['0', '1001', 'x'],
  'max-lost': ['-1', 'none', '1e3'],
  'max-downtime': ['soon', '0', '-1s', ''],
  'keep-writing': ['x', '5 s', '0'],
  'down-after': ['x', '30d'],
  timeout: ['never', '0s', ''],
  for: ['x', '0'],
  how: ['reboot', 'Crash', '', 'plain'],
};

/** One row for each of them. */
function rows(values: Readonly<Record<string, readonly unknown[]>>): [string, unknown][] {
  return Object.entries(values).flatMap(([key, all]) =>
    all.map((value): [string, unknown] => [key, value]),
  );
}

const fieldRows = rows(FIELD_VALUES) as [FieldName, unknown][];
const flagRows = rows(FLAG_VALUES);

function messageOf(act: () => unknown): string {
  try {
    act();
    return '';
  } catch (error) {
    return (error as Error).message;
  }
}

const specRefusal = (field: FieldName, value: unknown) =>
  messageOf(() => resolveSpec([flagLayer({ [field]: value })]));
const kebab = (key: string) => key.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);

function drillRefusal(flag: string, value: unknown): string {
  const flags = new DrillFlags(flag === 'for' ? { how: 'hang', for: value } : { [flag]: value });
  return messageOf(() => {
    flags.common();
    flags.failover();
    flags.check();
  });
}

describe('every bad value', () => {
  it('of a spec is refused, with its name, itself and what is legal', () => {
    const passed = fieldRows.filter(([field, value]) => {
      const refusal = specRefusal(field, value);
      const called = field === 'name' ? 'name' : `--${kebab(field)}`;
      const [, said = ''] = refusal.split(`- ${called} is `);
      const legal = FIELDS[field].safeParse(value).error?.issues[0]?.message ?? 'refused by it';
      return !said.startsWith(shown(value)) || !said.includes(`; legal is ${legal}`);
    });
    expect(passed).toEqual([]);
  });

  it('of a drill is refused, with its name and what is legal', () => {
    const passed = flagRows.filter(([flag, value]) => {
      const refusal = drillRefusal(flag, value);
      return !refusal.startsWith(`--${flag} is `) || !refusal.includes('; legal is ');
    });
    expect(passed).toEqual([]);
  });

  it('counts: as many are refused as were tried, and every field and flag has some', () => {
    const refused = [
      ...fieldRows.filter(([field, value]) => specRefusal(field, value) !== ''),
      ...flagRows.filter(([flag, value]) => drillRefusal(flag, value) !== ''),
    ];
    const tried = fieldRows.length + flagRows.length;
    expect(refused).toHaveLength(tried);
    expect(tried).toBeGreaterThanOrEqual(150);
    expect(new Set(fieldRows.map(([field]) => field)).size).toBe(Object.keys(FIELDS).length);
  });

  it('is told at once with all the others', () => {
    const all = Object.fromEntries(fieldRows);
    const told = messageOf(() => resolveSpec([flagLayer(all)]));
    for (const field of Object.keys(FIELDS)) {
      expect(told).toContain(`- ${field === 'name' ? 'name' : `--${kebab(field)}`} is `);
    }
  });

  it('and no good one: the table itself is right', () => {
    const good = { replicas: 3, publish: '127.0.0.1', memory: '1gb', maxmemory: '512mb', pids: 64 };
    expect(messageOf(() => resolveSpec([flagLayer(good)]))).toBe('');
    expect(drillRefusal('rate', '5')).toBe('');
    expect(drillRefusal('for', '5s')).toBe('');
    expect(passwordProblem('a-good-password')).toBeUndefined();
  });
});

describe('a value that is right by itself and wrong with the others', () => {
  it.each<[string, Record<string, unknown>, string, string]>([
    ['a quorum nobody can reach', { quorum: 4 }, '--quorum', '1 to 3'],
    [
      'more replicas to hear from than there are',
      { minReplicasToWrite: 3 },
      '--min-replicas-to-write',
      '0 to 2',
    ],
    ['an even number of Sentinels', { sentinels: 4 }, '--sentinels', 'an odd number'],
    ['nobody to promote', { replicas: 0, minReplicasToWrite: 0 }, '--replicas', 'at least 1'],
    ['open to others without a password', { publish: '0.0.0.0' }, '--publish', '--auth'],
    ['users without passwords', { acl: true, auth: false }, '--auth', '--acl'],
    ['other machines without an address', { clients: 'lan', auth: true }, '--clients', '--address'],
    [
      'other machines in a pod',
      { clients: 'lan', address: '10.0.0.9', auth: true, network: 'pod' },
      '--network',
      'announce',
    ],
    [
      'other machines without a password',
      { clients: 'lan', address: '10.0.0.9' },
      '--address',
      '--auth',
    ],
    [
      'an address that everyone takes for himself',
      { clients: 'lan', address: '127.0.0.1', auth: true },
      '--address',
      'neither 0.0.0.0 nor 127.0.0.1',
    ],
    ['containers in a pod', { clients: 'containers', network: 'pod' }, '--network', 'bridge'],
    ['a network for nobody', { join: 'my-net' }, '--join', '--clients containers'],
    ['ports past the last', { redisPort: 65_535 }, '--redis-port', '65535'],
    ['ports in each other’s way', { sentinelPort: 6380 }, '--sentinel-port', 'overlap'],
  ])('is refused: %s', (_, flags, name, legal) => {
    const told = messageOf(() => resolveSpec([flagLayer(flags)]));
    expect(told).toContain(name);
    expect(told).toContain(legal);
  });
});

describe('a flag that is given twice', () => {
  it('is not passed over in silence: --file', async () => {
    await expect(readSaid({ file: ['a.yaml', 'b.yaml'] })).rejects.toThrow('--file');
  });

  it.each<[FieldName, readonly unknown[]]>([
    ['image', ['redis:7.0', 'redis:8.0']],
    ['replicas', ['2', '3']],
    ['publish', ['127.0.0.1', '0.0.0.0']],
    ['clients', ['host', 'lan']],
    ['network', ['pod', 'pod']],
    ['address', ['10.0.0.1', '10.0.0.2']],
    ['join', ['net-a', 'net-b']],
    ['auth', [true, false]],
    ['acl', [true, true]],
  ])('is refused: %s', (field, values) => {
    expect(specRefusal(field, values)).toContain(`--${field} is [`);
  });
});
