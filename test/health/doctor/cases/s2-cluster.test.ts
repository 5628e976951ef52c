import { Base, MASTER, REPLICAS } from './base.js';
import { ok } from './replies.js';

describe('a data node in cluster mode', () => {
  it('is an error as the master: it takes no writes', () => {
    const base = new Base().info(MASTER, { cluster_enabled: 1 });
    const [first] = base.diagnoses();
    expect(first).toMatchObject({ code: 'cluster-enabled', severity: 'error' });
    expect(first?.subject).toContain(MASTER);
    expect(first?.why).toContain('REPLICAOF is refused');
  });

  it('is never made a replica: nobody waits for that after a failover', () => {
    const old = REPLICAS[1];
    const base = new Base()
      .info(old, { cluster_enabled: 1, role: 'master', master_host: undefined })
      .reply(old, 'role', ok(['master', 1, []]));
    const found = base.diagnoses();
    expect(found[0]?.code).toBe('cluster-enabled');
    const two = found.find(({ code }) => code === 'two-masters');
    expect(two).toMatchObject({ followsFrom: 'cluster-enabled' });
    expect(two?.fix).not.toContain('11 s');
    expect(found.map(({ saw, why }) => `${saw} ${why}`).join()).not.toContain('get OK');
  });
});
