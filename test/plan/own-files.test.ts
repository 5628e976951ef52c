import { type Entry, isLeftNode, ownIn, ownInMade, whyNotTaken } from '../../src/plan/own-files.js';
import { aRecord } from '../helpers/topology.js';

const file = (name: string): Entry => ({ name, kind: 'file' });
const dir = (name: string, inside: readonly Entry[] = []): Entry => ({
  ...{ name, kind: 'directory', inside },
});
const DRAFT = file('topology.json.0a1b2c3d.tmp');
const paths = (removals: ReturnType<typeof ownIn>) =>
  removals.map(({ way, how }) => `${how} ${way.join('/')}`);

describe('the place of a new topology', () => {
  it.each<[string, Parameters<typeof whyNotTaken>[0]]>([
    ['nothing is there', { kind: 'nothing' }],
    ['nothing is in it', { kind: 'directory', entries: [] }],
    ['a record was not written to its end', { kind: 'directory', entries: [DRAFT] }],
  ])('is taken when %s', (_, place) => {
    expect(whyNotTaken(place)).toBeUndefined();
  });

  it.each<[string, Parameters<typeof whyNotTaken>[0], string]>([
    ['a file of somebody', { kind: 'directory', entries: [file('a.c')] }, 'a.c'],
    ['a draft of somebody', { kind: 'directory', entries: [file('thesis.tmp')] }, 'thesis.tmp'],
    [
      'files of rsent that have lost their record',
      { kind: 'directory', entries: [dir('redis-1', [dir('conf'), dir('data')])] },
      'redis-1',
    ],
    ['a link', { kind: 'link', to: '/mnt/other' }, '/mnt/other'],
    ['a file', { kind: 'other' }, 'not a directory'],
  ])('is refused for %s, and it is named', (_, place, named) => {
    expect(whyNotTaken(place)).toContain(named);
  });
});

describe('what is rsent’s own in the directory of a topology', () => {
  const record = aRecord({ replicas: 0, sentinels: 1 });
  const whole = [
    dir('redis-1', [dir('conf', [file('redis.conf'), file('tls.key')]), dir('data')]),
    dir('sentinel-1', [dir('conf', [file('sentinel.conf'), file('sentinel.conf.aB3xYz')])]),
    ...[
      'at-rest.json',
      'ca.crt',
      'ca.key',
      'in-sync.json',
      'password',
      'password.rsent',
      'secrets.next',
      'topology.json',
    ].map(file),
  ];

  it('is all that it has made, its record last', () => {
    expect(paths(ownIn(whole, record))).toEqual([
      'data redis-1/data',
      'file redis-1/conf/redis.conf',
      'file redis-1/conf/tls.key',
      'empty redis-1/conf',
      'empty redis-1',
      'file sentinel-1/conf/sentinel.conf',
      'file sentinel-1/conf/sentinel.conf.aB3xYz',
      'empty sentinel-1/conf',
      'empty sentinel-1',
      'file at-rest.json',
      'file ca.crt',
      'file ca.key',
      'file in-sync.json',
      'file password',
      'file password.rsent',
      'file secrets.next',
      'file topology.json',
      'empty ',
    ]);
  });

  it('is data that was set aside, too', () => {
    const aside = dir('redis-1', [
      dir('data'),
      dir('data.broken-20261130T150102'),
      dir('data.old'),
    ]);
    expect(paths(ownIn([aside], record))).toEqual([
      ...[
        'data redis-1/data',
        'data redis-1/data.broken-20261130T150102',
        'empty redis-1',
        'empty ',
      ],
    ]);
  });

  it.each<[string, Entry]>([
    ['a directory', dir('src', [file('a.c')])],
    ['a directory that looks like a node of another name', dir('mine', [dir('conf'), dir('data')])],
    ['a directory with the usual name of a node', dir('redis-9', [dir('conf'), file('notes')])],
    ['an empty one', dir('redis-9')],
    ['a file with the name of a node', file('redis-1')],
    ['a link with the name of a node', { name: 'redis-1', kind: 'link' }],
    ['a link with the name of a secret', { name: 'password', kind: 'link' }],
    ['a directory with the name of a secret', dir('password', [file('x')])],
    ['a file', file('password.txt.bak')],
  ])('is never %s of somebody else', (_, entry) => {
    const removals = ownIn([entry], record).filter(({ how }) => how !== 'empty');
    expect(removals).toEqual([]);
  });

  it.each<[string, Entry]>([
    ['a file beside its parts', file('notes.txt')],
    ['a link in the place of its data', { name: 'data', kind: 'link' }],
    ['a link in the place of its conf', { name: 'conf', kind: 'link' }],
    ['a directory in its conf', dir('conf', [dir('old', [file('redis.conf')])])],
    ['a copy of its conf', dir('conf', [file('redis.conf.backup'), file('redis.conf.orig')])],
    ...['Backup', 'BACKUP', 'backup', '202611', 'Nov30a', 'MyCopy', '2026Q4', 'old123'].map(
      (word): [string, Entry] => [
        `a copy named .${word}`,
        dir('conf', [file(`redis.conf.${word}`)]),
      ],
    ),
  ])('is not, in the directory of a node, %s', (_, entry) => {
    const removals = ownIn([dir('redis-1', [entry])], record).filter(({ how }) => how !== 'empty');
    expect(removals).toEqual([]);
  });

  it('is the directory of a node that has left', () => {
    const left = dir('redis-3', [
      dir('conf', [file('redis.conf')]),
      { name: 'data', kind: 'directory' },
    ]);
    expect(isLeftNode(left)).toBe(true);
    expect(paths(ownIn([left], record))).toContain('data redis-3/data');
  });

  it('is known by the usual names where the record cannot be understood', () => {
    expect(paths(ownIn(whole, undefined))).toEqual(paths(ownIn(whole, record)));
    expect(paths(ownIn([dir('mine', [dir('data')])], undefined))).toEqual(['empty ']);
  });
});

describe('what is its own in a directory that a run has made', () => {
  it('is what its server has put there, and no more', () => {
    expect(paths(ownInMade(['redis-1', 'data'], []))).toEqual(['data redis-1/data']);
    expect(paths(ownInMade(['data', 'conf'], [file('redis.conf'), file('x')]))).toEqual([
      'file data/conf/redis.conf',
      'empty data/conf',
    ]);
    for (const way of [[], ['redis-1'], ['data']])
      expect(ownInMade(way, [file('a')])).toEqual([{ way, how: 'empty' }]);
  });
});
