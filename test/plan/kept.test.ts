import { followMaster, keptMasters, readRedisConf, readSentinelConf } from '../../src/plan/kept.js';
import { readFixture } from '../helpers/fixtures.js';

const conf = (name: string) => readFixture(`conf/redis-7.0-${name}.conf`);
const address = (host: number) => ({ ip: `172.30.5.${host}`, port: 6379 });

describe('readRedisConf', () => {
  it.each([
    ['a master that was never rewritten', 'old-master', {}],
    ['a replica that was promoted', 'promoted', {}],
    [
      'a master that was turned into a replica',
      'demoted',
      { replicaOf: { ip: '172.29.187.12', port: 6379 } },
    ],
  ])('reads the conf that Redis wrote for %s', (_, name, expected) => {
    expect(readRedisConf(conf(name))).toEqual(expected);
  });

  it.each<[string, string, object]>([
    ['the old word', 'slaveof 1.2.3.4 6379\n', { replicaOf: { ip: '1.2.3.4', port: 6379 } }],
    [
      'capitals and spaces',
      '  ReplicaOf\t1.2.3.4   7000 \n',
      { replicaOf: { ip: '1.2.3.4', port: 7000 } },
    ],
    [
      'a Windows line end',
      'replicaof 1.2.3.4 6379\r\n',
      { replicaOf: { ip: '1.2.3.4', port: 6379 } },
    ],
    ['a comment', '# replicaof 1.2.3.4 6379\n', {}],
    ['no one', 'replicaof no one\n', {}],
    [
      'the last of several',
      'replicaof 1.2.3.4 1\nreplicaof 5.6.7.8 2\n',
      { replicaOf: { ip: '5.6.7.8', port: 2 } },
    ],
    ['a last one that takes it back', 'replicaof 1.2.3.4 1\nreplicaof no one\n', {}],
    ['a similar directive', 'replica-read-only yes\n', {}],
    ['nothing', '', {}],
  ])('reads %s', (_, text, expected) => {
    expect(readRedisConf(text)).toEqual(expected);
  });
});

describe('readSentinelConf', () => {
  it('reads the conf that Sentinel wrote after a failover', () => {
    expect(readSentinelConf(conf('sentinel'), 'mymaster')).toEqual({
      master: { ip: '172.29.187.12', port: 6379 },
      configEpoch: 1,
      currentEpoch: 1,
    });
  });

  it('has epoch 0 before the first failover', () => {
    expect(readSentinelConf('sentinel monitor m 1.2.3.4 6379 2\n', 'm')).toEqual({
      master: { ip: '1.2.3.4', port: 6379 },
      configEpoch: 0,
      currentEpoch: 0,
    });
  });

  it('does not mind the order of the lines', () => {
    const text = 'sentinel config-epoch m 7\nsentinel monitor m 1.2.3.4 6379 2\n';
    expect(readSentinelConf(text, 'm')?.configEpoch).toBe(7);
  });

  it('reads the asked master among several', () => {
    const text =
      'sentinel monitor a 1.1.1.1 1 2\nsentinel config-epoch a 9\nsentinel monitor b 2.2.2.2 2 2\n';
    expect(readSentinelConf(text, 'b')).toEqual({
      master: { ip: '2.2.2.2', port: 2 },
      configEpoch: 0,
      currentEpoch: 0,
    });
  });

  it('takes neither leader-epoch nor current-epoch for the configuration epoch', () => {
    const text =
      'sentinel monitor m 1.2.3.4 1 2\nsentinel leader-epoch m 8\nsentinel current-epoch 9\n';
    expect(readSentinelConf(text, 'm')?.configEpoch).toBe(0);
  });

  it.each([
    ['another master', 'sentinel monitor other 1.2.3.4 6379 2\n'],
    ['no monitor line', 'sentinel config-epoch m 3\n'],
    ['nothing', ''],
  ])('knows no master from a conf with %s', (_, text) => {
    expect(readSentinelConf(text, 'm')).toBeUndefined();
  });
});

