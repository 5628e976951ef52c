import { isAppendOnlyPart, isServerFile, serverFiles } from '../../src/plan/server-files.js';

const USUAL = serverFiles();

describe('what a server writes into its data directory', () => {
  it.each([
    ...['dump.rdb', 'appendonly.aof', 'temp-17.rdb', 'temp-1764526000.17.rdb'],
    ...['temp-rewriteaof-17.aof', 'temp-rewriteaof-bg-17.aof', 'dump.rdb.0a1b2c3d.tmp'],
    'appendonly.aof.0a1b2c3d.tmp',
  ])('is %s', (name) => {
    expect(isServerFile(name, USUAL)).toBe(true);
  });

  it.each([
    ...['notes.txt', 'dump.rdb.bak', 'my-dump.rdb', 'temp-notes.txt', 'temp-.rdb', 'redis.log'],
    ...['appendonly.aof.old', 'dump.rdb.tmp', '.hidden', '', 'appendonlydir'],
  ])('is not %s', (name) => {
    expect(isServerFile(name, USUAL)).toBe(false);
  });

  it('is what its conf names, and what it had before', () => {
    const files = serverFiles('dbfilename mine.rdb\nappendfilename "log.aof"\nlogfile redis.log\n');
    for (const name of ['mine.rdb', 'dump.rdb', 'log.aof', 'redis.log'])
      expect(isServerFile(name, files)).toBe(true);
    expect(serverFiles('appenddirname parts').directories).toEqual(['appendonlydir', 'parts']);
  });

  it('is never elsewhere, whatever a conf says', () => {
    for (const name of ['..', '.', '/etc', '../x', '""'])
      expect(serverFiles(`appenddirname ${name}`).directories).toEqual(['appendonlydir']);
  });
});

describe('a part of the append-only file', () => {
  it.each([
    ...['appendonly.aof.1.base.rdb', 'appendonly.aof.12.base.aof', 'appendonly.aof.3.incr.aof'],
    ...['appendonly.aof.manifest', 'temp-appendonly.aof.manifest', 'temp-appendonly.aof.incr'],
    ...['appendonly.aof', 'temp-rewriteaof-bg-3.aof'],
  ])('is %s', (name) => {
    expect(isAppendOnlyPart(name, USUAL)).toBe(true);
  });

  it.each(['notes', 'appendonly.aof.manifest.bak', 'appendonly.aof.1.base.rdb.gz', 'dump.rdb'])(
    'is not %s',
    (name) => {
      expect(isAppendOnlyPart(name, USUAL)).toBe(false);
    },
  );

  it('has the name that the conf gives it', () => {
    const files = serverFiles('appendfilename log.aof');
    expect(isAppendOnlyPart('log.aof.1.incr.aof', files)).toBe(true);
  });
});
