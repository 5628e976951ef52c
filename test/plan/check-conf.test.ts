import { lackOf } from '../../src/plan/check-conf.js';

const SENTINEL =
  'port 26379\ndir "/data"\nsentinel myid abc\nsentinel monitor mymaster 10.0.0.1 6379 2\n';

describe('lackOf', () => {
  it.each([
    ['a conf of a data node', 'port 6379\ndir /data\n'],
    ['words that Redis has quoted', '"port" 6379\ndir "/data"\r\n'],
    ['capitals and spaces', '  PORT 6379\n\tDir /data'],
    ['TLS only', 'port 0\ntls-port 6379\ndir /data\n'],
    ['a conf that was saved without a data directory', 'port 6379\nappendonly yes\n'],
  ])('finds nothing missing in %s', (_, text) => {
    expect(lackOf(text, 'redis', 'mymaster')).toBeUndefined();
  });

  it.each(['', '\n', '  \r\n \n'])('knows an empty conf: %j', (text) => {
    expect(lackOf(text, 'redis', 'mymaster')).toBe('it is empty');
  });

  it.each([
    ['port 6379\n', 'it has no line `dir`'],
    ['# port 6379\n# dir /data\n', 'it has no line `port` and no line `dir`'],
    ['ports 6379\ndirs /data\n', 'it has no line `port` and no line `dir`'],
  ])('names every line that is missing in %j', (text, why) => {
    expect(lackOf(text, 'redis', 'mymaster')).toBe(why);
  });

  it('wants a Sentinel to watch the master of this name', () => {
    expect(lackOf(SENTINEL, 'sentinel', 'mymaster')).toBeUndefined();
    expect(lackOf(SENTINEL, 'sentinel', 'MyMaster')).toBe(
      'it has no line `sentinel monitor MyMaster`',
    );
    const none = SENTINEL.replace('monitor', 'known-replica');
    expect(lackOf(none, 'sentinel', 'mymaster')).toBe('it has no line `sentinel monitor mymaster`');
  });
});
