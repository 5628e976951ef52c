import { seedName } from '../../src/plan/seed.js';

describe('the file in which a new node looks for its data', () => {
  it.each([
    ['appendonly yes\n', 'appendonly.aof'],
    ['appendonly no\nAppendOnly "yes"\n', 'appendonly.aof'],
    ['appendonly yes\nappendfilename "mine.aof"\n', 'mine.aof'],
    ['port 1\n', 'dump.rdb'],
    ['appendonly yes\nappendonly no\ndbfilename other.rdb', 'other.rdb'],
    ['# appendonly yes\n', 'dump.rdb'],
  ])('is named by its conf: %j', (conf, name) => {
    expect(seedName(conf)).toBe(name);
  });

  it.each([['../x'], ['a/b'], ['"a b"'], ['-x'], ['..']])('is a plain one, not %s', (name) => {
    expect(() => seedName(`appendonly yes\nappendfilename ${name}\n`)).toThrow('data file');
  });
});
