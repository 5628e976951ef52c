import { jest } from '@jest/globals';
import type { DoctorDocument, StatusDocument, UpDocument } from '../helpers/documents.js';
import { eventually, Lab } from '../helpers/lab.js';
import { type Key, withRedis } from '../helpers/redis.js';

jest.setTimeout(120_000);

type Command = readonly [string, ...string[]];

/** One topology of rsent, and the means to break it. */
async function patientOf(lab: Lab, ...flags: string[]) {
  const name = lab.name();
  const up = await lab.json<UpDocument>('up', name, '--profile', 'ci', ...flags);
  const key: Key = await lab.key(name, 'rsent');
  const node = (wanted: string) => up.nodes.find((each) => each.name === wanted)!;
  return {
    name,
    up,
    node,
    tell: (wanted: string, [command, ...args]: Command) =>
      withRedis(node(wanted).published, (client) => client.call(command, ...args), key),
    doctor: async (...more: string[]) => {
      const result = await lab.run('doctor', name, '--json', ...more);
      const document = JSON.parse(result.stdout) as DoctorDocument;
      expect([result.code, document.healthy]).toEqual(
        document.findings.length === 0 ? [0, true] : [1, false],
      );
      return document;
    },
    status: async () =>
      JSON.parse((await lab.run('status', name, '--json')).stdout) as StatusDocument,
  };
}

/** Of what follows from no other. */
const codes = ({ findings }: DoctorDocument) => [
  ...new Set(findings.filter(({ cause }) => cause === null).map(({ code }) => code)),
];
const has = (code: string) => (document: DoctorDocument) => codes(document).includes(code);
const isWell = ({ healthy }: DoctorDocument) => healthy;

describe('the doctor with a healthy topology', () => {
  let lab: Lab;
  beforeAll(async () => {
    lab = await Lab.open();
  });
  afterAll(() => lab?.clean());

  it.each([[['--acl', '--tls']], [['--auth']], [['--replicas', '1']]])(
    'finds nothing in one of %j',
    async (flags) => {
      const { name, doctor, up } = await patientOf(lab, ...flags);
      expect((await doctor()).findings).toEqual([]);
      expect((await doctor('--deep')).findings).toEqual([]);
      const { code, stdout } = await lab.run('doctor', name);
      expect([code, stdout]).toEqual([0, expect.stringContaining('nothing found')]);
      // The same as somebody who only knows one address and what opens it.
      const sentinel = up.nodes.find(({ kind }) => kind === 'sentinel')!.published;
      const data = `${lab.home}/data/${name}`;
      const isAcl = flags.includes('--acl');
      const more = [
        ...(isAcl ? ['--user', 'rsent', '--tls-ca', `${data}/ca.crt`] : []),
        ...(flags.includes('--auth') ? ['--password-file', `${data}/password`] : []),
        ...(isAcl ? ['--password-file', `${data}/password.rsent`] : []),
      ];
      const seen = await lab.json<DoctorDocument>('doctor', '--sentinel', sentinel, ...more);
      expect(seen.findings).toEqual([]);
      expect(seen.masters[0]?.servers.filter(({ answered }) => answered)).toHaveLength(
        up.nodes.length,
      );
      await lab.run('down', name, '--volumes', '--yes');
    },
  );
});

