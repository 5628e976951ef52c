import { type UpgradeAsk, upgradeProblems } from '../../src/plan/upgrade-problems.js';
import { aSecurity } from '../helpers/security.js';
import { aRecord } from '../helpers/topology.js';

const nature = (version: string, format: string, tls = true) => {
  return { server: 'redis-server', version, format, tls };
};

function ask(changes: Partial<UpgradeAsk> = {}): UpgradeAsk {
  return {
    record: aRecord(),
    image: 'redis:8.0',
    target: nature('8.0.2', 'REDIS0012'),
    writers: new Map([['redis:7.0', nature('7.0.15', 'REDIS0010')]]),
    allowUnsafe: false,
    ...changes,
  };
}

const secured = aRecord({ security: aSecurity({ auth: true, acl: true, tls: true }) });

describe('upgradeProblems', () => {
  it('has none for a newer server', () => {
    expect(upgradeProblems(ask())).toEqual([]);
  });

  it('names what could not be read, every one of it', () => {
    const old = { image: 'redis:6.2', target: nature('6.2.16', 'REDIS0009') };
    const writers = new Map([
      ['redis:7.0', nature('7.0.15', 'REDIS0010')],
      ['redis:8.0', nature('8.0.2', 'REDIS0012')],
    ]);
    expect(upgradeProblems(ask({ ...old, writers }))).toEqual([
      expect.stringContaining('REDIS0010'),
      expect.stringContaining('REDIS0012'),
    ]);
    const young = new Map([['redis:7.0', nature('7.0.0', 'REDIS0009')]]);
    expect(upgradeProblems(ask({ ...old, writers: young }))).toEqual([
      expect.stringContaining('append-only'),
    ]);
  });

  it('knows what a server cannot do that the topology has', () => {
    const target = nature('6.0.16', 'REDIS0009', false);
    const problems = upgradeProblems(ask({ record: secured, target, writers: new Map() }));
    expect(problems).toEqual([
      expect.stringContaining('acl is on'),
      expect.stringContaining('tls is on'),
    ]);
  });

  it.each([
    [{ replicas: 0 }, ['no replica']],
    [{ replicas: 1 }, ['min-replicas-to-write']],
    [{ replicas: 1, guard: { minReplicas: 0, maxLagS: 1 } }, []],
    [{ sentinels: 1, quorum: 1 }, ['1 Sentinel:']],
    [{ replicas: 1, sentinels: 1, quorum: 1 }, ['min-replicas-to-write', '1 Sentinel:']],
  ])('lets clients wait only when told to: %j', (changes, words) => {
    const unsafe = aRecord(changes);
    const problems = upgradeProblems(ask({ record: unsafe }));
    expect(problems).toEqual(words.map((word) => expect.stringContaining(word)));
    expect(upgradeProblems(ask({ record: unsafe, allowUnsafe: true }))).toEqual([]);
  });

  it('lets nothing else be unfinished but an upgrade', () => {
    const upgrading = { ...aRecord(), unfinished: { upgradingFrom: 'redis:7.0' } };
    expect(upgradeProblems(ask({ record: upgrading }))).toEqual([]);
    const leaving = { ...aRecord(), unfinished: { upgradingFrom: 'redis:7.0', leaving: [] } };
    expect(upgradeProblems(ask({ record: leaving }))).toEqual([
      expect.stringContaining('rsent up lab'),
    ]);
  });
});
