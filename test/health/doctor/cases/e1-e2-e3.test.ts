import { assemble } from '../../../../src/health/doctor/assemble.js';
import { isNowhere } from '../../../../src/health/doctor/case.js';
import { diagnose } from '../../../../src/health/doctor/diagnose.js';
import type { Visit } from '../../../../src/health/doctor/visit.js';
import { isLoopback, sameAddress } from '../../../../src/model/topology.js';
import { Base, MASTER, REPLICAS, SENTINELS } from './base.js';
import { ok } from './replies.js';

describe('an address of IPv6', () => {
  const at = (ip: string, port = 6379) => ({ ip, port });

  it.each([
    ['fd00:97:0:0::11', 'fd00:97::11'],
    ['FD00:97::11', 'fd00:97::11'],
    ['0:0:0:0:0:0:0:1', '::1'],
    ['fe80::0:1%eth0', 'fe80::1%eth0'],
    ['Redis-1.example', 'redis-1.EXAMPLE'],
  ])('%s is %s', (a, b) => {
    expect(sameAddress(at(a), at(b))).toBe(true);
  });

  it.each([
    ['fd00:97::11', 'fd00:97::12'],
    ['fe80::1%eth0', 'fe80::1%eth1'],
    ['fe80::1', 'fe80::1%eth1'],
    ['::ffff:10.0.0.1', '10.0.0.1'],
    [':::', '::'],
  ])('%s is not %s', (a, b) => {
    expect(sameAddress(at(a), at(b))).toBe(false);
  });

  it.each(['::1', '0:0:0:0:0:0:0:1', 'LOCALHOST', '127.0.0.9'])('%s is loopback', (ip) => {
    expect(isLoopback(ip)).toBe(true);
  });

  it.each(['::', '0:0::0', '0.0.0.0'])('%s is nowhere', (ip) => {
    expect(isNowhere(ip)).toBe(true);
  });

  it('is not the one with another port', () => {
    expect(sameAddress(at('::1'), at('::1', 6380))).toBe(false);
  });

  it('may be spelled in another way by a replica', () => {
    const base = new Base().info(REPLICAS[0], { master_host: 'fd00:9:0:0::1' });
    const visits = base.visits().map((visit) => onSix(visit) as Visit);
    const all = { masterName: 'mymaster', visits, hellos: [], onlyHere: () => true };
    const codes = diagnose(assemble(all)).map(({ code }) => code);
    expect(codes).toEqual(['no-write-guard']);
  });
});

/** The same with addresses of IPv6: 10.9.8.21 is fd00:9::21. */
function onSix(value: unknown): unknown {
  if (typeof value === 'string') return value.replace(/^10\.9\.8\.(\d+)$/, 'fd00:9::$1');
  if (value instanceof Map) return value;
  if (Array.isArray(value)) return value.map(onSix);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, each]) => [key, onSix(each)]));
}

describe('a replica behind a replica', () => {
  const fourth = '10.9.8.4:6379';
  const line = 'ip=10.9.8.4,port=6379,state=online,offset=1,lag=0';

  it('is named where no Sentinel knows it', () => {
    const base = new Base().info(REPLICAS[0], { slave0: line, connected_slaves: 1 });
    base.silent(fourth, 'connection refused');
    expect(base.codes()).toEqual(['replica-chained']);
    const chained = base.diagnoses().find(({ code }) => code === 'replica-chained');
    expect(chained).toMatchObject({ severity: 'warning', subject: `redis ${REPLICAS[0]}` });
    expect(chained?.saw).toContain(fourth);
  });

  it('has the data of the master, where it is known', () => {
    const third = 'ip=10.9.8.3,port=6379,state=online,offset=1,lag=0';
    const base = new Base()
      .info(MASTER, { slave0: line.replace('.4', '.2'), slave1: undefined, connected_slaves: 1 })
      .info(REPLICAS[0], { slave0: third, connected_slaves: 1 })
      .info(REPLICAS[1], { master_host: '10.9.8.2' });
    const astray = base.diagnoses().find(({ code }) => code === 'replica-wrong-master');
    expect(astray?.saw).toContain('has the data of the master by that way');
    expect(astray?.why).not.toContain('another master’s data');
  });

  it('has other data, where its history is another', () => {
    const base = new Base().info(REPLICAS[1], {
      ...{ master_host: '10.9.8.2', master_replid: 'e'.repeat(40) },
    });
    const astray = base.diagnoses().find(({ code }) => code === 'replica-wrong-master');
    expect(astray?.why).toContain('another master’s data');
  });
});