describe('followMaster', () => {
  const CONFS = ['old-master', 'promoted', 'demoted'].map((name): [string] => [name]);

  it.each(CONFS)('points the %s at the master, as it will be read', (name) => {
    expect(readRedisConf(followMaster(conf(name), address(12)))).toEqual({
      replicaOf: address(12),
    });
  });

  it.each(CONFS)('changes nothing at the second time: %s', (name) => {
    const once = followMaster(conf(name), address(12));
    expect(followMaster(once, address(12))).toBe(once);
  });

  it.each(CONFS)('keeps every other line of the %s', (name) => {
    const others = (text: string) =>
      text
        .trimEnd()
        .split('\n')
        .filter((line) => !/^replicaof/.test(line));
    expect(others(followMaster(conf(name), address(12)))).toEqual(others(conf(name)));
  });

  it('leaves a single line of it, whatever there was', () => {
    const text = 'slaveof 1.1.1.1 1\nport 1\nREPLICAOF 2.2.2.2 2\n';
    expect(followMaster(text, address(12))).toBe('port 1\nreplicaof 172.30.5.12 6379\n');
  });

  it('ends the last line first when it had no end', () => {
    expect(followMaster('port 1', address(12))).toBe('port 1\nreplicaof 172.30.5.12 6379\n');
  });

  it('leaves comments about it alone', () => {
    expect(followMaster('# replicaof is rewritten\n', address(12))).toContain(
      '# replicaof is rewritten\n',
    );
  });
});

describe('keptMasters', () => {
  const follows = (host: number, master?: number) => ({
    address: address(host),
    kept: master === undefined ? {} : { replicaOf: address(master) },
  });
  const knows = (host: number, configEpoch: number) => ({
    master: address(host),
    configEpoch,
    currentEpoch: configEpoch,
  });

  it.each([
    ['first', [knows(13, 3), knows(11, 0), knows(12, 2)]],
    ['last', [knows(11, 0), knows(12, 2), knows(13, 3)]],
    ['alone', [knows(13, 3)]],
  ])('is that of the Sentinel with the latest epoch, when it comes %s', (_, sentinels) => {
    expect(keptMasters(sentinels, [follows(11), follows(13, 11)], sentinels.length)).toEqual([
      address(13),
    ]);
  });

  it('does not change the list of Sentinels', () => {
    const sentinels = [knows(11, 0), knows(12, 2)];
    keptMasters(sentinels, [], 2);
    expect(sentinels).toEqual([knows(11, 0), knows(12, 2)]);
  });

  it('is the only data node that follows nobody, without any Sentinel', () => {
    const redis = [follows(11, 12), follows(12), follows(13, 12)];
    expect(keptMasters([], redis, 3)).toEqual([address(12)]);
  });

  const bare = (host: number) => ({ address: address(host), kept: undefined });
  it.each([
    ['two follow nobody', [follows(11), follows(12), follows(13, 12)], [11, 12]],
    ['one has no conf', [bare(11), follows(12), follows(13, 12)], [11, 12]],
    ['all follow someone', [follows(11, 12), follows(12, 11)], [11, 12]],
    ['nothing is left', [bare(11), bare(12)], [11, 12]],
  ])('may be several without Sentinels when %s', (_, redis, expected) => {
    expect(keptMasters([], redis, 3)).toEqual(expected.map(address));
  });

  const demoted = [follows(11, 12), follows(12), follows(13, 12)];
  const killed = [follows(11), follows(12), follows(13, 12)];
  const justPromoted = [follows(11), follows(12), follows(13, 11)];
  it.each([
    ['one of three slept, and its master follows another', [knows(11, 0)], demoted, [11, 12]],
    ['one of three slept, and others follow another', [knows(11, 0)], killed, [11, 12]],
    [
      'its master follows another, and all follow someone',
      [knows(11, 0)],
      [follows(11, 12), follows(12, 11)],
      [11, 12],
    ],
    ['one is left and knows of the failover', [knows(12, 1)], killed, [12]],
    ['one is left, and nobody follows its new master yet', [knows(12, 1)], justPromoted, [11, 12]],
    ['most are left', [knows(11, 0), knows(11, 0)], demoted, [11]],
    [
      'most are left, and nobody follows its new master yet',
      [knows(12, 1), knows(11, 0)],
      justPromoted,
      [12],
    ],
    [
      'its master has no conf, and is followed',
      [knows(11, 0)],
      [bare(11), follows(12, 11), follows(13)],
      [11],
    ],
    ['its master follows a stranger', [knows(11, 0)], [follows(11, 99), follows(12, 11)], [11]],
  ])('is compared with the confs of the data nodes when %s', (_, sentinels, redis, expected) => {
    const masters = keptMasters(sentinels, redis, 3).map(({ ip }) => Number(ip.split('.')[3]));
    expect(masters.toSorted((a, b) => a - b)).toEqual(expected);
  });
});
