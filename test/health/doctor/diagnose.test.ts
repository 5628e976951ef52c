import { readFileSync } from 'node:fs';
import { diagnose } from '../../../src/health/doctor/diagnose.js';
import { DOCTOR_REASONS } from '../../../src/health/doctor/reasons.js';
import { STATUS_REASONS } from '../../../src/health/doctor/reasons-status.js';
import { expectRecord } from '../../../src/health/expect.js';
import { SAID } from '../../../src/model/no-answer.js';
import { addressOf, aHello, CLOSED, Patient, strangerOf, told } from '../../helpers/examination.js';
import { anId, aRecord } from '../../helpers/topology.js';

const LOST = {
  flags: ['s_down', 'disconnected'],
  lastOkPingReplyMs: 20_000,
  lastPingSentMs: 20_000,
};
const GONE = { ...LOST, lastOkPingReplyMs: 400_000 };
const [REDIS, SENTINELS] = ['redis', 'sentinel'].map((kind) =>
  [1, 2, 3].map((n) => `${kind}-${n}`),
);
const all = (names: readonly string[] = []) => names.map(strangerOf).join(', ');
const one = (code: string, name: string) => [`${code} ${strangerOf(name)}`];
const elsewhere = { ip: '10.9.9.9', port: 6379 };
const local = (port: number) => ({ ip: '127.0.0.1', port });

