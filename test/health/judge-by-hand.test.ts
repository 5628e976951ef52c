import { expectRecord } from '../../src/health/expect.js';
import { judge } from '../../src/health/judge.js';
import { announcedWrongly } from '../../src/health/judge-announced.js';
import { changedTimes } from '../../src/health/parse-sentinel.js';
import { givenSettings } from '../../src/model/given.js';
import type { Observation } from '../../src/model/observation.js';
import { ofKind } from '../../src/model/topology.js';
import { healthyObservation, withRedis, withSentinel } from '../helpers/observation.js';
import { aRecord, aSpec } from '../helpers/topology.js';

const record = aRecord({ security: { ...aSpec().security, auth: true, acl: true, tls: true } });
const healthy = healthyObservation(record);
const REDIS_2 = ofKind(record.placement.nodes, 'redis')[1]!;
const given = givenSettings(record, REDIS_2);
const OWN = new Map(given.map(({ name, value }) => [name, value]));

const found = (seen: Observation) => judge(expectRecord(record), seen).findings;

function withSetting(name: string, value: string): Observation {
  return withRedis(healthy, 'redis-2', (facts) => ({
    ...facts,
    settings: new Map([...OWN, [name, value]]),
    ...(name === 'tls-replication' ? { tls: { plainPort: 0, replicates: false } } : {}),
    ...(name === 'replica-announced' && facts.upstream
      ? { upstream: { ...facts.upstream, announced: false } }
      : {}),
  }));
}

describe('a setting of a data node that somebody changed by hand', () => {
  it('is found, with a remedy, whichever it is: once', () => {
    for (const { name, isGrave } of given) {
      const findings = found(withSetting(name, 'other'));
      expect([name, findings]).toEqual([
        name,
        [
          expect.objectContaining({
            subject: 'redis-2',
            severity: isGrave ? 'error' : 'warning',
            fix: expect.stringContaining('rsent up lab'),
          }),
        ],
      ]);
    }
  });

  it('is none where it is as rsent gave it, or the server does not tell', () => {
    const told = withRedis(healthy, 'redis-2', (facts) => ({ ...facts, settings: OWN }));
    const silent = withRedis(healthy, 'redis-2', (facts) => ({ ...facts, settings: new Map() }));
    expect([found(told), found(silent)]).toEqual([[], []]);
  });

  it('says in words that one is not set', () => {
    expect(found(withSetting('masteruser', ''))).toMatchObject([
      { code: 'setting-differs', saw: 'masteruser not set', expected: 'replication' },
    ]);
    expect(found(withSetting('tls-protocols', 'TLSv1.2'))).toMatchObject([
      { saw: 'tls-protocols TLSv1.2', expected: 'not set' },
    ]);
  });
});

describe('a password that somebody changed by hand', () => {
  const otherPasswords = ['masterauth, which it says to its master as a replica'];

  it('is found on a data node and on a Sentinel', () => {
    const redis = withRedis(healthy, 'redis-2', (facts) => ({ ...facts, otherPasswords }));
    const both = withSentinel(redis, 'sentinel-1', (facts) => ({ ...facts, otherPasswords }));
    const fix = 'rsent up lab puts it right';
    expect(found(both)).toMatchObject([
      { code: 'password-differs', severity: 'error', subject: 'redis-2', fix },
      { code: 'password-differs', severity: 'error', subject: 'sentinel-1', fix },
    ]);
  });

  it('is none while rsent itself replaces it', () => {
    const rotating = { ...record, unfinished: { rotating: 'password' as const } };
    const seen = withRedis(healthy, 'redis-2', (facts) => ({ ...facts, otherPasswords }));
    const { findings } = judge(expectRecord(rotating), seen);
    expect(findings.map(({ code }) => code)).toEqual(['unfinished']);
  });
});

describe('what a Sentinel announces', () => {
  const own = { ip: '172.30.5.21', port: 26379 };
  const told = (changes: Readonly<Record<string, string>>) => {
    const usual = { 'announce-ip': '', 'announce-port': '0', 'resolve-hostnames': 'no' };
    return announcedWrongly(own, new Map(Object.entries({ ...usual, ...changes })));
  };

  it.each([
    ['nothing', {}, []],
    ['itself', { 'announce-ip': own.ip, 'announce-port': '26379' }, []],
    ['another address', { 'announce-ip': '10.9.9.9' }, [['announce-ip', own.ip]]],
    ['an empty one, by its conf', { 'announce-ip': '""' }, [['announce-ip', own.ip]]],
    ['another port', { 'announce-port': '1' }, [['announce-port', '26379']]],
    ['names', { 'announce-hostnames': 'yes' }, [['announce-hostnames', 'no']]],
  ])('is right or wrong: %s', (_, changes, wrong) => {
    expect(told(changes).map(({ name, value }) => [name, value])).toEqual(wrong);
  });

  it('is a finding where it is not its own address', () => {
    const seen = withSentinel(healthy, 'sentinel-1', (facts) => ({
      ...facts,
      settings: new Map([['announce-ip', '10.9.9.9']]),
    }));
    expect(found(seen)).toMatchObject([
      { code: 'setting-differs', subject: 'sentinel-1', saw: 'announce-ip 10.9.9.9' },
    ]);
  });
});

it('reads each time of a Sentinel that SENTINEL DEBUG changed, those of TILT, too', () => {
  const usual = ['TILT-PERIOD', '30000', 'TILT-TRIGGER', '2000', 'INFO-PERIOD', '10000'];
  const times = (value: readonly string[]) => changedTimes({ ok: true, value });
  expect(times(usual)).toEqual([]);
  expect(times(['TILT-PERIOD', '3600000', 'PUBLISH-PERIOD', '9'])).toEqual([
    { name: 'tilt-period', was: '3600000', usual: 30_000 },
    { name: 'publish-period', was: '9', usual: 2000 },
  ]);
});

it.each([
  ['DENIED Redis is running in protected mode because …', /protected-mode/],
  ['WRONGPASS invalid username-password pair or user is disabled.', /does not let rsent in/],
])('names a remedy that can be typed where a node turns rsent away: %s', (why, saw) => {
  const nodes = healthy.nodes.map((node) =>
    node.name === 'redis-2' ? { ...node, answer: { reached: false as const, why } } : node,
  );
  const finding = found({ ...healthy, nodes } as Observation).find(
    ({ code }) => code === 'access-refused',
  );
  expect(finding?.saw).toMatch(saw);
  expect(finding?.fix).toContain('rsent stop lab redis-2, then rsent up lab');
});