describe('who is eligible', () => {
  const priorities = (of: Base, priority: number) => {
    for (const replica of REPLICAS) {
      of.info(replica, { slave_priority: priority });
      of.seen(replica, { 'slave-priority': priority });
    }
    return of;
  };
  const downFor = (seconds: number) => {
    const base = new Base();
    for (const replica of REPLICAS) {
      base.info(replica, {
        ...{ master_link_status: 'down', master_link_down_since_seconds: seconds },
      });
    }
    return base;
  };

  it('is nobody of priority 0', () => {
    const [first] = priorities(new Base(), 0).diagnoses();
    expect(first).toMatchObject({ code: 'no-eligible-replica' });
    expect(first?.saw).toContain('priority 0');
  });

  it('is nobody of priority 0 when the master is dead, either: nothing will happen', () => {
    const dead = () => {
      const base = new Base();
      for (const replica of REPLICAS) base.info(replica, { master_link_status: 'down' });
      return base
        .silent(MASTER, 'connection refused')
        .seen(MASTER, { flags: 's_down,o_down,master', 's-down-time': 9000 });
    };
    const found = priorities(dead(), 0).diagnoses();
    const mine = found.find(({ code }) => code === 'no-eligible-replica');
    expect(mine?.saw).toContain('priority 0');
    expect(dead().codes()).not.toContain('no-eligible-replica');
  });

  it.each([
    [49, false],
    [51, true],
  ])('is somebody whose link is down for %s s of ten times down-after: %s', (seconds, isError) => {
    expect(downFor(seconds).codes().includes('no-eligible-replica')).toBe(isError);
  });

  it('is somebody whose link is down since the master is', () => {
    const base = downFor(60).seen(MASTER, { flags: 's_down,master', 's-down-time': 15_000 });
    for (const replica of REPLICAS) base.seen(replica, { 'info-refresh': 400 });
    expect(base.codes()).not.toContain('no-eligible-replica');
  });

  it.each([
    ['has no answer for five PING periods', { 'last-ok-ping-reply': 5100 }],
    ['is down for the Sentinels', { flags: 's_down,slave' }],
    ['has no connection', { flags: 'slave,disconnected' }],
    ['gave no INFO for three of its periods', { 'info-refresh': 30_500 }],
  ])('is nobody that %s', (_, changes) => {
    const base = new Base();
    for (const replica of REPLICAS) base.seen(replica, changes);
    expect(base.codes()).toContain('no-eligible-replica');
  });
});

describe('five Sentinels', () => {
  const more = ['10.9.8.24:26379', '10.9.8.25:26379'];
  const five = () => {
    const base = new Base();
    for (const [i, text] of more.entries()) {
      const id = String(i + 4).repeat(40);
      base.add(text, SENTINELS[0]).reply(text, 'myid', ok(id));
      base.info(text, { run_id: `${i + 7}`.repeat(40) });
    }
    const all = [...SENTINELS, ...more];
    const idOf = (text: string) => {
      const visit = base.visits().find(({ address }) => text.startsWith(`${address.ip}:`));
      return visit?.kind === 'sentinel' ? (visit.facts.myId ?? '') : '';
    };
    for (const text of all) {
      for (const other of all.filter((each) => each !== text)) {
        base.lists(text, 'peers', other, { runid: idOf(other) });
      }
      base.forgets(text, 'peers', text);
      base.monitored(text, { quorum: 3, 'num-other-sentinels': 4 });
      base.reply(
        text,
        'ckquorum',
        ok('OK 5 usable Sentinels. Quorum and failover authorization can be reached'),
      );
    }
    return { base, all };
  };

  it('are well', () => {
    expect(five().base.codes()).toEqual([]);
  });

  it.each([2, 3])('miss %s of them, each by itself', (count) => {
    const { base, all } = five();
    for (const dead of all.slice(-count)) {
      base.silent(dead, 'connection refused');
      for (const text of all.slice(0, 5 - count)) {
        base.lists(text, 'peers', dead, {
          ...{ flags: 's_down,sentinel,disconnected', 'last-ping-sent': 9000 },
          ...{ 'last-ok-ping-reply': 9000, 'last-hello-message': 9500 },
        });
      }
    }
    for (const text of all.slice(0, 5 - count)) {
      const left = 5 - count;
      const words =
        left < 3
          ? { ok: false as const, error: `NOQUORUM ${left} usable Sentinels. Not enough` }
          : ok(`OK ${left} usable Sentinels. Quorum and failover authorization can be reached`);
      base.reply(text, 'ckquorum', words);
    }
    const own = base.diagnoses().filter(({ followsFrom }) => !followsFrom);
    const errors = own.filter(({ severity }) => severity === 'error').map(({ code }) => code);
    const expected = Array.from({ length: count }, () => 'node-down');
    expect(errors.sort()).toEqual([...(count > 2 ? ['no-majority'] : []), ...expected].sort());
  });
});
