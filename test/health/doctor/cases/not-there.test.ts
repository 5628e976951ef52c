import { Base, MASTER, REPLICAS } from './base.js';

const [REPLICA] = REPLICAS;

describe('a replica that runs, and that nobody reaches at its address', () => {
  const away = (flags: string) => {
    const gone = { flags, 'last-ok-ping-reply': 900_000, 'last-ping-sent': 900_000 };
    return new Base().silent(REPLICA, 'connection refused').seen(REPLICA, gone);
  };

  it.each(['s_down,slave,disconnected', 's_down,slave'])('listens elsewhere: %s', (flags) => {
    const [first] = away(flags).diagnoses();
    expect(first).toMatchObject({ code: 'node-down', subject: `redis ${REPLICA}` });
    expect(first?.saw).toContain(`redis ${MASTER}`);
    expect(first?.saw).toContain('listens elsewhere');
    expect(first?.fix).toContain('replica-announce-port');
    expect(first?.fix).not.toMatch(/^start it/);
    expect(away(flags).codes()).not.toContain('ghost');
  });

  it('is down where its master has not heard it for a while either', () => {
    const base = away('s_down,slave,disconnected');
    base.info(MASTER, { slave0: `ip=10.9.8.2,port=6379,state=online,offset=1,lag=9` });
    expect(base.diagnoses()[0]?.saw).not.toContain('listens elsewhere');
  });
});
