import { SAID } from '../../../../src/model/no-answer.js';
import { Base, MASTER, REDIS, REPLICAS, SENTINELS } from './base.js';
import { answered, fieldOf, ok, splitAddress } from './replies.js';

const [, second, third] = SENTINELS;
const open = { tls: false, open: true, closed: false, denied: false };
const shut = { tls: false, open: false, closed: true, denied: false };
const said = (words: string) => ({ tls: false, open: false, closed: false, denied: false, words });
const NO_SLAVES = { slave0: undefined, slave1: undefined };
const NO_UPSTREAM = {
  master_host: undefined,
  master_port: undefined,
  master_link_status: undefined,
};
const lineOf = (text: string) =>
  `ip=${splitAddress(text).ip},port=6379,state=online,offset=1,lag=0`;
const LOST = { flags: 's_down', 'last-ok-ping-reply': 9000, 'last-ping-sent': 9000 };
const PASSWORDS = /--password|--tls|--user/;

/** Everything that is told, as one text. */
const textOf = (base: Base) => JSON.stringify(base.diagnoses());

describe('F01: connections are used up', () => {
  const full = 'ERR max number of clients reached';

  it.each([
    ['a Sentinel', third],
    ['the master', MASTER],
  ])('of %s', (_, text) => {
    const base = new Base().silent(text, full, said(full));
    const [first] = base.diagnoses();
    expect(first).toMatchObject({ code: 'clients-full', severity: 'error' });
    expect(first?.saw).toContain(full);
    expect(first?.fix).toMatch(/connections.*maxclients/);
    expect(base.codes()).toEqual(['clients-full']);
    expect(textOf(base)).not.toMatch(PASSWORDS);
  });
});

describe('a server that talks to its own machine only', () => {
  const words = 'DENIED Redis is running in protected mode';
  const fixOf = (text: string) =>
    new Base()
      .silent(text, words, { ...shut, denied: true })
      .diagnoses()
      .find(({ code }) => code === 'protected-mode')?.fix;

  it('is opened by a command where it has one, and a Sentinel by its conf', () => {
    expect(fixOf(REPLICAS[0])).toContain('CONFIG SET protected-mode no');
    expect(fixOf(third)).toContain('"protected-mode no" in its sentinel.conf');
    expect(fixOf(third)).not.toMatch(/CONFIG SET|masterauth/);
  });
});

describe('F02: a script keeps a node busy', () => {
  const busy =
    'BUSY Redis is busy running a script. You can only call SCRIPT KILL or SHUTDOWN NOSAVE.';

  it.each([
    ['the master', MASTER],
    ['a replica', REPLICAS[0]],
  ])('%s', (_, text) => {
    const base = new Base().silent(text, busy, { ...open, words: busy }).seen(text, LOST);
    expect(base.codes()).toEqual(['node-busy']);
    expect(base.diagnoses()[0]?.fix).toMatch(/SCRIPT KILL.*smaller steps.*down-after/);
  });
});

describe('F03a: the master loads its data', () => {
  const words = 'LOADING Redis is loading the dataset in memory';
  const loading = (seconds: number) => {
    const base = new Base().greets(MASTER, { words }).info(MASTER, {
      loading: 1,
      loading_loaded_perc: '6.52',
      loading_eta_seconds: 100,
      connected_slaves: 0,
      slave0: undefined,
      slave1: undefined,
    });
    for (const sentinel of SENTINELS) {
      base.monitored(sentinel, { 'down-after-milliseconds': 30000 });
    }
    for (const replica of REPLICAS) {
      base
        .info(replica, { master_link_status: 'down', master_link_down_since_seconds: seconds })
        .seen(replica, { 'master-link-status': 'err' });
    }
    return base;
  };

  it('is the cause that is named first, with what is left and how to go on at once', () => {
    const [first] = loading(6).diagnoses();
    expect(first).toMatchObject({ code: 'node-loading', severity: 'error' });
    expect(first?.saw).toMatch(/6 %.*100 s/);
    expect(first?.fix).toContain('SENTINEL FAILOVER mymaster');
    expect(first?.fix).toContain('master-reboot-down-after-period');
  });

  it('wants no password', () => {
    expect(loading(6).codes()).not.toContain('masterauth-missing');
    expect(loading(6).codes()).not.toContain('auth-pass-missing');
  });

  it('leaves a replica eligible for ten times down-after', () => {
    expect(loading(6).codes()).not.toContain('no-eligible-replica');
    expect(loading(400).codes()).toContain('no-eligible-replica');
  });
});

describe('F03b: a master that cannot save refuses PING', () => {
  const words =
    'MISCONF Redis is configured to save RDB snapshots, but it’s currently unable to persist to disk.';
  const base = () =>
    new Base()
      .greets(MASTER, { words })
      .info(MASTER, { rdb_last_bgsave_status: 'err' })
      .seen(MASTER, { ...LOST, flags: 's_down,o_down,master' });

  it('is an error: the Sentinels consider it down', () => {
    const [first] = base().diagnoses();
    expect(first).toMatchObject({ code: 'snapshot-failed', severity: 'error' });
    expect(first?.saw).toMatch(/Sentinels consider it down/);
    expect(textOf(base())).not.toMatch(/password/);
    expect(
      base()
        .codes()
        .filter((code) => code !== 'sees-master-down'),
    ).toEqual(['snapshot-failed']);
  });
});

