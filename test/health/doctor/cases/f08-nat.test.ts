import { addressText } from '../../../../src/model/topology.js';
import { Base, MASTER, REPLICAS, SENTINELS } from './base.js';
import { ok } from './replies.js';

const GATE = '172.17.0.1:6379';
const attached = 'ip=172.17.0.1,port=6379,state=online,offset=1,lag=0';

function factsOf(base: Base, text: string) {
  const visit = base.visits().find(({ address }) => addressText(address) === text);
  if (visit?.kind !== 'redis') throw new Error(`no data node at ${text}`);
  return visit.facts;
}

/** Both replicas come from one address, where the master itself answers. */
function behindNat(): Base {
  const base = new Base();
  const { runId } = factsOf(base, MASTER).server;
  base.info(MASTER, { slave0: attached, slave1: attached, connected_slaves: 2 });
  for (const sentinel of SENTINELS) {
    for (const replica of REPLICAS) base.forgets(sentinel, 'replicas', replica);
    base.lists(sentinel, 'replicas', GATE, {
      ...{ runid: runId, flags: 'slave', 'role-reported': 'master', 'master-host': '?' },
      ...{ 'last-ping-sent': 0, 'last-ok-ping-reply': 200, 'info-refresh': 900 },
    });
    base.monitored(sentinel, { 'num-slaves': 1 });
  }
  for (const replica of REPLICAS) base.remove(replica);
  return base;
}

describe('replicas behind NAT', () => {
  const own = (base: Base) => base.diagnoses().filter(({ followsFrom }) => !followsFrom);

  it('are one error, that names both addresses of the master and what to set', () => {
    const [first, ...rest] = own(behindNat().add(GATE, MASTER));
    expect(first).toMatchObject({ code: 'replicas-behind-nat', severity: 'error' });
    expect(first?.saw).toContain(GATE);
    expect(first?.saw).toContain(MASTER);
    expect(first?.saw).toContain('2 replicas');
    expect(first?.fix).toMatch(/replica-announce-ip.*replica-announce-port.*172\.17\.0\.1 6379/);
    expect(rest.filter(({ severity }) => severity === 'error')).toEqual([]);
  });

  it('are known by the run id that the Sentinels show, where that address leads nowhere here', () => {
    const base = behindNat().silent(GATE, 'no answer within 2000 ms');
    expect(own(base)[0]?.code).toBe('replicas-behind-nat');
  });

  it('never make the master one that is not of its own topology', () => {
    for (const base of [behindNat().add(GATE, MASTER), behindNat().silent(GATE, 'no answer')]) {
      for (const { saw } of base.diagnoses()) expect(saw).not.toContain('not of this topology');
    }
  });

  it('show by two at one address, whoever answers there', () => {
    const base = new Base().info(MASTER, { slave0: attached, slave1: attached });
    expect(own(base)[0]).toMatchObject({
      code: 'replicas-behind-nat',
      saw: expect.stringContaining('2 replicas are attached from there'),
    });
  });

  it('are not there where one replica has come back, and its old connection is not over', () => {
    const line = 'ip=10.9.8.2,port=6379,state=online,offset=1';
    const other = 'ip=10.9.8.3,port=6379,state=online,offset=1,lag=0';
    const base = new Base().info(MASTER, {
      ...{ slave0: `${line},lag=40`, slave1: other, slave2: `${line},lag=0` },
      connected_slaves: 3,
    });
    expect(base.codes()).not.toContain('replicas-behind-nat');
  });

  it('are not there in a failover, when the leader lists the promoted one as a replica still', () => {
    const base = new Base();
    const [leader] = SENTINELS;
    base.lists(leader, 'replicas', MASTER, { flags: 'slave,promoted' });
    expect(base.codes()).not.toContain('replicas-behind-nat');
  });

  const OTHER = '10.9.9.1:6379';
  /** What a real failover (7.0.15) left of a master on two networks whose replicas announce its own address. */
  function promotedToItself(): Base {
    const base = new Base();
    for (const replica of REPLICAS) base.remove(replica);
    base.info(MASTER, {
      ...{ role: 'slave', master_host: '10.9.9.1', master_port: 6379, connected_slaves: 0 },
      ...{ master_link_status: 'down', slave0: undefined, slave1: undefined },
      ...{ slave_priority: 100, slave_read_only: 1 },
    });
    base.reply(MASTER, 'role', ok(['slave', '10.9.9.1', 6379, 'connect', -1]));
    const { runId } = factsOf(base, MASTER).server;
    for (const sentinel of SENTINELS) {
      base.monitored(sentinel, {
        ...{ name: 'mymaster', ip: '10.9.9.1', 'role-reported': 'slave', 'num-slaves': 2 },
        'config-epoch': 1,
      });
      base.reply(sentinel, 'address', ok(['10.9.9.1', '6379']));
      for (const replica of REPLICAS) base.forgets(sentinel, 'replicas', replica);
      for (const text of [OTHER, MASTER]) {
        const role = { 'role-reported': 'slave', 'master-host': '10.9.9.1', 'master-port': 6379 };
        base.lists(sentinel, 'replicas', text, { ...role, runid: runId, flags: 'slave' });
      }
    }
    return base.add(OTHER, MASTER);
  }

  it('are the cause still when a failover has made the master follow itself', () => {
    const base = promotedToItself();
    const [first, ...rest] = own(base);
    expect(first).toMatchObject({ code: 'replicas-behind-nat', severity: 'error' });
    expect(first?.saw).toMatch(/it follows itself now/);
    expect(first?.fix).toMatch(
      /SENTINEL REMOVE mymaster;.*replica-announce-ip.*REPLICAOF NO ONE;.*SENTINEL MONITOR mymaster IP PORT 2, at .*10\.9\.8\.1:6379/,
    );
    expect(rest.filter(({ severity }) => severity === 'error')).toEqual([]);
    expect(base.codes()).toContain('follows-itself');
    expect(JSON.stringify(base.diagnoses())).not.toContain('a failover may be under way');
  });

  it('are the cause as well while the Sentinels differ in which of its addresses is the master', () => {
    const base = promotedToItself();
    const [first] = SENTINELS;
    base.monitored(first, { ip: '10.9.8.1' }).reply(first, 'address', ok(['10.9.8.1', '6379']));
    base.forgets(first, 'replicas', MASTER);
    for (const each of SENTINELS.slice(1)) base.forgets(each, 'replicas', OTHER);
    expect(own(base)[0]?.code).toBe('replicas-behind-nat');
  });
});