/** What is wrong, and every finding that comes of it. */
const CASES: [string, (patient: Patient) => Patient, string[]][] = [
  ['nothing', (patient) => patient, []],
  [
    'a Sentinel whose own address wants a password that was not said there',
    (patient) => patient.behind('sentinel-1', local(26379), CLOSED),
    [],
  ],
  [
    'a replica that only the Sentinels reach',
    (patient) => patient.silent('redis-2', 'no answer within 2000 ms'),
    [`address-unreachable ${all(SENTINELS)}`],
  ],
  [
    'the master that only the Sentinels reach',
    (patient) => patient.silent('redis-1', 'no answer within 2000 ms'),
    [`address-unreachable ${all(SENTINELS)}`],
  ],
  [
    'a replica that died',
    (patient) =>
      patient
        .silent('redis-2')
        .links('redis-2', LOST)
        .facts(({ replicas }) => ({ replicas: replicas.slice(1) }), 'redis-1'),
    one('node-down', 'redis-2'),
  ],
  [
    'a replica that its master hears, and nobody at its address',
    (patient) => patient.silent('redis-2').links('redis-2', GONE),
    one('listens-elsewhere', 'redis-2'),
  ],
  [
    'a replica that never came',
    (patient) =>
      patient
        .silent('redis-2')
        .links('redis-2', { ...GONE, runId: '' })
        .facts(({ replicas }) => ({ replicas: replicas.slice(1) }), 'redis-1'),
    one('ghost', 'redis-2'),
  ],
  [
    'a Sentinel that is long gone',
    (patient) => patient.silent('sentinel-3').links('sentinel-3', { ...GONE, lastHelloMs: 59_900 }),
    ['sentinels-too-few mymaster', ...one('ghost', 'sentinel-3')],
  ],
  [
    'a server that does not let rsent in',
    (patient) => patient.silent('redis-2', 'NOAUTH Authentication required.', CLOSED),
    one('access-refused', 'redis-2'),
  ],
  [
    'a server that was not told the password',
    (patient) => patient.silent('redis-2', SAID['withheld-unnamed'], CLOSED),
    one('access-refused', 'redis-2'),
  ],
  [
    'a server that wants the password in the clear',
    (patient) => patient.silent('redis-2', SAID['withheld-plain'], CLOSED),
    one('access-refused', 'redis-2'),
  ],
  [
    'more servers than are asked',
    (patient) => Object.assign(patient, { leftOut: 3 }),
    ['too-many-servers mymaster'],
  ],
  [
    'a server that talks to its own machine only',
    (patient) =>
      patient.silent('redis-2', 'DENIED Redis is running in protected mode', {
        ...CLOSED,
        denied: true,
      }),
    one('protected-mode', 'redis-2'),
  ],
  [
    'Sentinels that call the master 127.0.0.1',
    (patient) =>
      patient
        .says(({ master, peers }) => ({
          handsOut: local(6379),
          peers,
          replicas: [],
          master: master.reached
            ? { reached: true, facts: { ...master.facts, ...LOST, address: local(6379) } }
            : master,
        }))
        .silent('redis-1')
        .silent('redis-2')
        .silent('redis-3'),
    [`loopback-announced ${all(SENTINELS)}`],
  ],
  [
    'a Sentinel that hands out 0.0.0.0',
    (patient) => {
      const address = { ip: '0.0.0.0', port: 26379 };
      patient.visits.push({ kind: 'silent', address, why: 'connection refused' });
      return patient.says(
        ({ peers }) => ({ peers: [...peers, { ...peers[0]!, address }] }),
        'sentinel-2',
      );
    },
    one('loopback-announced', 'sentinel-2'),
  ],
  [
    'a replica by its name',
    (patient) =>
      patient
        .links('redis-3', { address: { ip: 'replica.example', port: 6379 } })
        .redis(() => ({ address: { ip: 'replica.example', port: 6379 } }), 'redis-3')
        .facts(
          ({ replicas }) => ({
            replicas: replicas.map((each, i) =>
              i === 1 ? { ...each, address: { ip: 'replica.example', port: 6379 } } : each,
            ),
          }),
          'redis-1',
        ),
    [`hostname-announced ${all(SENTINELS)}`],
  ],
  [
    'an id that two share',
    (patient) =>
      patient
        .says(() => ({ myId: anId(1) }), 'sentinel-2')
        .links('sentinel-2', { runId: anId(1) }, 'sentinel-3'),
    [`duplicate-sentinel-id ${all(['sentinel-1', 'sentinel-2'])}`],
  ],
  [
    'an id that a Sentinel out of reach has as well',
    (patient) => {
      patient.hellos = [
        aHello(),
        aHello({ sentinel: elsewhere }),
        aHello({ sentinel: addressOf('sentinel-2') }),
      ];
      return patient
        .says(() => ({ myId: anId(9) }), 'sentinel-2')
        .links('sentinel-2', { runId: anId(9) });
    },
    [
      `duplicate-sentinel-id ${strangerOf('sentinel-1')}, sentinel 10.9.9.9:6379, ${strangerOf('sentinel-2')}`,
    ],
  ],
  [
    'Sentinels that disagree',
    (patient) =>
      patient
        .says(() => ({ handsOut: addressOf('redis-2') }), 'sentinel-3')
        .views({ configEpoch: 4 }, 'sentinel-3'),
    ['sentinels-disagree mymaster'],
  ],
  [
    'other timings on one',
    (patient) => patient.views({ downAfterMs: 3000 }, 'sentinel-3'),
    ['settings-disagree mymaster'],
  ],
  [
    'too low a quorum',
    (patient) => patient.views({ quorum: 1 }),
    [`quorum-too-low ${all(SENTINELS)}`],
  ],
  [
    'too high a quorum',
    (patient) => patient.views({ quorum: 4 }),
    [`quorum-too-high ${all(SENTINELS)}`],
  ],
  [
    'a short down-after',
    (patient) => patient.views({ downAfterMs: 1999 }),
    [`down-after-short ${all(SENTINELS)}`],
  ],
  [
    'a short failover-timeout',
    (patient) => patient.views({ failoverTimeoutMs: 4999 }),
    [`failover-timeout-odd ${all(SENTINELS)}`],
  ],
  [
    'a long failover-timeout',
    (patient) => patient.views({ failoverTimeoutMs: 600_001 }),
    [`failover-timeout-odd ${all(SENTINELS)}`],
  ],
  [
    'a master without masterauth',
    (patient) =>
      patient
        .redis(() => ({ greeting: CLOSED }))
        .set({ requirepass: 'mark', masterauth: 'mark' })
        .set({ masterauth: '' }, 'redis-1'),
    one('masterauth-missing', 'redis-1'),
  ],
  [
    'another masterauth',
    (patient) =>
      patient
        .redis(() => ({ greeting: CLOSED }))
        .set({ requirepass: 'mark', masterauth: 'mark' })
        .set({ masterauth: 'other' }, 'redis-3'),
    one('masterauth-wrong', 'redis-3'),
  ],
  [
    'passwords that differ',
    (patient) =>
      patient
        .redis(() => ({ greeting: CLOSED }))
        .set({ requirepass: 'mark', masterauth: 'mark' })
        .set({ requirepass: 'other' }, 'redis-3'),
    [`passwords-differ ${all(REDIS)}`],
  ],
  [
    'a Sentinel that is not let in',
    (patient) =>
      patient
        .redis(() => ({ greeting: CLOSED }))
        .set({ masterauth: 'mark' })
        .links('redis-1', { ...LOST, lastPingReplyMs: 400 }, 'sentinel-2'),
    one('auth-pass-missing', 'sentinel-2'),
  ],
  [
    'doors open to all',
    (patient) => {
      patient.onlyHere = false;
      return patient;
    },
    [`open-to-others ${all([...(REDIS ?? []), ...(SENTINELS ?? [])])}`],
  ],
  [
    'nothing on disk',
    (patient) => patient.set({ save: '' }).facts(() => ({ appendOnly: false })),
    [`no-persistence ${all(REDIS)}`],
  ],
  [
    'no guard',
    (patient) => patient.set({ 'min-replicas-to-write': '0' }),
    [`no-write-guard ${all(REDIS)}`],
  ],
  [
    'a renamed command',
    (patient) => patient.redis(() => ({ missingCommands: ['SLAVEOF', 'CONFIG'] }), 'redis-2'),
    one('command-renamed', 'redis-2'),
  ],
  [
    'TLS on the Sentinels only',
    (patient) => patient.sentinels(() => ({ greeting: { ...CLOSED, tls: true } })),
    [`tls-half-on ${all(REDIS)}`],
  ],
  [
    'TLS for clients only',
    (patient) => {
      const greeting = { ...CLOSED, tls: true };
      return patient
        .sentinels(() => ({ greeting }))
        .redis(() => ({ greeting }))
        .set({ masterauth: 'mark', 'tls-port': '6379', port: '0' });
    },
    [`tls-half-on ${all(REDIS)}`],
  ],
  [
    'another master of the same Sentinel on the same node',
    (patient) =>
      patient.sentinels(
        ({ masters }) => ({
          masters: [...masters, { name: 'other', address: addressOf('redis-2') }],
        }),
        'sentinel-1',
      ),
    one('claimed-twice', 'redis-2'),
  ],
  [
    'hellos of a topology with another name',
    (patient) => {
      patient.hellos = [aHello({ masterName: 'other', sentinel: elsewhere, sentinelId: anId(8) })];
      return patient;
    },
    one('claimed-twice', 'redis-1'),
  ],
  [
    'a replica that takes writes',
    (patient) =>
      patient.facts(({ upstream }) => ({ upstream: { ...upstream!, readOnly: false } }), 'redis-3'),
    one('replica-writable', 'redis-3'),
  ],
  [
    'a Sentinel that cannot save',
    (patient) =>
      patient.says(() => ({ confSaved: { ok: false, why: 'ERR Failed' } }), 'sentinel-1'),
    one('conf-not-saved', 'sentinel-1'),
  ],
  [
    'TILT',
    (patient) => patient.says(() => ({ tilt: true }), 'sentinel-1'),
    one('tilt', 'sentinel-1'),
  ],
];

