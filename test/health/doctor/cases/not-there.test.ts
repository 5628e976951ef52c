import { Base, hello, MASTER, REPLICAS, SENTINELS } from './base.js';
import { idOf } from './replies.js';

const [REPLICA] = REPLICAS;
const [FIRST, SECOND, THIRD] = SENTINELS;
const GONE = { 'last-ok-ping-reply': 900_000, 'last-ping-sent': 900_000 };
const line = (port: number, lag = 0) => `ip=10.9.8.2,port=${port},state=online,offset=1,lag=${lag}`;
/** What is found and does not follow from something else. */
const own = (base: Base) =>
  base
    .diagnoses()
    .filter(({ followsFrom, code }) => followsFrom === undefined && code !== 'no-write-guard');

describe('a replica that runs, and that nobody reaches at its address', () => {
  const away = (flags: string) =>
    new Base().silent(REPLICA, 'connection refused').seen(REPLICA, { flags, ...GONE });

  it.each(['s_down,slave,disconnected', 's_down,slave'])('listens elsewhere: %s', (flags) => {
    const [first, ...rest] = own(away(flags));
    expect(first).toMatchObject({ code: 'listens-elsewhere', subject: `redis ${REPLICA}` });
    expect(first?.saw).toContain(`redis ${MASTER}`);
    expect(first?.fix).toContain('replica-announce-port');
    expect(first?.fix).not.toMatch(/^start it/);
    expect(rest).toEqual([]);
    expect(away(flags).codes()).not.toContain('ghost');
  });

  it('is down where its master has not heard it for a while either', () => {
    const base = away('s_down,slave,disconnected').info(MASTER, { slave0: line(6379, 9) });
    expect(own(base)[0]?.code).not.toBe('listens-elsewhere');
  });
});

describe('a replica that announces a port at which nobody answers', () => {
  const wrong = (settings: Record<string, string>) => {
    const port = Number(settings['replica-announce-port']);
    const base = new Base().set(REPLICA, settings).info(MASTER, { slave0: line(port) });
    const at = `10.9.8.2:${port}`;
    for (const sentinel of SENTINELS) {
      base.lists(sentinel, 'replicas', at, {
        flags: 's_down,slave,disconnected',
        ...GONE,
        runid: '',
      });
    }
    return base.silent(at, 'connection refused');
  };

  it('is one finding about that replica, with what to type', () => {
    const [first, ...rest] = own(wrong({ 'replica-announce-port': '6399' }));
    expect(rest).toEqual([]);
    expect(first).toMatchObject({ code: 'listens-elsewhere', subject: `redis ${REPLICA}` });
    expect(first?.saw).toContain('it announces 10.9.8.2:6399 (replica-announce-port 6399)');
    expect(first?.saw).toContain(`it answers at ${REPLICA}`);
    expect(first?.fix).toContain('CONFIG SET replica-announce-port 6379');
    expect(first?.fix).toContain('"sentinel known-replica mymaster 10.9.8.2 6399"');
  });

  it('is not it where it announces nothing of that kind', () => {
    const base = wrong({ 'replica-announce-port': '6399' }).set(REPLICA, {
      'replica-announce-port': '6400',
    });
    expect(own(base)[0]?.saw).not.toContain('it announces');
  });
});

describe('a Sentinel that announces a port at which nobody answers', () => {
  const WRONG = '10.9.8.23:26399';
  /** As captured: both others have heard its hello a second ago, and had no PONG since they know it. */
  const LOST = { flags: 's_down,sentinel,disconnected', 'last-ok-ping-reply': 14_214 };
  const misled = (lastHello = 1017) => {
    const base = new Base();
    for (const sentinel of [FIRST, SECOND]) {
      base.forgets(sentinel, 'peers', THIRD);
      base.lists(sentinel, 'peers', WRONG, {
        ...{ ...LOST, 'last-ping-sent': 14_214, runid: idOf(THIRD) },
        'last-hello-message': lastHello,
      });
    }
    return base.silent(WRONG, 'connection refused');
  };

  it('is that same Sentinel where that was asked too', () => {
    const base = misled().reply(THIRD, 'myid', { ok: true, value: idOf(THIRD) });
    base.hellos.push(hello(WRONG, idOf(THIRD)));
    const [first, ...rest] = own(base);
    expect(rest).toEqual([]);
    expect(first).toMatchObject({ code: 'listens-elsewhere', subject: `sentinel ${THIRD}` });
    expect(first?.saw).toContain(`it tells the others that it is at ${WRONG}`);
    expect(first?.fix).toContain('SENTINEL CONFIG SET announce-port 26379');
    expect(base.codes()).not.toContain('address-unreachable');
  });

  it('runs where the others hear its hellos and no PONG', () => {
    const base = misled().remove(THIRD);
    const [first, ...rest] = own(base);
    expect(rest).toEqual([]);
    expect(first).toMatchObject({ code: 'listens-elsewhere', subject: `sentinel ${WRONG}` });
    expect(first?.saw).toContain('hear the hellos');
    expect(first?.fix).not.toContain('start it,');
  });

  it('is down where its last hello is as old as its last PONG', () => {
    expect(misled(13_300).remove(THIRD).codes()).not.toContain('listens-elsewhere');
  });

  it('is out of reach of this machine alone where one of the others has it', () => {
    const base = misled().reply(THIRD, 'myid', { ok: true, value: idOf(THIRD) });
    base.hellos.push(hello(WRONG, idOf(THIRD)));
    base.lists(FIRST, 'peers', WRONG, {
      ...{ flags: 'sentinel', 'last-ok-ping-reply': 200, 'last-ping-sent': 0 },
    });
    expect(base.codes()).toContain('address-unreachable');
  });
});
