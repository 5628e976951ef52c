import { leadsIn } from '../../../../src/health/doctor/visit.js';
import { Base, MASTER, REPLICAS, SENTINELS } from './base.js';

const FOURTH = '10.9.8.4:6379';
const line = (port: number) => `ip=10.9.8.4,port=${port},state=online,offset=1,lag=0`;

/** The master has a replica that the Sentinels count and do not list. */
const unannounced = () => {
  const base = new Base().info(MASTER, { slave2: line(6379), connected_slaves: 3 });
  for (const sentinel of SENTINELS) base.monitored(sentinel, { 'num-slaves': 3 });
  return base;
};

describe('a replica with replica-announced no', () => {
  it('is asked, and is a copy that is not listed: no stranger, and no error', () => {
    const base = unannounced().add(FOURTH, REPLICAS[0]);
    base.info(FOURTH, { replica_announced: 0, run_id: 'd'.repeat(40) });
    expect(leadsIn(base.visits(), [], 'mymaster')).toContainEqual({ ip: '10.9.8.4', port: 6379 });
    const found = base.diagnoses();
    expect(found.filter(({ severity }) => severity === 'error')).toEqual([]);
    expect(base.codes()).toEqual(['replica-hidden']);
  });

  it('is known by the count, where it lets nobody ask', () => {
    const base = unannounced().silent(FOURTH, 'connection refused');
    expect(base.codes()).toEqual(['replica-hidden']);
    const hidden = base.diagnoses().find(({ code }) => code === 'replica-hidden');
    expect(hidden?.saw).toContain(FOURTH);
  });

  it('is called a stranger nowhere, whether it is counted or not', () => {
    const base = new Base().info(MASTER, { slave2: line(6379), connected_slaves: 3 });
    base.silent(FOURTH, 'connection refused');
    expect(base.codes()).toEqual(['replica-unlisted']);
  });
});

describe('a program that reads the replication stream', () => {
  const reader = () => {
    const base = new Base().info(MASTER, { slave2: line(0), connected_slaves: 3 });
    for (const sentinel of SENTINELS) {
      base.monitored(sentinel, { 'num-slaves': 3 });
      base.lists(sentinel, 'replicas', '10.9.8.4:0', {
        ...{ runid: '', flags: 's_down,slave,disconnected', 'last-ok-ping-reply': 60_000 },
        'last-ping-sent': 60_000,
      });
    }
    return base;
  };

  it('is what it is, and not a ghost', () => {
    expect(reader().codes()).toEqual(['stream-reader']);
    const [first] = reader().diagnoses();
    expect(first).toMatchObject({ severity: 'warning', subject: `redis ${MASTER}` });
    expect(first?.saw).toContain('10.9.8.4');
  });

  it('is dialled nowhere', () => {
    const base = reader();
    expect(leadsIn(base.visits(), [], 'mymaster').filter(({ port }) => port === 0)).toEqual([]);
    const ports = base.examination().servers.map(({ address }) => address.port);
    expect(ports).not.toContain(0);
  });

  it('stays in the list of the Sentinels when it has ended, and harms nothing', () => {
    const base = reader().info(MASTER, { slave2: undefined, connected_slaves: 2 });
    expect(base.codes()).toEqual(['stream-reader']);
    expect(base.diagnoses()[0]?.fix).toContain('known-replica mymaster 10.9.8.4 0');
  });
});
