import { Base, MASTER, REPLICAS, SENTINELS } from './base.js';

const GATE = '172.17.0.1:6379';
const attached = 'ip=172.17.0.1,port=6379,state=online,offset=1,lag=0';

/** Both replicas come from one address, where the master itself answers. */
function behindNat(): Base {
  const base = new Base();
  const replies = base.visits().find(({ address }) => address.ip === '10.9.8.1');
  if (replies?.kind !== 'redis') throw new Error('no master');
  const { runId } = replies.facts.server;
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
});
