import { posix } from 'node:path';
import fc from 'fast-check';
import { insideOf, tlsFiles } from '../../src/model/inside.js';
import { volumeName } from '../../src/plan/ownership.js';
import {
  foreignVolumes,
  helperContainer,
  helperPath,
  inVolume,
  nodesWithVolume,
  volumeLabels,
  volumesFrom,
} from '../../src/plan/volumes.js';
import { hostileText } from '../helpers/hostile.js';
import { aRecordInVolumes, nodeNamed } from '../helpers/topology.js';

const record = aRecordInVolumes();
const { nodes } = record.placement;
const HOME = '/home/me/lab';
const [ME, YOU] = ['a'.repeat(32), 'b'.repeat(32)];
const all = nodes.map((node) => ({
  name: volumeName(node),
  labels: volumeLabels(record, node, HOME),
}));
const changed = (name: string, labels: Record<string, string>) =>
  all.map((each) => (each.name === name ? { name, labels: { ...each.labels, ...labels } } : each));

describe('the volumes of a topology', () => {
  it('are one for each node, named by its container', () => {
    expect(all.map(({ name }) => name)).toEqual(nodes.map(({ container }) => `${container}-files`));
  });

  it('are known by their names and labels', () => {
    expect(nodesWithVolume(record, HOME, all)).toEqual(new Set(nodes.map(({ name }) => name)));
    expect(foreignVolumes(record, HOME, all)).toEqual([]);
    expect(volumesFrom('lab', HOME, all, record, ME)).toHaveLength(6);
  });

  it.each([
    ['of another topology', { 'rsent.topology': 'other' }],
    ['of another data home', { 'rsent.directory': '/home/you/lab' }],
    ['of another node', { 'rsent.node': 'redis-3' }],
    ['of nobody', { 'rsent.schema': '' }],
  ])('are somebody else’s when one is %s', (_, labels) => {
    const volumes = changed('lab-redis-2-files', labels);
    expect(nodesWithVolume(record, HOME, volumes).has('redis-2')).toBe(false);
    expect(foreignVolumes(record, HOME, volumes)).toEqual(['lab-redis-2-files']);
  });

  it('without any label are somebody else’s', () => {
    const volumes = [{ name: 'lab-redis-1-files', labels: {} }];
    expect(foreignVolumes(record, HOME, volumes)).toEqual(['lab-redis-1-files']);
    expect(volumesFrom('lab', HOME, volumes, record, ME)).toEqual([]);
  });

  it('of other names are nobody’s business', () => {
    const volumes = [...all, { name: 'backup', labels: {} }];
    expect(foreignVolumes(record, HOME, volumes)).toEqual([]);
    expect(volumesFrom('lab', HOME, volumes, undefined, ME)).not.toContain('backup');
  });

  it('are another topology’s when its Sentinels are others, though all names are the same', () => {
    const volumes = changed('lab-sentinel-2-files', { 'rsent.sentinel-id': 'f'.repeat(40) });
    expect(foreignVolumes(record, HOME, volumes)).toEqual(['lab-sentinel-2-files']);
    expect(volumesFrom('lab', HOME, volumes, record, ME)).toEqual([]);
  });

  describe('without a record', () => {
    const mine = all.map(({ name, labels }) => ({
      name,
      labels: { ...labels, 'rsent.origin': ME },
    }));

    it('can be found by whoever has made them', () => {
      expect(volumesFrom('lab', HOME, mine, undefined, ME)).toHaveLength(6);
      expect(volumesFrom('lab', '/home/you/lab', mine, undefined, ME)).toEqual([]);
    });

    it.each<[string, typeof all, string | undefined]>([
      ['another machine with equal paths has made', mine, YOU],
      ['somebody has made who is not known any more', mine, undefined],
      ['were made before it was noted who makes them', all, ME],
      ['nobody knows who has made', all, undefined],
    ])('are not those that %s', (_, volumes, origin) => {
      expect(volumesFrom('lab', HOME, volumes, undefined, origin)).toEqual([]);
    });
  });

  it('are those of the origin that the record has, whoever asks', () => {
    const owned = { ...record, origin: ME };
    const mine = nodes.map((node) => ({
      name: volumeName(node),
      labels: volumeLabels(owned, node, HOME),
    }));
    for (const origin of [ME, YOU, undefined]) {
      expect(volumesFrom('lab', HOME, mine, owned, origin)).toHaveLength(6);
      expect(volumesFrom('lab', HOME, mine, { ...record, origin: YOU }, origin)).toEqual([]);
      expect(volumesFrom('lab', HOME, mine, record, origin)).toEqual([]);
      expect(volumesFrom('lab', HOME, all, owned, origin)).toEqual([]);
    }
    expect(foreignVolumes({ ...record, origin: YOU }, HOME, mine)).toHaveLength(6);
    expect(foreignVolumes(record, HOME, mine)).toHaveLength(6);
  });
});

