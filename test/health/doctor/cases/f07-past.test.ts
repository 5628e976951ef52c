import { Base, MASTER, REPLICAS, SENTINELS } from './base.js';
import { ok } from './replies.js';

const LEADER = REPLICAS[0];
const OTHER = REPLICAS[1];

/** All Sentinels hand out the old master, which follows the new one; they know no replica. */
function past(lists: readonly string[] = []): Base {
  const line = (text: string) => `ip=${text.split(':')[0]},port=6379,state=online,offset=1,lag=0`;
  const base = new Base()
    .info(MASTER, {
      ...{ role: 'slave', master_host: '10.9.8.2', master_port: 6379, master_link_status: 'up' },
      ...{ connected_slaves: 0, slave0: undefined, slave1: undefined, slave_read_only: 1 },
      ...{ master_sync_in_progress: 0, slave_priority: 100 },
    })
    .reply(MASTER, 'role', ok(['slave', '10.9.8.2', 6379, 'connected', 100]))
    .info(LEADER, {
      ...{ role: 'master', connected_slaves: 2, slave0: line(MASTER), slave1: line(OTHER) },
      ...{ master_host: undefined, master_port: undefined, master_link_status: undefined },
    })
    .reply(LEADER, 'role', ok(['master', 1, []]))
    .info(OTHER, { master_host: '10.9.8.2' })
    .reply(OTHER, 'role', ok(['slave', '10.9.8.2', 6379, 'connected', 100]));
  for (const sentinel of SENTINELS) {
    base.monitored(sentinel, { 'num-slaves': lists.length, 'role-reported': 'slave' });
    for (const replica of REPLICAS) {
      if (!lists.includes(replica)) base.forgets(sentinel, 'replicas', replica);
    }
  }
  return base;
}

describe('Sentinels that all hand out a master that follows another', () => {
  it('are told how to go on, and that is the one cause', () => {
    const found = past().diagnoses();
    expect(found[0]).toMatchObject({ code: 'master-follows-another', severity: 'error' });
    expect(found[0]?.fix).toContain('SENTINEL REMOVE mymaster');
    expect(found[0]?.fix).toContain('SENTINEL MONITOR mymaster 10.9.8.2 6379 2');
    expect(found[0]?.saw).toContain(LEADER);
    const others = found.slice(1).filter(({ code, followsFrom }) => {
      return code !== 'no-write-guard' && followsFrom !== 'master-follows-another';
    });
    expect(others).toEqual([]);
  });

  it('hear nothing that is not so: it has replicas, and somebody takes writes', () => {
    const found = past().diagnoses();
    const codes = found.map(({ code }) => code);
    for (const code of ['no-replicas', 'master-not-serving', 'two-masters', 'foreign-replica']) {
      expect(codes).not.toContain(code);
    }
    for (const { why, saw } of found) expect(`${saw} ${why}`).not.toContain('nobody takes writes');
  });

  it('has the new master and its replicas among those that take part', () => {
    const members = past()
      .examination()
      .servers.filter(({ member }) => member);
    const names = members.map(({ name }) => name);
    for (const text of [MASTER, LEADER, OTHER]) expect(names).toContain(`redis ${text}`);
  });

  it('are waited for where they know the new master, as they find that out by themselves', () => {
    const [first] = past([LEADER, OTHER]).diagnoses();
    expect(first).toMatchObject({ code: 'master-follows-another', settling: true });
    expect(first?.fix).toContain('down-after and 20 s');
  });

  it('are not these where the link to the other one is down', () => {
    const base = past().info(MASTER, { master_link_status: 'down' });
    expect(base.codes()).not.toContain('master-follows-another');
    expect(base.codes()).toContain('master-not-serving');
  });
});
