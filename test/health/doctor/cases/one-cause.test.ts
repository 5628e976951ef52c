import { Base, MASTER, REPLICAS, SENTINELS } from './base.js';
import { idOf, ok } from './replies.js';

const [FIRST] = REPLICAS;
/** What is found and does not follow from something else. */
const own = (base: Base) => {
  const found = base.diagnoses().filter(({ followsFrom }) => followsFrom === undefined);
  return found.map(({ code }) => code).filter((code) => code !== 'no-write-guard');
};
const causeOf = (base: Base, code: string) =>
  base.diagnoses().find((each) => each.code === code)?.followsFrom;

/** This replica says that it is a master, as one that was away while another one was promoted. */
function back(base: Base, replica: string): Base {
  base
    .info(replica, {
      ...{ role: 'master', master_host: undefined, master_port: undefined },
      ...{ master_link_status: undefined, connected_slaves: 0 },
    })
    .reply(replica, 'role', ok(['master', 0, []]))
    .info(MASTER, {
      ...{ connected_slaves: 1, slave1: undefined, min_slaves_good_slaves: 1 },
      slave0: 'ip=10.9.8.3,port=6379,state=online,offset=1,lag=0',
    });
  for (const sentinel of SENTINELS) {
    base.lists(sentinel, 'replicas', replica, {
      ...{ 'role-reported': 'master', 'master-host': '?', 'master-port': 0 },
    });
  }
  return base;
}

