import { knowsSentinelDebug, knowsSentinelUsers, parseProgram } from '../../src/flow/image.js';

describe('parseProgram', () => {
  it.each<[string, string, object | undefined]>([
    [
      'Redis',
      'redis-server\nRedis server v=7.0.15 sha=00000000:0 malloc=jemalloc-5.3.0 bits=64\n',
      { server: 'redis-server', version: '7.0.15' },
    ],
    [
      'Valkey',
      'valkey-server\nValkey server v=8.1.1 sha=00000000:0\n',
      { server: 'valkey-server', version: '8.1.1' },
    ],
    [
      'a shell that warns first',
      'sh: warning\nredis-server\nRedis server v=6.0.16 sha=0\n',
      { server: 'redis-server', version: '6.0.16' },
    ],
    [
      'words behind the number',
      'redis-server\nRedis server v=7.0.15-foo sha=0\n',
      { server: 'redis-server', version: '7.0.15' },
    ],
    [
      'a candidate',
      'valkey-server\nValkey server v=9.0.0-rc1 sha=0\n',
      { server: 'valkey-server', version: '9.0.0' },
    ],
    [
      'an unstable build',
      'redis-server\nRedis server v=255.255.255 sha=4f8cdc2a:1\n',
      { server: 'redis-server', version: '255.255.255' },
    ],
    [
      'two numbers',
      'redis-server\nRedis server v=8.0 sha=0\n',
      { server: 'redis-server', version: '8.0.0' },
    ],
    [
      'a v before the number',
      'redis-server\nRedis server v=v7.2.4 sha=0\n',
      { server: 'redis-server', version: '7.2.4' },
    ],
    ['another program', 'nginx\nnginx v=1.2.3\n', undefined],
    ['no version', 'redis-server\ncannot execute\n', undefined],
    ['nothing', '', undefined],
  ])('reads %s', (_, output, expected) => {
    expect(parseProgram(output)).toEqual(expected);
  });
});

describe('knowsSentinelDebug', () => {
  it.each([
    ['6.0.16', false],
    ['6.2.14', false],
    ['7.0.0', true],
    ['8.1.1', true],
    ['10.0.0', true],
    ['unknown', false],
  ])('%s: %s', (version, knows) => {
    expect(knowsSentinelDebug(version)).toBe(knows);
  });
});

describe('knowsSentinelUsers', () => {
  it.each([
    ['5.0.14', false],
    ['6.0.16', false],
    ['6.1.240', false],
    ['6.2.0', true],
    ['6.10.1', true],
    ['7.0.15', true],
    ['7.2.0', true],
    ['8.1', true],
    ['8.0.0', true],
    ['10.0.0', true],
    ['unknown', false],
    ['', false],
  ])('%s: %s', (version, knows) => {
    expect(knowsSentinelUsers(version)).toBe(knows);
  });
});