describe('the doctor with an open topology that somebody breaks', () => {
  let lab: Lab;
  let patient: Awaited<ReturnType<typeof patientOf>>;

  beforeAll(async () => {
    lab = await Lab.open();
    patient = await patientOf(lab);
  });
  afterAll(() => lab?.clean());

  const DATA = ['redis-1', 'redis-2', 'redis-3'];
  const REPLICAS = ['redis-2', 'redis-3'];
  const SENTINELS = ['sentinel-1', 'sentinel-2', 'sentinel-3'];
  const config = (setting: string, value: string): Command => ['CONFIG', 'SET', setting, value];
  const set = (setting: string, value: string): Command => {
    return ['SENTINEL', 'SET', 'mymaster', setting, value];
  };
  const forget: Command = ['SENTINEL', 'REMOVE', 'other'];

  it('finds nothing before', async () => {
    expect((await patient.doctor()).findings).toEqual([]);
  });

  it.each<[string, readonly string[], Command[], Command[]]>([
    [
      'no-persistence',
      DATA,
      [config('appendonly', 'no'), config('save', '')],
      [config('appendonly', 'yes'), config('save', '')],
    ],
    [
      'no-write-guard',
      DATA,
      [config('min-replicas-to-write', '0')],
      [config('min-replicas-to-write', '1')],
    ],
    [
      'replica-writable',
      ['redis-2'],
      [config('replica-read-only', 'no')],
      [config('replica-read-only', 'yes')],
    ],
    [
      'no-eligible-replica',
      REPLICAS,
      [config('replica-priority', '0')],
      [config('replica-priority', '100')],
    ],
    [
      'down-after-short',
      SENTINELS,
      [set('down-after-milliseconds', '500')],
      [set('down-after-milliseconds', '2000')],
    ],
    [
      'failover-timeout-odd',
      SENTINELS,
      [set('failover-timeout', '1000')],
      [set('failover-timeout', '10000')],
    ],
    ['quorum-too-low', SENTINELS, [set('quorum', '1')], [set('quorum', '2')]],
    ['quorum-too-high', SENTINELS, [set('quorum', '4')], [set('quorum', '2')]],
    [
      'tilt',
      ['sentinel-2'],
      [['SENTINEL', 'DEBUG', 'tilt-trigger', '1']],
      [['SENTINEL', 'DEBUG', 'tilt-trigger', '2000', 'tilt-period', '30000']],
    ],
    [
      'ping-period',
      ['sentinel-1'],
      [['SENTINEL', 'DEBUG', 'ping-period', '150']],
      [['SENTINEL', 'DEBUG', 'ping-period', '1000']],
    ],
    [
      'replica-wrong-master',
      ['redis-3'],
      [['REPLICAOF', '127.0.0.1', '1']],
      [['REPLICAOF', 'MASTER', '6379']],
    ],
    ['two-masters', ['redis-3'], [['REPLICAOF', 'NO', 'ONE']], [['REPLICAOF', 'MASTER', '6379']]],
    [
      'claimed-twice',
      ['sentinel-1'],
      [['SENTINEL', 'MONITOR', 'other', 'MASTER', '6379', '1']],
      [forget],
    ],
  ])('finds %s', async (code, nodes, wrong, right) => {
    const [ip = ''] = patient.up.master.address.split(':');
    const all = async (commands: Command[]) => {
      for (const node of nodes) {
        for (const command of commands) {
          const words = command.map((word) => (word === 'MASTER' ? ip : word));
          await patient.tell(node, words as unknown as Command);
        }
      }
    };
    await all(wrong);
    let found: DoctorDocument;
    try {
      found = await eventually(() => patient.doctor(), has(code));
    } finally {
      await all(right);
    }
    const finding = found.findings.find((each) => each.code === code)!;
    for (const words of [finding.saw, finding.why, finding.fix, finding.expected]) {
      expect(words).toMatch(/\w/);
    }
    await eventually(() => patient.doctor(), isWell, 60_000);
  });

  it('finds Sentinels that disagree about the master', async () => {
    const [replica = ''] = patient.node('redis-2').address.split(':');
    const [master = ''] = patient.up.master.address.split(':');
    const monitor = async (ip: string) => {
      await patient.tell('sentinel-3', ['SENTINEL', 'REMOVE', 'mymaster']);
      await patient.tell('sentinel-3', ['SENTINEL', 'MONITOR', 'mymaster', ip, '6379', '2']);
      await patient.tell('sentinel-3', set('down-after-milliseconds', '2000'));
      await patient.tell('sentinel-3', set('failover-timeout', '10000'));
    };
    await monitor(replica);
    try {
      const { findings } = await eventually(() => patient.doctor(), has('sentinels-disagree'));
      const saw = findings.find(({ code }) => code === 'sentinels-disagree')?.saw;
      expect(saw).toContain('sentinel-3');
      expect(saw).toContain(`${replica}:6379`);
    } finally {
      await monitor(master);
    }
    await eventually(() => patient.doctor(), isWell, 60_000);
  });

  it('tells what status tells of a node that is down, once', async () => {
    const container = lab.docker.getContainer(`${patient.name}-redis-3`);
    await container.kill();
    try {
      const { findings } = await eventually(() => patient.doctor(), has('node-stopped'));
      const about = findings.filter(({ subject }) => subject === 'redis-3');
      expect(about.map(({ code }) => code)).toEqual(['node-stopped']);
    } finally {
      await lab.run('up', patient.name);
    }
    await eventually(() => patient.doctor(), isWell, 60_000);
  });

  it('shows seen, why and do, by subject, the errors first', async () => {
    await patient.tell('redis-2', config('replica-read-only', 'no'));
    await patient.tell('sentinel-1', set('down-after-milliseconds', '500'));
    const { code, stdout } = await lab.run('doctor', patient.name);
    await patient.tell('redis-2', config('replica-read-only', 'yes'));
    await patient.tell('sentinel-1', set('down-after-milliseconds', '2000'));
    expect(code).toBe(1);
    expect(stdout).toMatch(
      /redis-2\n✗ seen .*\[replica-writable\]\n {4}why .*\n {4}do {4}rsent up \S+ sets it back/,
    );
    expect(stdout.indexOf('✗')).toBeLessThan(stdout.indexOf('!'));
    await eventually(() => patient.doctor(), isWell, 60_000);
  });
});

