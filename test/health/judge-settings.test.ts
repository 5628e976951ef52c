import { expectRecord } from '../../src/health/expect.js';
import { judge } from '../../src/health/judge.js';
import { settingQuestions, settingsIn } from '../../src/health/judge-settings.js';
import { healthyObservation, withRedis } from '../helpers/observation.js';
import { aRecord } from '../helpers/topology.js';

const record = aRecord({
  fsync: 'always',
  further: { redis: { hz: ['20'], 'notify-keyspace-events': ['KEA'] }, sentinel: {} },
});

/** Findings where redis-2 tells these settings. */
function findingsOf(settings: Readonly<Record<string, string>>) {
  const told = new Map(Object.entries(settings));
  const seen = withRedis(healthyObservation(record), 'redis-2', (facts) => ({
    ...facts,
    settings: told,
  }));
  const { findings, healthy } = judge(expectRecord(record), seen);
  return {
    healthy,
    all: findings.map(({ code, severity, subject, saw, expected }) => {
      return { code, severity, subject, saw, expected };
    }),
  };
}

describe('a data node that is set to something else', () => {
  const finding = { code: 'setting-differs', subject: 'redis-2' };

  it('is unhealthy where that decides what becomes of data', () => {
    expect(findingsOf({ appendfsync: 'everysec', maxmemory: '99' })).toEqual({
      healthy: false,
      all: [
        { ...finding, severity: 'error', saw: 'appendfsync everysec', expected: 'always' },
        { ...finding, severity: 'error', saw: 'maxmemory 99', expected: '0' },
      ],
    });
  });

  it('is unhealthy where nothing is kept any more: appendonly turned off by hand', () => {
    expect(findingsOf({ appendonly: 'no' })).toEqual({
      healthy: false,
      all: [{ ...finding, severity: 'error', saw: 'appendonly no', expected: 'yes' }],
    });
  });

  it('is unhealthy where it has other save points than were asked for', () => {
    const asked = aRecord({ further: { redis: { save: ['3600 1', '300 100'] }, sentinel: {} } });
    const codes = (save: string) => {
      const seen = withRedis(healthyObservation(asked), 'redis-2', (facts) => ({
        ...facts,
        settings: new Map([['save', save]]),
      }));
      return judge(expectRecord(asked), seen).findings.map(({ code }) => code);
    };
    expect(codes('3600 1 300 100')).toEqual([]);
    expect(codes('')).toEqual(['setting-differs']);
    expect(codes('3600 1')).toEqual(['setting-differs']);
  });

  it('is warned of where it takes fewer connections than Redis usually does', () => {
    const { healthy, all } = findingsOf({ maxclients: '32' });
    expect(healthy).toBe(true);
    expect(all).toMatchObject([
      { code: 'few-connections', severity: 'warning', expected: '10000' },
    ]);
    expect(findingsOf({ maxclients: '10000' }).all).toEqual([]);
  });

  it('is warned of in other cases', () => {
    expect(findingsOf({ hz: '10', 'min-replicas-to-write': '0' })).toEqual({
      healthy: true,
      all: [
        { ...finding, severity: 'warning', saw: 'min-replicas-to-write 0', expected: '1' },
        { ...finding, severity: 'warning', saw: 'hz 10', expected: '20' },
      ],
    });
  });

  it.each([
    ['tells what was asked', { appendfsync: 'always', maxmemory: '0', hz: '20' }],
    ['tells it in words of its own', { 'notify-keyspace-events': 'AKE' }],
    ['tells nothing', {}],
  ])('is not where it %s', (_, told) => {
    expect(findingsOf(told)).toEqual({ healthy: true, all: [] });
  });
});

describe('the settings that a data node tells', () => {
  const settings = [
    { name: 'hz', value: '20' },
    { name: 'rename-command', value: 'x' },
    { name: 'maxmemory', value: '0' },
  ];

  it('are asked for one by one, and those that it does not tell are left out', () => {
    const [hz, renamed, maxmemory] = Object.entries(settingQuestions(settings));
    expect(hz?.[1]).toEqual(['CONFIG', 'GET', 'hz']);
    const replies = {
      [hz?.[0] ?? '']: { ok: true, value: ['hz', '10'] },
      [renamed?.[0] ?? '']: { ok: true, value: [] },
      [maxmemory?.[0] ?? '']: { ok: false, error: 'NOPERM' },
    } as const;
    expect([...settingsIn(replies, settings)]).toEqual([['hz', '10']]);
  });
});