describe('F03b: after the failover, the old master that cannot save', () => {
  const [promoted, other] = REPLICAS;
  const words = 'MISCONF Redis is configured to save RDB snapshots, but it’s currently unable to';
  /** As a real one (7.0.15) was seen half a minute after its last SET. */
  const base = (role: 'master' | 'slave' = 'master') => {
    const { ip } = splitAddress(promoted);
    const found = new Base()
      .greets(MASTER, { words })
      .info(MASTER, { rdb_last_bgsave_status: 'err', connected_slaves: 0, ...NO_SLAVES })
      .info(promoted, { role: 'master', ...NO_UPSTREAM, slave0: lineOf(other) })
      .info(other, { master_host: ip })
      .reply(promoted, 'role', ok(['master', 0, []]));
    if (role === 'slave') {
      const upstream = { master_host: ip, master_port: 6379, master_link_status: 'down' };
      found
        .info(MASTER, { role, ...upstream, slave_read_only: 1, slave_priority: 100 })
        .reply(MASTER, 'role', ok(['slave', ip, 6379, 'connect', -1]));
    }
    const says = role === 'master' ? ['?', 0] : [ip, 6379];
    for (const sentinel of SENTINELS) {
      const list = answered(found.replyOf(sentinel, 'replicas')) as string[][];
      const id = list
        .map((each) => fieldOf(each, 'ip') === ip && fieldOf(each, 'runid'))
        .find(Boolean);
      const master = fieldOf(answered(found.replyOf(sentinel, 'master')) as string[], 'runid');
      found.forgets(sentinel, 'replicas', promoted);
      found.monitored(sentinel, { ip, runid: id || '', 'config-epoch': 1 });
      found.reply(sentinel, 'address', ok([ip, '6379']));
      found.lists(sentinel, 'replicas', other, { 'master-host': ip });
      found.lists(sentinel, 'replicas', MASTER, {
        ...{ ...LOST, flags: 's_down,slave', runid: master, 'role-reported': role },
        ...{ 'master-host': says[0], 'master-port': says[1], 'master-link-status': 'err' },
      });
    }
    return found;
  };

  it.each(['master', 'slave'] as const)(
    'is the cause of all that is said of it as a %s',
    (role) => {
      const errors = base(role)
        .diagnoses()
        .filter(({ severity, followsFrom }) => severity === 'error' && followsFrom === undefined);
      expect(errors.map(({ code }) => code)).toEqual(['snapshot-failed']);
      expect(errors[0]).toMatchObject({ subject: `redis ${MASTER}` });
      expect(base(role).diagnoses()[0]?.code).toBe('snapshot-failed');
    },
  );

  it('does not promise that Sentinels demote whom they consider down', () => {
    const two = base()
      .diagnoses()
      .find(({ code }) => code === 'two-masters');
    expect(two).toMatchObject({ followsFrom: 'snapshot-failed' });
    expect(two?.fix).not.toContain('Sentinel demotes it');
    expect(two?.fix).toContain('REPLICAOF 10.9.8.2 6379');
  });

  it('is a warning on a replica before 7.0, which answers PING all the same', () => {
    const found = new Base().info(other, {
      redis_version: '6.0.20',
      rdb_last_bgsave_status: 'err',
    });
    const [only] = found.diagnoses().filter(({ code }) => code === 'snapshot-failed');
    expect(only).toMatchObject({ severity: 'warning' });
  });
});

describe('F04a: servers want a certificate of their clients', () => {
  it('is rsent’s own trouble, told once for all', () => {
    const base = new Base();
    const why = SAID['certificate-required'];
    for (const text of REDIS) base.silent(text, why, { ...said(why), tls: true });
    const found = base.diagnoses().filter(({ code }) => code === 'access-refused');
    expect(found).toHaveLength(1);
    expect(found[0]).toMatchObject({ severity: 'warning' });
    expect(found[0]?.saw).toContain('certificate of its clients');
    expect(found[0]?.fix).toMatch(/--tls-cert.*--tls-key/);
    expect(found[0]?.fix).not.toContain('--tls-ca');
  });
});

describe('F04b: two passwords', () => {
  it('says what the one that was given opens', () => {
    const base = new Base();
    const why = 'WRONGPASS invalid username-password pair or user is disabled.';
    for (const text of SENTINELS) base.greets(text, shut);
    for (const text of REDIS) base.silent(text, why, shut);
    const found = base.diagnoses().filter(({ code }) => code === 'access-refused');
    expect(found).toHaveLength(1);
    expect(found[0]?.saw).toContain('opens the Sentinels, and not the data nodes');
    expect(found[0]?.fix).toMatch(/--password-file.*--sentinel-password-file/);
  });
});

describe('a server that says nothing', () => {
  it('is frozen where it takes connections', () => {
    const base = new Base().silent(second, 'no answer within 2000 ms, though it takes connections');
    const [first] = base.diagnoses();
    expect(first).toMatchObject({ code: 'node-frozen', severity: 'error' });
    expect(first?.saw).toMatch(/takes connections and says nothing.*swapping.*look-up/);
  });

  it('is something else where it says what no Redis says', () => {
    const base = new Base().silent(REPLICAS[0], SAID.ssh);
    expect(base.codes()).toContain('not-redis');
  });

  it('is quoted where nobody knows its words, without a guess', () => {
    const words = 'ERR quota exceeded for tenant';
    const base = new Base().silent(REPLICAS[0], words, said(words));
    const found = base.diagnoses().find(({ code }) => code === 'unknown-words');
    expect(found?.saw).toContain(words);
    expect(found?.fix).not.toMatch(PASSWORDS);
  });
});
