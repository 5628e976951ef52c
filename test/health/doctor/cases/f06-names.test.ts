import { leadsIn } from '../../../../src/health/doctor/visit.js';
import { Base, MASTER, REDIS, REPLICAS, SENTINELS } from './base.js';
import { ok } from './replies.js';

/** Replicas that follow `db-main`, as Sentinels that resolve names have them do. */
function byName(resolves: 'yes' | 'no' | undefined): Base {
  const base = new Base();
  for (const replica of REPLICAS) {
    base.info(replica, { master_host: 'db-main' });
    base.seen(replica, { 'master-host': 'db-main' });
  }
  if (resolves === undefined) return base;
  return SENTINELS.reduce((each, sentinel) => {
    return each.reply(sentinel, 'names', ok(['resolve-hostnames', resolves]));
  }, base);
}

describe('replicas that follow the master by its name', () => {
  it('are replicas of it, where the name is not known here', () => {
    expect(byName('yes').silent('db-main:6379', 'getaddrinfo ENOTFOUND').codes()).toEqual([]);
    expect(byName('yes').codes()).toEqual([]);
  });

  it('are replicas of it, where the name leads to it here', () => {
    expect(byName('yes').add('db-main:6379', MASTER).codes()).toEqual([]);
  });

  it.each(['no', undefined] as const)(
    'are strangers to Sentinels that do not look names up (%s)',
    (resolves) => {
      const found = byName(resolves).diagnoses();
      const codes = new Set(found.map(({ code }) => code));
      expect(codes).toEqual(new Set(['master-by-other-name', 'no-write-guard']));
      expect(found[0]?.saw).toContain('resolve-hostnames');
    },
  );

  it('are replicas of another where their link is not up, or the master does not list them', () => {
    const astray = byName('yes').info(REPLICAS[0], { master_link_status: 'down' });
    expect(astray.codes()).toContain('replica-wrong-master');
    const other = byName('yes').info(REPLICAS[0], { master_replid: 'a'.repeat(40) });
    expect(other.codes()).toContain('replica-wrong-master');
  });
});

describe('a replica whose name a Sentinel cannot resolve', () => {
  const unresolved = (base = new Base()) => {
    for (const sentinel of SENTINELS.slice(0, 2)) {
      base.lists(sentinel, 'replicas', '10.9.8.9:6379', {
        ...{ name: ':6379', ip: '', port: 6379, runid: '', flags: 'slave,disconnected' },
        ...{ 'last-ping-sent': 90_000, 'last-ok-ping-reply': 90_000 },
      });
    }
    return base;
  };

  it('is a finding about each of these Sentinels, with the port', () => {
    const found = unresolved().diagnoses();
    const about = found.filter(({ code }) => code === 'name-unresolved');
    expect(about.map(({ subject }) => subject)).toEqual(
      SENTINELS.slice(0, 2).map((text) => `sentinel ${text}`),
    );
    expect(about[0]?.saw).toContain('port 6379');
    expect(found.map(({ code }) => code)).not.toContain('ghost');
  });

  it('is nowhere to be dialled, and no server', () => {
    const base = unresolved();
    const leads = leadsIn(base.visits(), [], 'mymaster');
    expect(leads.filter(({ ip, port }) => ip === '' || port === 0)).toEqual([]);
    expect(base.examination().servers.map(({ address }) => address.ip)).not.toContain('');
  });

  it('is named where the master lists it by its name', () => {
    const base = unresolved().info(MASTER, {
      slave2: 'ip=r3.example,port=6379,state=online,offset=1,lag=0',
    });
    expect(base.diagnoses()[0]?.saw).toContain('cannot resolve r3.example');
  });

  it('changes nothing of what is found about others', () => {
    const broken = (base: Base) =>
      base
        .set(REDIS[0], { save: '', appendonly: 'no' })
        .info(REPLICAS[0], { master_link_status: 'down' });
    const without = broken(new Base()).codes();
    const found = broken(unresolved()).codes();
    expect(without.length).toBeGreaterThan(0);
    expect(found.filter((code) => code !== 'name-unresolved').sort()).toEqual(without.sort());
  });

  it('may be the master: then it has no address of it', () => {
    const base = new Base();
    base.monitored(SENTINELS[0], { ip: '', flags: 'master,s_down,disconnected' });
    base.reply(SENTINELS[0], 'address', ok(['', '6379']));
    const found = base.diagnoses().filter(({ code }) => code === 'name-unresolved');
    expect(found.map(({ saw }) => saw)).toEqual([expect.stringContaining('sentinel monitor')]);
    expect(leadsIn(base.visits(), [], 'mymaster').map(({ ip }) => ip)).not.toContain('');
  });
});