describe('a path', () => {
  const at = (path: string) => inVolume(HOME, nodes, path);

  it.each([
    ['redis-1/conf/redis.conf', { node: 'redis-1', parts: ['conf', 'redis.conf'] }],
    ['redis-1', { node: 'redis-1', parts: [] }],
    ['redis-1/x/../conf', { node: 'redis-1', parts: ['conf'] }],
    ['redis-1/../sentinel-2/conf', { node: 'sentinel-2', parts: ['conf'] }],
    ['topology.json', undefined],
    ['redis-1x/conf', undefined],
    ['', undefined],
    ['..redis-1/conf', undefined],
  ])('%j is where it says', (path, place) => {
    expect(at(`${HOME}/${path}`)).toEqual(place);
  });

  it.each([
    '/home/me',
    '/home/me/lab/..',
    '/home/me/lab/../lab2/redis-1/conf',
    '/home/me/lab/redis-1/../../x',
    '/etc/passwd',
    '/home/me/lab/redis-1/conf/\0',
  ])('%j is refused', (path) => {
    expect(() => at(path)).toThrow(expect.objectContaining({ kind: 'bug' }));
  });

  it('never leads out of the volume that it is in', () => {
    const part = fc.oneof(fc.constantFrom('..', '.', '', 'redis-1', 'conf', '\\..'), hostileText);
    fc.assert(
      fc.property(fc.array(part, { maxLength: 6 }), (parts) => {
        let place: ReturnType<typeof at>;
        try {
          place = at(`${HOME}/redis-1/${parts.join('/')}`);
        } catch {
          return;
        }
        if (place === undefined) return;
        expect(place.parts).not.toContain('..');
        expect(posix.resolve(helperPath(place))).toBe(helperPath(place));
        expect(`${helperPath(place)}/`.startsWith(`/v/${place.node}/`)).toBe(true);
      }),
    );
  });

  it('goes by the folder of a node, whatever the node is called', () => {
    const own = [{ name: 'redis-1', folder: 'main' }];
    expect(inVolume(HOME, own, `${HOME}/main/conf`)).toEqual({ node: 'redis-1', parts: ['conf'] });
    expect(inVolume(HOME, own, `${HOME}/redis-1/conf`)).toBeUndefined();
  });
});

describe('the container that files pass through', () => {
  const helper = helperContainer(record, HOME, 'lab-files-x', new Set(['redis-1', 'sentinel-2']));

  it('has the volumes of these nodes, with the labels that they would have', () => {
    expect(helper.mounts).toEqual([
      {
        volume: 'lab-redis-1-files',
        to: '/v/redis-1',
        labels: volumeLabels(record, nodeNamed(record, 'redis-1'), HOME),
      },
      {
        volume: 'lab-sentinel-2-files',
        to: '/v/sentinel-2',
        labels: volumeLabels(record, nodeNamed(record, 'sentinel-2'), HOME),
      },
    ]);
  });

  it('is on no network, publishes nothing, and is no node', () => {
    expect(helper).toMatchObject({ network: { name: 'none' }, ports: [] });
    expect(helper.labels).toEqual({
      'rsent.schema': '1',
      'rsent.topology': 'lab',
      'rsent.kind': 'files',
      'rsent.directory': '/home/me/lab',
    });
  });
});

describe('a node sees its files', () => {
  it('in two directories, or in one volume', () => {
    expect(insideOf({})).toEqual({ conf: '/etc/redis', data: '/data' });
    expect(insideOf({ storage: 'volume' })).toEqual({ conf: '/node/conf', data: '/node/data' });
    expect(tlsFiles({}).certificate).toBe('/etc/redis/tls.crt');
    expect(tlsFiles({ storage: 'volume' }).authority).toBe('/node/conf/ca.crt');
  });
});
