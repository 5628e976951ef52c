import { loadFailureIn } from '../../src/health/load-failure.js';

const START = '1:C 30 Nov 2026 14:00:00.000 # oO0OoO0OoO0Oo Redis is starting oO0OoO0OoO0Oo';
const log = (...lines: readonly string[]) => [START, ...lines].join('\n');

describe('a log of a server that could not load its data', () => {
  it.each([
    [
      '7.0, a file of the append-only file',
      '# Bad file format reading the append only file appendonly.aof.1.incr.aof: make a backup of your AOF file, then use ./redis-check-aof --fix <filename.manifest>',
      { why: 'damaged', file: 'appendonly.aof.1.incr.aof' },
    ],
    [
      '6.0, which names none',
      '# Bad file format reading the append only file: make a backup of your AOF file, then use ./redis-check-aof --fix <filename>',
      { why: 'damaged', file: 'the append-only file' },
    ],
    [
      'cut off, where that is not put up with',
      '# Unexpected end of file reading the append only file appendonly.aof.2.incr.aof. You can: 1) Make a backup of your AOF file',
      { why: 'damaged', file: 'appendonly.aof.2.incr.aof' },
    ],
    [
      'a command that no server knows',
      "# Unknown command 'XSETT' reading the append only file appendonly.aof.1.incr.aof",
      { why: 'damaged', file: 'appendonly.aof.1.incr.aof' },
    ],
    [
      'a part that is gone',
      "# The AOF file appendonly.aof.1.base.rdb doesn't exist",
      { why: 'gone', file: 'appendonly.aof.1.base.rdb' },
    ],
    [
      'the manifest',
      '# \n*** FATAL AOF MANIFEST FILE ERROR ***\n# Reading the manifest file, at line 1\n# Invalid AOF manifest file format',
      { why: 'damaged', file: 'the manifest of the append-only file' },
    ],
    [
      'the base',
      '# Error reading the RDB preamble of the AOF file appendonly.aof.1.base.rdb, AOF loading aborted',
      { why: 'damaged', file: 'appendonly.aof.1.base.rdb' },
    ],
    [
      'a dump',
      '# Wrong signature trying to load DB from file',
      { why: 'damaged', file: 'the dump' },
    ],
  ])('names the file: %s', (_, line, failure) => {
    expect(loadFailureIn(log(line))).toEqual(failure);
  });

  it.each([
    ['of another cause', log("# Can't open the log file: Permission denied")],
    [
      'of a dump that a newer server wrote',
      log(
        "# Can't handle RDB format version 12",
        '# Fatal error loading the DB: Invalid argument. Exiting.',
      ),
    ],
    [
      'of an earlier start',
      `${log('# Wrong signature trying to load DB from file')}\n${log('* Ready to accept connections')}`,
    ],
    ['of nothing', ''],
  ])('says nothing %s', (_, text) => expect(loadFailureIn(text)).toBeUndefined());
});
