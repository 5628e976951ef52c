import fc from 'fast-check';
import { type Address, type Move, sameAddress } from '../../src/model/topology.js';
import { forgetNodes, monitorMaster, moveAddresses } from '../../src/plan/edit-conf.js';
import { readRedisConf, readSentinelConf } from '../../src/plan/kept.js';
import { chained, currentAddress } from '../../src/plan/relocate.js';
import { readFixture } from '../helpers/fixtures.js';
import { directivesOf } from '../helpers/redis-conf.js';
import { anId } from '../helpers/topology.js';

const CONFS = [
  'redis-6.0-redis',
  'redis-6.0-sentinel',
  'redis-7.0-demoted',
  'redis-7.0-promoted',
  'redis-7.0-sentinel',
  'redis-7.0-announce-tls-redis',
  'redis-7.0-announce-tls-sentinel',
].map((name) => [name, readFixture(`conf/${name}.conf`)] as const);

const NAMING = /^(replicaof|slaveof|sentinel monitor|sentinel known-\w+) /;
const at = (host: number, port = 6379): Address => ({ ip: `10.0.0.${host}`, port });

/** Every address that a conf names, whether of its own node or of another. */
function named(conf: string): string[] {
  return directivesOf(conf)
    .map((words) => words.join(' '))
    .filter((line) => NAMING.test(line))
    .flatMap((line) => /(\d+(?:\.\d+){3}) (\d+)/.exec(line)?.slice(1, 3).join(':') ?? []);
}

function addressesIn(conf: string): Address[] {
  return [...new Set(named(conf))].map((text) => {
    const [ip = '', port] = text.split(':');
    return { ip, port: Number(port) };
  });
}

/** All addresses of a conf, each to a new one. */
function movesOf(conf: string): Move[] {
  return addressesIn(conf).map((from, i) => ({ from, to: at(i + 1, 7000 + i) }));
}

describe.each(CONFS)('the addresses in %s', (_, conf) => {
  const moves = movesOf(conf);

  it('all become the new ones, and all else stays as it is', () => {
    const now = moveAddresses(conf, moves);
    expect(named(now)).toEqual(
      named(conf).map((text) => {
        const to = moves.find(({ from }) => `${from.ip}:${from.port}` === text)?.to;
        return `${to?.ip}:${to?.port}`;
      }),
    );
    const rest = (text: string) => text.split('\n').filter((line) => !NAMING.test(line));
    expect(rest(now)).toEqual(rest(conf));
  });

  it('move only once, however often it is done', () => {
    const once = moveAddresses(conf, moves);
    expect(moveAddresses(once, moves)).toBe(once);
  });

  it('stay byte for byte where none of them moves', () => {
    const others = [{ from: at(99), to: at(98) }];
    expect(moveAddresses(conf, others, others[0])).toBe(conf);
  });

  it('come to the same by two moves, one after the other, at once, or half done', () => {
    const further = moves.map(({ to }) => ({ from: to, to: { ...to, port: to.port + 1000 } }));
    const both = chained(moves, further);
    const end = moveAddresses(moveAddresses(conf, moves), further);
    expect(moveAddresses(conf, both)).toBe(end);
    expect(moveAddresses(moveAddresses(conf, moves), both)).toBe(end);
  });
});

describe('what a node says of itself', () => {
  const conf = readFixture('conf/redis-7.0-announce-tls-redis.conf');
  const sentinel = readFixture('conf/redis-7.0-announce-tls-sentinel.conf');
  const portIn = (text: string) => Number(/^tls-port (\d+)/m.exec(text)?.[1]);
  const valuesOf = (text: string) =>
    directivesOf(text)
      .map((words) => words.join(' '))
      .filter((line) => /^(tls-port|port|(replica-|sentinel )announce-(ip|port)) /.test(line))
      .sort();
  const ip = /announce-ip "?([\d.]+)/.exec(conf)?.[1] ?? '';

  it.each([
    ['a data node', conf, 'replica-announce'],
    ['a Sentinel', sentinel, 'sentinel announce'],
  ])('moves with it, quoted or not: %s', (_, text, announce) => {
    const own = { from: { ip, port: portIn(text) }, to: at(7, 7777) };
    const now = moveAddresses(text, [own], own);
    expect(valuesOf(now)).toEqual(
      ['port 0', `${announce}-ip 10.0.0.7`, `${announce}-port 7777`, 'tls-port 7777'].sort(),
    );
  });

  it('moves on from where an interrupted run has put it', () => {
    const first = { from: { ip, port: portIn(conf) }, to: at(7, 7777) };
    const then = { from: first.to, to: at(8, 8888) };
    const both = chained([first], [then]);
    const half = moveAddresses(conf, [first], first);
    expect(moveAddresses(half, both, both[0])).toBe(moveAddresses(conf, both, both[0]));
    expect(valuesOf(moveAddresses(half, both, both[0]))).toContain('tls-port 8888');
  });

  it('stays when only others move', () => {
    const moves = [{ from: { ip, port: portIn(conf) }, to: at(7, 7777) }];
    expect(valuesOf(moveAddresses(conf, moves))).toEqual(valuesOf(conf));
  });
});