describe('the doctor with a password', () => {
  let lab: Lab;
  let patient: Awaited<ReturnType<typeof patientOf>>;
  let password = '';

  beforeAll(async () => {
    lab = await Lab.open();
    patient = await patientOf(lab, '--auth');
    password = (await lab.key(patient.name)).password ?? '';
  });
  afterAll(() => lab?.clean());

  it.each([
    ['masterauth-missing', ''],
    ['masterauth-wrong', 'another-password'],
  ])('finds %s on a master, and what status finds of it', async (code, wrong) => {
    await patient.tell('redis-1', ['CONFIG', 'SET', 'masterauth', wrong]);
    try {
      const found = await patient.doctor();
      const [differs, follows, ...more] = found.findings;
      expect(differs).toMatchObject({ code: 'password-differs', subject: 'redis-1' });
      expect(follows).toMatchObject({ code, subject: 'redis-1', cause: 'password-differs' });
      expect(more).toEqual([]);
      expect(JSON.stringify(found)).not.toContain(password);
      const status = await patient.status();
      expect(status.findings.map((each) => each.code)).toEqual(['password-differs']);
    } finally {
      await patient.tell('redis-1', ['CONFIG', 'SET', 'masterauth', password]);
    }
    expect(await patient.doctor()).toMatchObject({ healthy: true });
  });

  it('finds auth-pass-missing', async () => {
    const set = ['SENTINEL', 'SET', 'mymaster', 'auth-pass'] as const;
    await patient.tell('sentinel-2', [...set, 'another-password']);
    try {
      const find = ({ findings }: DoctorDocument) =>
        findings.find(({ code }) => code === 'auth-pass-missing');
      const found = await eventually(
        () => patient.doctor(),
        (each) => find(each) !== undefined,
      );
      expect(find(found)).toMatchObject({ subject: 'sentinel-2', cause: 'password-differs' });
      expect(codes(found)).toEqual(['password-differs']);
    } finally {
      await patient.tell('sentinel-2', [...set, password]);
    }
    await eventually(() => patient.doctor(), isWell, 60_000);
  });
});