describe('what all feel of one fault', () => {
  it('E8: of a second master, with what the Sentinels see of it and the writes that are refused', () => {
    const base = back(new Base(), FIRST).set(MASTER, { 'min-replicas-to-write': '2' });
    expect(own(base)).toEqual(['two-masters']);
    for (const code of ['sees-other-role', 'sees-replica-astray', 'writes-refused']) {
      expect(causeOf(base, code)).toBe('two-masters');
    }
  });

  it('E8: the writes are refused for another reason where it would not be enough', () => {
    const base = back(new Base(), FIRST).set(MASTER, { 'min-replicas-to-write': '3' });
    expect(own(base)).toEqual(expect.arrayContaining(['two-masters', 'writes-refused']));
  });

  it('S2: of a data node in cluster mode, which nobody demotes', () => {
    const base = back(new Base(), FIRST).info(FIRST, { cluster_enabled: 1 });
    expect(own(base)).toEqual(['cluster-enabled']);
    const fixes = base
      .diagnoses()
      .filter(({ followsFrom }) => followsFrom)
      .map(({ fix }) => fix);
    expect(fixes.join()).not.toMatch(/repoints|demotes/);
  });

  it('of a replica that was told to follow nobody who is there', () => {
    const base = new Base()
      .info(FIRST, { master_host: '10.99.9.9', master_link_status: 'down' })
      .info(MASTER, {
        ...{ connected_slaves: 1, slave1: undefined },
        slave0: 'ip=10.9.8.3,port=6379,state=online,offset=1,lag=0',
      });
    base.seen(FIRST, { 'master-host': '10.99.9.9', 'master-link-status': 'err' });
    expect(own(base)).toEqual(['replica-wrong-master']);
  });

  it('of two Sentinels with one id', () => {
    const [a, b, c] = SENTINELS;
    const id = idOf('both');
    const base = new Base().reply(a, 'myid', ok(id)).reply(b, 'myid', ok(id));
    base.forgets(a, 'peers', b).forgets(b, 'peers', a).forgets(c, 'peers', b);
    base.lists(c, 'peers', a, { runid: id, flags: 'sentinel,disconnected' });
    for (const each of [a, b, c]) {
      base.reply(each, 'ckquorum', ok('OK 2 usable Sentinels. Quorum and failover …'));
    }
    expect(own(base)).toEqual(['duplicate-sentinel-id']);
  });

  it('of a Sentinel that monitors another master under this name', () => {
    const other = '10.9.8.24:26379';
    const foreign = '10.9.8.4:6379';
    const base = new Base().add(other, SENTINELS[0]).add(foreign, MASTER);
    const apart = { run_id: idOf(foreign), connected_slaves: 0, slave0: undefined };
    base.info(foreign, { ...apart, slave1: undefined, master_replid: idOf('its own') });
    base.info(other, { run_id: idOf(other) }).reply(other, 'myid', ok(idOf(other)));
    base.monitored(other, { ip: '10.9.8.4', runid: idOf(foreign), 'num-other-sentinels': 0 });
    base.reply(other, 'address', ok(['10.9.8.4', '6379']));
    for (const each of SENTINELS) base.forgets(other, 'peers', each);
    for (const each of REPLICAS) base.forgets(other, 'replicas', each);
    base.reply(other, 'ckquorum', { ok: false, error: 'NOQUORUM 1 usable Sentinels. Not enough' });
    expect(own(base)).toEqual(['sentinels-disagree', 'sentinels-even', 'quorum-too-low']);
    expect(base.diagnoses()[0]?.code).toBe('sentinels-disagree');
    const second = base.diagnoses().find(({ code }) => code === 'two-masters');
    expect(second?.fix).toContain('REPLICAOF 10.9.8.1 6379');
    expect(second?.fix).not.toContain('Sentinel demotes it within');
  });

  it('a Sentinel that counts too few others says so because it does not have them', () => {
    const [a, , c] = SENTINELS;
    const base = new Base().forgets(a, 'peers', c);
    base.reply(a, 'ckquorum', ok('OK 2 usable Sentinels. Quorum and failover …'));
    expect(own(base)).toEqual(['peer-unknown']);
  });

  it('F03a: of a master that loads, with its writes', () => {
    const base = new Base()
      .info(MASTER, {
        ...{ loading: 1, connected_slaves: 0, slave0: undefined, slave1: undefined },
        min_slaves_good_slaves: 0,
      })
      .set(MASTER, { 'min-replicas-to-write': '1' });
    for (const replica of REPLICAS) {
      base.info(replica, { master_link_status: 'down', master_link_down_since_seconds: 3 });
    }
    const found = base.diagnoses();
    expect(found[0]?.code).toBe('node-loading');
    expect(
      found.filter(({ code, followsFrom }) => code === 'writes-refused' && !followsFrom),
    ).toEqual([]);
  });

  it('E4: of a failover that is under way, as it was captured', () => {
    // .1 refuses everybody; .2 is promoted, .3 is being turned round; the leader still describes .1.
    const [leader, ...others] = SENTINELS;
    const base = new Base().silent(MASTER, 'WRONGPASS invalid username-password pair', {
      ...{ tls: false, open: false, closed: true, denied: false },
    });
    base
      .info(FIRST, {
        ...{ role: 'master', master_host: undefined, master_port: undefined },
        ...{ master_link_status: undefined, connected_slaves: 0 },
      })
      .reply(FIRST, 'role', ok(['master', 0, []]));
    base.monitored(leader, {
      ...{ flags: 's_down,o_down,master,failover_in_progress,disconnected' },
      ...{ 'failover-state': 'reconf_slaves', 'last-ok-ping-reply': 7000, 'last-ping-reply': 300 },
    });
    base.reply(leader, 'address', ok(['10.9.8.2', '6379']));
    base.lists(leader, 'replicas', REPLICAS[1], { flags: 'slave,reconf_sent' });
    for (const each of others) {
      base.monitored(each, {
        ...{ ip: '10.9.8.2', flags: 'master,disconnected', runid: '', 'info-refresh': 0 },
      });
      base.reply(each, 'address', ok(['10.9.8.2', '6379']));
      base.forgets(each, 'replicas', FIRST).lists(each, 'replicas', MASTER);
    }
    const errors = base.diagnoses().filter(({ severity }) => severity === 'error');
    const standing = errors.filter(({ followsFrom }) => followsFrom === undefined);
    expect([...new Set(standing.map(({ code }) => code))]).toEqual(['failover-running']);
    expect(errors.map(({ code }) => code)).not.toContain('sees-replica-down');
  });
});