describe('a data node that follows itself', () => {
  const following = (text: string) => {
    const [ip = '', port = ''] = text.split(':');
    return new Base().info(text, {
      ...{ role: 'slave', master_host: ip, master_port: port, master_link_status: 'down' },
      ...{ slave_priority: 100, slave_read_only: 1 },
    });
  };

  it('is told so as the master, with the way out first', () => {
    const base = following(MASTER).info(MASTER, { slave0: undefined, slave1: undefined });
    base.reply(MASTER, 'role', ok(['slave', '10.9.8.1', 6379, 'connect', -1]));
    for (const sentinel of SENTINELS) base.monitored(sentinel, { 'role-reported': 'slave' });
    for (const replica of REPLICAS) {
      base
        .info(replica, { master_link_status: 'down' })
        .seen(replica, { 'master-link-status': 'err' });
    }
    const [first, ...rest] = base.diagnoses().filter(({ followsFrom }) => !followsFrom);
    expect(first).toMatchObject({ code: 'follows-itself', fix: 'REPLICAOF NO ONE on it' });
    expect(rest.filter(({ severity }) => severity === 'error')).toEqual([]);
  });

  it('is told so as a replica, not that it follows another master', () => {
    const [replica] = REPLICAS;
    const base = following(replica).reply(replica, 'role', ok(['slave', '10.9.8.2', 6379]));
    base.seen(replica, { 'master-host': '10.9.8.2', 'master-link-status': 'err' });
    base.info(MASTER, { slave0: undefined });
    const [first, ...rest] = base.diagnoses().filter(({ followsFrom }) => !followsFrom);
    expect(first).toMatchObject({
      ...{ code: 'follows-itself', subject: `redis ${replica}` },
      fix: 'REPLICAOF 10.9.8.1 6379 on it',
    });
    expect(rest.filter(({ severity }) => severity === 'error')).toEqual([]);
  });

  it('is none where the link is up: then its words name another server than here', () => {
    const [replica] = REPLICAS;
    const base = following(replica).info(replica, { master_link_status: 'up' });
    expect(base.codes()).not.toContain('follows-itself');
  });
});