it.each([
  ['sentinel monitor m 1.2.3.4 6379 2', 'sentinel monitor m 10.0.0.1 7001 2'],
  ['  ReplicaOf   "1.2.3.4"\t6379', 'ReplicaOf 10.0.0.1 7001'],
  ['slaveof 1.2.3.4 6379\r', 'slaveof 10.0.0.1 7001'],
  ['sentinel known-slave m 1.2.3.4 6379', 'sentinel known-slave m 10.0.0.1 7001'],
  ['# replicaof 1.2.3.4 6379', '# replicaof 1.2.3.4 6379'],
  ['replicaof 1.2.3.4 63790', 'replicaof 1.2.3.4 63790'],
  ['replicaof 11.2.3.4 6379', 'replicaof 11.2.3.4 6379'],
  ['replicaof no one', 'replicaof no one'],
  ['user app on >1.2.3.4 6379', 'user app on >1.2.3.4 6379'],
])('%j becomes %j', (line, expected) => {
  const from = { ip: '1.2.3.4', port: 6379 };
  expect(moveAddresses(line, [{ from, to: at(1, 7001) }])).toBe(expected);
});

describe('who is master, as a kept conf tells it', () => {
  const addresses = fc.uniqueArray(fc.integer({ min: 1, max: 250 }), { minLength: 2 });
  it('moves as the conf does', () => {
    fc.assert(
      fc.property(addresses, fc.nat(), (hosts, n) => {
        const moves = hosts.map((host) => ({
          from: at(host),
          to: { ip: `10.9.9.${host}`, port: 1 },
        }));
        const master = at(hosts[n % hosts.length] ?? 0);
        const redis = moveAddresses(`replicaof ${master.ip} ${master.port}\n`, moves);
        expect(readRedisConf(redis).replicaOf).toEqual(currentAddress(master, moves));
        const text = `sentinel monitor m ${master.ip} ${master.port} 2\n`;
        const kept = readSentinelConf(moveAddresses(text, moves), 'm');
        expect(kept?.master).toEqual(currentAddress(master, moves));
      }),
    );
  });
});

describe('forgetNodes', () => {
  const conf = readFixture('conf/redis-7.0-sentinel.conf');
  const [, monitored, replica] = [
    ...conf.matchAll(/sentinel (?:monitor|known-replica) \S+ (\S+)/g),
  ];
  const gone = { kind: 'redis' as const, address: { ip: replica?.[1] ?? '', port: 6379 } };

  it('takes out the lines of the nodes that left, and no other', () => {
    const left = conf
      .split('\n')
      .filter((line) => !line.includes(`known-replica mymaster ${gone.address.ip} `));
    expect(left).toHaveLength(conf.split('\n').length - 1);
    expect(forgetNodes(conf, [gone])).toBe(left.join('\n'));
  });

  it('knows a Sentinel by its id, whatever its address: one of that name may have had another', () => {
    const sentinelId = /known-sentinel .* (\w{40})$/m.exec(conf)?.[1] ?? '';
    const node = { kind: 'sentinel' as const, address: at(1), sentinelId };
    expect(forgetNodes(conf, [node])).not.toContain(sentinelId);
    expect(forgetNodes(conf, [{ ...node, sentinelId: anId(9) }])).toBe(conf);
  });

  it('does nothing more when it is done again, and keeps the master', () => {
    const once = forgetNodes(conf, [gone]);
    expect(forgetNodes(once, [gone])).toBe(once);
    expect(readSentinelConf(once, 'mymaster')).toEqual(readSentinelConf(conf, 'mymaster'));
    expect(monitored).toBeDefined();
  });

  it('takes no data node for a Sentinel at the same address', () => {
    const address = addressesIn(conf).find((each) => sameAddress(each, gone.address)) ?? at(1);
    expect(forgetNodes(conf, [{ kind: 'sentinel', address, sentinelId: anId(3) }])).toBe(conf);
  });
});

describe.each(CONFS.filter(([name]) => name.includes('sentinel')))(
  'another master in %s',
  (_, conf) => {
    const [master, ...replicas] = [at(1), at(2), at(3)] as const;
    const epochs = { config: 8, current: 9 };
    const now = monitorMaster(conf, { masterName: 'mymaster', master, replicas, epochs });

    it('is watched from these epochs on, with all others as its replicas', () => {
      expect(readSentinelConf(now, 'mymaster')).toEqual({
        ...{ master, configEpoch: 8, currentEpoch: 9 },
      });
      const known = directivesOf(now)
        .map((words) => words.join(' '))
        .filter((line) => /^sentinel known-(replica|slave) /.test(line));
      expect(known).toEqual(
        replicas.map(({ ip, port }) => `sentinel known-replica mymaster ${ip} ${port}`),
      );
    });

    it('changes nothing else, and nothing more when it is done twice', () => {
      const OWN = /^sentinel (monitor|known-(replica|slave)|config-epoch|current-epoch)\b/;
      const rest = (text: string) =>
        directivesOf(text)
          .map((words) => words.join(' '))
          .filter((line) => !OWN.test(line));
      expect(rest(now)).toEqual(rest(conf));
      expect(monitorMaster(now, { masterName: 'mymaster', master, replicas, epochs })).toBe(now);
    });
  },
);
