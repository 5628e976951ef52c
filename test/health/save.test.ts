import { databasesOf } from '../../src/health/databases.js';
import { infoFields } from '../../src/health/raw.js';
import { miscounts, parseSave } from '../../src/health/save.js';

const REPLICA = [
  'redis_version:7.0.15',
  'run_id:abc',
  'loading:0',
  'rdb_bgsave_in_progress:0',
  'rdb_changes_since_last_save:7',
  'rdb_last_save_time:1795377106',
  'rdb_last_bgsave_status:ok',
  'rdb_saves:2',
  'aof_rewrite_in_progress:0',
  'aof_rewrite_scheduled:0',
  'expired_keys:0',
  'role:slave',
  'master_link_status:up',
  'master_sync_in_progress:0',
  'slave_repl_offset:140',
  'master_replid:1234',
  'master_repl_offset:140',
  'db0:keys=4,expires=1,avg_ttl=0,subexpiry=1',
  'db11:keys=1,expires=0,avg_ttl=0',
  'db2:keys=2,expires=2,avg_ttl=5',
];
const parse = (...changes: string[]) => {
  const names = changes.map((each) => each.split(':')[0]);
  const rest = REPLICA.filter((line) => !names.includes(line.split(':')[0]));
  return parseSave([...rest, ...changes].join('\r\n'));
};

describe('what a node says of its saving', () => {
  it('is read from INFO', () => {
    expect(parse()).toMatchObject({
      role: 'slave',
      replicationId: '1234',
      offset: 140,
      inSync: true,
      busy: false,
      saving: false,
      lastSaveAt: 1795377106,
      saves: 2,
      lastSaveOk: true,
      databases: [
        { db: 0, keys: 4, volatile: 2 },
        { db: 2, keys: 2, volatile: 2 },
        { db: 11, keys: 1, volatile: 0 },
      ],
    });
  });

  it.each([
    'rdb_bgsave_in_progress:1',
    'aof_rewrite_in_progress:1',
    'aof_rewrite_scheduled:1',
    'module_fork_in_progress:1',
  ])('is busy with %s', (line) => {
    expect(parse(line).busy).toBe(true);
  });

  it.each(['master_link_status:down', 'master_sync_in_progress:1', 'loading:1'])(
    'is not in sync with %s',
    (line) => {
      expect(parse(line).inSync).toBe(false);
    },
  );

  it('counts a master as in sync with itself, at the offset that it has produced', () => {
    const master = parse('role:master', 'master_link_status:down', 'master_repl_offset:99');
    expect(master).toMatchObject({ inSync: true, offset: 99 });
  });

  it.each([
    'slave_repl_offset:141',
    'rdb_changes_since_last_save:8',
    'expired_keys:1',
    'master_replid:5678',
    'run_id:other',
    'db2:keys=3,expires=2,avg_ttl=5',
  ])('is another state of the data after %s', (line) => {
    expect(parse(line).state).not.toBe(parse().state);
  });

  it('is the same state while only time passes', () => {
    const later = parse('db2:keys=2,expires=2,avg_ttl=1', 'rdb_bgsave_in_progress:1');
    expect(later.state).toBe(parse().state);
  });

  it('has no databases where there are no keys', () => {
    expect(databasesOf(infoFields('# Keyspace\r\n'))).toEqual([]);
  });
});

describe('the keys that were saved, and those that were found', () => {
  const saved = [
    { db: 0, keys: 10, volatile: 3 },
    { db: 2, keys: 1, volatile: 0 },
  ];
  const found = (...counts: [number, number][]) =>
    miscounts(
      saved,
      counts.map(([db, keys]) => ({ db, keys, volatile: 0 })),
    );

  it.each([7, 8, 10])('agree when at most what had a time to live is gone: %i of 10', (keys) => {
    expect(found([0, keys], [2, 1])).toEqual([]);
  });

  it('do not agree when others are gone, or more have come', () => {
    expect(found([0, 6], [2, 2])).toEqual([
      { db: 0, found: 6, least: 7, most: 10 },
      { db: 2, found: 2, least: 1, most: 1 },
    ]);
  });

  it('do not agree when a database is empty, or another one is not', () => {
    expect(found([0, 10], [5, 1])).toEqual([
      { db: 2, found: 0, least: 1, most: 1 },
      { db: 5, found: 1, least: 0, most: 0 },
    ]);
  });
});
