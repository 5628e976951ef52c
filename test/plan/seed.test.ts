import { requireReadable, seedName } from '../../src/plan/seed.js';

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

describe('an image for a backup', () => {
  const nature = { server: 'redis-server', version: '7.0.15', format: 'REDIS0010', tls: true };
  const backup = (format: string) => ({
    dump: { bytes: 1, sha256: '', format },
    server: { product: 'redis' as const, version: '7.4.0' },
  });

  it('may hold what reads its dump', () => {
    expect(() => requireReadable('some/image', nature, backup('REDIS0010'))).not.toThrow();
  });

  it.each(['REDIS0012', 'REDISabcd'])(
    'is refused for a dump that it does not read: %s',
    (format) => {
      expect(() => requireReadable('some/image', nature, backup(format))).toThrow(
        `some/image holds redis-server 7.0.15, which cannot read the dump: it was written by redis 7.4.0 as ${format}.`,
      );
    },
  );
});