describe('diagnose', () => {
  it.each(CASES)('of %s', (_, change, findings) => {
    expect(told(diagnose(change(new Patient()).examination()))).toEqual([...findings].sort());
  });

  it.each(CASES)('of %s says what was seen, why it matters and what to do', (_, change) => {
    for (const diagnosis of diagnose(change(new Patient()).examination())) {
      const { code, saw, expected, why, fix } = diagnosis;
      for (const words of [saw, expected, why, fix]) {
        expect([code, words]).toEqual([code, expect.stringMatching(/\w/)]);
        expect([code, words]).toEqual([
          code,
          expect.not.stringMatching(/undefined|NaN|\[object|rsent (up|status|rotate)/),
        ]);
      }
    }
  });

  it('tells of a topology of rsent what status found, and only more than that', () => {
    const patient = new Patient()
      .set({ 'min-replicas-to-write': '0' })
      .views({ downAfterMs: 3000 }, 'sentinel-3');
    patient.expectation = expectRecord(aRecord());
    patient.onlyHere = false;
    const known = {
      code: 'setting-differs',
      severity: 'error',
      subject: 'sentinel-3',
      saw: 'a',
      expected: 'b',
      fix: 'rsent up lab',
    } as const;
    const found = diagnose(patient.examination(), [known]);
    expect(told(found)).toEqual([
      'no-write-guard redis-1, redis-2, redis-3',
      'setting-differs sentinel-3',
    ]);
    expect(found[0]).toMatchObject({ fix: 'rsent up lab', why: expect.stringMatching(/\w/) });
  });

  it('names errors before warnings', () => {
    const patient = new Patient().set({ 'min-replicas-to-write': '0' });
    patient.says(() => ({ tilt: true }), 'sentinel-1');
    const severities = diagnose(patient.examination()).map(({ severity }) => severity);
    expect(severities).toEqual(['error', 'warning']);
  });
});

describe('a Sentinel that claims a node for two topologies', () => {
  it('is named once, whether its masters or its hello tell', () => {
    const patient = new Patient().sentinels(
      ({ masters }) => ({
        masters: [...masters, { name: 'other', address: addressOf('redis-1') }],
      }),
      'sentinel-1',
    );
    patient.hellos = [aHello({ masterName: 'other' })];
    const found = diagnose(patient.examination()).filter(({ code }) => code === 'claimed-twice');
    expect(found).toHaveLength(1);
    expect(found[0]?.saw.match(/sentinel/g)).toHaveLength(1);
  });
});

describe('the addresses of one process', () => {
  it('are one server, under the address that the Sentinels hand out', () => {
    const patient = new Patient();
    const master = patient.visits.find(({ address }) => address.ip === addressOf('redis-1').ip)!;
    patient.visits.unshift({ ...master, address: local(7001) });
    const { servers } = patient.examination();
    expect(servers).toHaveLength(6);
    expect(servers[0]).toMatchObject({ address: addressOf('redis-1') });
    expect(servers[0]?.reachedAt).toHaveLength(2);
    expect(diagnose(patient.examination())).toEqual([]);
  });

  it('make a replica’s other word for its master a finding of its own', () => {
    const patient = new Patient();
    const master = patient.visits.find(({ address }) => address.ip === addressOf('redis-1').ip)!;
    patient.visits.push({ ...master, address: { ip: 'localhost', port: 6379 } });
    patient.facts(
      ({ upstream }) => ({ upstream: { ...upstream!, master: { ip: 'localhost', port: 6379 } } }),
      'redis-2',
    );
    expect(told(diagnose(patient.examination()))).toEqual(one('master-by-other-name', 'redis-2'));
  });
});

describe('the reasons', () => {
  const doctor = readFileSync('docs/doctor.md', 'utf8');
  const findings = readFileSync('docs/findings.md', 'utf8');

  it('are in docs/doctor.md, for every finding that the doctor has', () => {
    expect(Object.keys(DOCTOR_REASONS).filter((code) => !doctor.includes(`\`${code}\``))).toEqual(
      [],
    );
  });

  it('are there for every finding of status', () => {
    const rows = findings.split('\n').filter((line) => line.startsWith('| `'));
    const codes = rows.flatMap((row) => [...(row.split('|')[1] ?? '').matchAll(/`([a-z-]+)`/g)]);
    expect(codes.length).toBeGreaterThan(50);
    expect(codes.map(([, code = '']) => code).filter((code) => !STATUS_REASONS[code])).toEqual([]);
  });

  it('have a case above for each', () => {
    const shown = new Set(
      CASES.flatMap(([, , expected]) => expected.map((text) => text.split(' ')[0])),
    );
    const elsewhereShown = [
      ...['door-closed', 'door-is-no-sentinel', 'hello-refused', 'master-by-other-name'],
      ...['no-replicas', 'not-redis'],
      ...['one-host', 'replica-chained', 'replica-resyncing', 'replica-unlisted'],
      'replicas-behind-nat',
      ...['sentinel-pass-wrong', 'sentinels-even', 'shut-out', 'unknown-words', 'votes-refused'],
    ];
    const missing = Object.keys(DOCTOR_REASONS).filter((code) => !shown.has(code));
    expect(missing.sort()).toEqual(elsewhereShown);
  });
});
