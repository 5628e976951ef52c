import { Base, MASTER, REPLICAS, SENTINELS } from './base.js';

const silentMaster = (changes: Record<string, string | number>) => {
  const base = new Base().silent(MASTER, 'connection refused');
  for (const sentinel of SENTINELS) base.monitored(sentinel, changes);
  return base;
};

describe('a master that ended, before down-after is over', () => {
  const ended = () =>
    silentMaster({
      ...{ flags: 'master', 'last-ping-sent': 20_472, 'last-ok-ping-reply': 20_876 },
      'down-after-milliseconds': 30_000,
    });

  it('is down, though no Sentinel has a flag for that yet, and says when they will act', () => {
    const [first] = ended().diagnoses();
    expect(first).toMatchObject({ code: 'node-down', subject: `redis ${MASTER}` });
    expect(first?.saw).toContain('the Sentinels will act in 10 s');
    expect(first?.saw).not.toMatch(/Sentinels can|can: it answers/);
    expect(ended().codes()).not.toContain('address-unreachable');
  });

  it('is why the links of its replicas are down', () => {
    const base = ended();
    for (const replica of REPLICAS) {
      base.info(replica, { master_link_status: 'down', master_link_down_since_seconds: 3 });
    }
    const own = base.diagnoses().filter(({ followsFrom }) => followsFrom === undefined);
    expect(own.map(({ code }) => code)).toEqual(['node-down']);
    expect(own[0]?.why).toContain('nobody takes writes');
  });

  it('is why there is no master', () => {
    const found = ended().diagnoses();
    expect(found.find(({ code }) => code === 'no-master')).toMatchObject({
      followsFrom: 'node-down',
    });
  });

  it('waits for nothing more once the quorum has given it up', () => {
    const base = silentMaster({
      ...{ flags: 's_down,o_down,master', 'last-ping-sent': 40_000, 'last-ok-ping-reply': 40_400 },
      'down-after-milliseconds': 30_000,
    });
    expect(base.diagnoses()[0]?.saw).not.toContain('will act');
  });
});

describe('a server that only the Sentinels reach', () => {
  it.each([MASTER, REPLICAS[0]])('%s is no dead one, and who hears it is named', (address) => {
    const base = new Base().silent(address, 'no answer within 2000 ms');
    base.seen(address, { 'last-ping-sent': 0, 'last-ok-ping-reply': 300 });
    const [first] = base.diagnoses();
    expect(first?.code).toBe('address-unreachable');
    for (const sentinel of SENTINELS) expect(first?.saw).toContain(sentinel);
    expect(base.codes()).not.toContain('node-down');
  });

  it('is dead where one PING has no answer for longer than a period, whoever says so', () => {
    const base = new Base().silent(REPLICAS[0], 'no answer within 2000 ms');
    base.seen(REPLICAS[0], { 'last-ping-sent': 1500, 'last-ok-ping-reply': 2000 });
    expect(base.codes()).toEqual(['node-down']);
  });
});
