import type { HomeEntry } from '../../src/model/prune.js';
import { decidePrune } from '../../src/plan/prune.js';
import type { PruneFacts } from '../../src/plan/prune-facts.js';
import {
  containerWith,
  entryOf,
  FOUND,
  nodeOf,
  OWN,
  pruneFacts,
  recordsAt,
} from '../helpers/prune.js';
import { aRecord } from '../helpers/topology.js';

const records = recordsAt({ [OWN]: FOUND });
const decide = (entries: readonly HomeEntry[], changes: Partial<PruneFacts> = {}) => {
  const facts = pruneFacts({ directories: [{ topology: 'lab', entries }], ...changes });
  const { found, kept } = decidePrune(facts, true);
  return { found: found.map(({ name }) => name), kept };
};
const node = (name: string) => ({ ...entryOf(name, 'conf', 'data'), signed: true as const });
const KEPT_FILES = [
  ...['topology.json', 'password', 'password.rsent', 'password.sentinel', 'password.replication'],
  ...['ca.crt', 'ca.key', 'tls.crt', 'tls.key', 'password.0123abcd.tmp', 'secrets.next'],
].map((name) => ({ name }));

describe('directories of a topology with a record', () => {
  it('are kept as far as the record names them, with the files beside them', () => {
    const entries = [node('redis-1'), node('redis-2'), node('sentinel-3'), ...KEPT_FILES];
    expect(decide(entries, { records })).toEqual({ found: [], kept: [] });
  });

  it.each([
    ['a node that left', node('redis-9')],
    ['a node that left, of a template of the user’s', entryOf('redis-9', 'conf', 'data')],
    ['a node with a name of the user’s that left', node('cache')],
  ])('are orphaned: %s', (_, entry) => {
    expect(decide([node('redis-1'), entry], { records }).found).toEqual([`${OWN}/${entry.name}`]);
  });

  it.each([
    ['of the user', entryOf('backups', 'monday.rdb')],
    ['with more in it than a node has', entryOf('cache', 'conf', 'data', 'thesis.tex')],
    ['that is empty', entryOf('notes')],
    ['that is empty, with the name of a node', entryOf('sentinel-7')],
    ['that begins like a node', entryOf('redis-1.before-8.0', 'conf')],
    [
      'that looks like a node, with a name and a conf of the user’s',
      entryOf('cache', 'conf', 'data'),
    ],
    ['with the name of a node, and more in it', entryOf('redis-9', 'conf', 'dump.rdb')],
    ['with data only, and a name of the user’s', entryOf('cache', 'data')],
    ['with a name that only begins like another one’s', entryOf('redis-1000', 'x')],
  ])('are kept, and that is said: one %s', (_, entry) => {
    const { found, kept } = decide([entry], { records });
    expect(found).toEqual([]);
    expect(kept).toEqual([
      expect.objectContaining({ kind: 'directory', name: `${OWN}/${entry.name}` }),
    ]);
  });

  it('are not files, whatever these are called', () => {
    expect(decide([{ name: 'redis-9' }, { name: 'aside-1' }], { records })).toEqual({
      ...{ found: [], kept: [] },
    });
  });

  it('go by the folder that the record names, too', () => {
    const { placement, ...rest } = aRecord();
    const nodes = placement.nodes.map((each) => ({ ...each, folder: `of-${each.name}` }));
    const named = recordsAt({
      [OWN]: { kind: 'record', record: { ...rest, placement: { ...placement, nodes } } },
    });
    expect(decide([node('of-redis-1')], { records: named }).found).toEqual([]);
  });
});

describe('a directory without a record', () => {
  it.each<[string, HomeEntry[]]>([
    ['nodes', [node('redis-1'), node('sentinel-1')]],
    ['nodes and what is kept beside them', [node('redis-1'), ...KEPT_FILES]],
    ['nodes of which one has lost its conf', [node('redis-1'), entryOf('redis-2', 'data')]],
    ['nodes with names of the user’s', [node('cache')]],
  ])('is orphaned whole with nothing in it but %s', (_, entries) => {
    expect(decide(entries).found).toEqual([OWN]);
  });

  it.each<[string, HomeEntry[]]>([
    ['a file of the user beside a node', [node('redis-1'), { name: 'notes.txt' }]],
    ['a directory of the user beside a node', [node('redis-1'), entryOf('backups', 'x')]],
    ['more in a node than conf and data', [entryOf('redis-1', 'conf', 'data', 'mine')]],
    ['no conf at all', [entryOf('redis-1', 'data')]],
    ['no conf that rsent wrote', [entryOf('redis-1', 'conf', 'data')]],
    ['passwords only', [{ name: 'password' }]],
  ])('is kept, and that is said: with %s', (_, entries) => {
    const { found, kept } = decide(entries);
    expect(found).toEqual([]);
    expect(kept).toHaveLength(1);
  });

  it.each<[string, HomeEntry[]]>([
    ['is empty', []],
    ['has nothing of rsent in it', [{ name: 'package.json' }, entryOf('src', 'index.ts')]],
    ['has a directory conf, but none of a node', [entryOf('conf', 'nginx.conf')]],
  ])('is not worth a word when it %s', (_, entries) => {
    expect(decide(entries)).toEqual({ found: [], kept: [] });
  });
});

describe('directories that somebody unseen may use', () => {
  const entries = [node('redis-1')];

  it('are kept while the engine is on another machine', () => {
    const { found, kept } = decide(entries, { local: false, only: 'lab' });
    expect(found).toEqual([]);
    expect(kept[0]?.why).toContain('on another machine');
  });

  it('are kept while a container says that it is of the topology, with half of its labels', () => {
    const half = containerWith({ 'rsent.schema': '1', 'rsent.topology': 'lab' }, { name: 'half' });
    const { found, kept } = decide(entries, { containers: [half] });
    expect(found).toEqual([]);
    expect(kept[0]?.why).toContain('half');
  });

  it.each(['busy', 'unclear', 'unreadable'] as const)('are kept: the record is %s', (kind) => {
    const { found, kept } = decide(entries, { records: recordsAt({ [OWN]: { kind } }) });
    expect(found).toEqual([]);
    expect(kept).toHaveLength(1);
  });
});

it('removes the directory of a node that left together with its container', () => {
  const containers = [nodeOf('redis-9')];
  const { found } = decide([node('redis-9')], { containers, records });
  expect(found).toEqual(['lab-redis-9', `${OWN}/redis-9`]);
});
