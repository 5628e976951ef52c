import fc from 'fast-check';
import { LABEL } from '../../src/model/constants.js';
import type { Labels } from '../../src/model/container.js';
import { nodeLabels, placeLabels } from '../../src/plan/labels.js';
import {
  type Mounting,
  ownContainers,
  ownNetworks,
  ownVolumes,
  volumeName,
} from '../../src/plan/ownership.js';
import { volumeLabels } from '../../src/plan/volumes.js';
import { aRecord, aRecordIn, nodeNamed } from '../helpers/topology.js';

const HOME = '/home/me/lab';
const record = { ...aRecord(), origin: 'a'.repeat(32) };
const node = nodeNamed(record, 'redis-1');

/** A container of redis-1 as rsent makes it. */
function real(name = node.container, labels: Labels = nodeLabels(record, node, HOME)): Mounting {
  return { name, labels, binds: [`${HOME}/redis-1/conf`, `${HOME}/redis-1/data`], volumes: [] };
}

/** What `docker run` makes of an image that was committed from it. */
function copy(name: string, changes: Partial<Mounting> = {}): Mounting {
  return { ...real(name), binds: [], volumes: [{ name: '0123abcd', to: '/data' }], ...changes };
}

const namesOf = ({ own }: { readonly own: readonly { readonly name: string }[] }) =>
  own.map(({ name }) => name);

describe('the container of a node', () => {
  it.each<[string, Mounting[], string[]]>([
    ['is the one of the recorded name', [real(), copy('mine')], ['lab-redis-1']],
    [
      'is not one beside it that has all its mounts, too',
      [real(), real('with-volumes-from')],
      ['lab-redis-1'],
    ],
    ['is one that was renamed', [real('renamed')], ['renamed']],
    [
      'is one that was renamed, with a copy beside it',
      [real('renamed'), copy('mine')],
      ['renamed'],
    ],
    [
      'is one that was renamed, though a copy has its name',
      [real('renamed'), copy('lab-redis-1')],
      ['renamed'],
    ],
    ['is none of two that both may be it', [real('renamed'), real('mine')], []],
    ['is no copy, where it has gone itself', [copy('mine')], []],
    ['is no copy of its name', [copy('lab-redis-1')], []],
    [
      'is no copy in which its data is mounted',
      [copy('mine', { binds: [`${HOME}/redis-1/data`] })],
      [],
    ],
  ])('%s', (_, containers, own) => {
    expect(namesOf(ownContainers(containers, record))).toEqual(own);
    expect(namesOf(ownContainers([...containers].reverse(), record))).toEqual(own);
    // The usual names are known without a record.
    expect(namesOf(ownContainers(containers, undefined))).toEqual(own);
  });

  it('is known by its volume', () => {
    const there = { ...real(), binds: [], volumes: [{ name: volumeName(node), to: '/node' }] };
    expect(namesOf(ownContainers([there], record))).toEqual(['lab-redis-1']);
    // Somebody looks at what is in it.
    const looking = { ...there, volumes: [{ name: volumeName(node), to: '/data' }] };
    expect(namesOf(ownContainers([looking], record))).toEqual([]);
  });

  it('is known by name and labels where the engine lists no mounts', () => {
    const { name, labels } = real();
    expect(namesOf(ownContainers([{ name, labels }], record))).toEqual(['lab-redis-1']);
  });

  it('may have any name in its record', () => {
    const nodes = record.placement.nodes.map((each) =>
      each.name === 'redis-1' ? { ...each, container: 'cache' } : each,
    );
    const named = { ...record, placement: { ...record.placement, nodes } };
    const both = [real('lab-redis-1'), real('cache')];
    expect(namesOf(ownContainers(both, named))).toEqual(['cache']);
  });

  it('of another data home or another machine is no copy of this one', () => {
    const theirs = [
      real('theirs', nodeLabels(record, node, '/home/you/lab')),
      real('elsewhere', nodeLabels({ ...record, origin: 'b'.repeat(32) }, node, HOME)),
    ].map((each) => ({ ...each, binds: [`${each.labels[LABEL.directory]}/redis-1/conf`] }));
    expect(namesOf(ownContainers([real(), ...theirs], record))).toEqual([
      ...['lab-redis-1', 'theirs', 'elsewhere'],
    ]);
  });

  it('has whole labels', () => {
    for (const key of [LABEL.node, LABEL.kind]) {
      const { [key]: _, ...labels } = real().labels;
      expect(namesOf(ownContainers([real('lab-redis-1', labels)], record))).toEqual([]);
    }
  });

  it('is one at most, whatever else is there', () => {
    const any = fc.array(
      fc.record({
        name: fc.constantFrom('lab-redis-1', 'a', 'b', 'c'),
        isReal: fc.boolean(),
      }),
      { maxLength: 5 },
    );
    fc.assert(
      fc.property(any, fc.boolean(), (things, isKnown) => {
        const all = things.map(({ name, isReal }) => (isReal ? real(name) : copy(name)));
        const { own, copies } = ownContainers(all, isKnown ? record : undefined);
        const unnamed = own.filter(({ name }) => name !== 'lab-redis-1');
        expect(unnamed.length).toBeLessThanOrEqual(1);
        expect([...own, ...copies]).toHaveLength(all.length);
        expect(own.filter(({ binds }) => binds?.length === 0)).toEqual([]);
      }),
    );
  });
});

describe('the pod', () => {
  const pods = { ...aRecordIn('pod'), origin: 'a'.repeat(32) };
  const labels = { ...placeLabels(pods, HOME), [LABEL.kind]: 'pod' };

  it('is the one of its name, or the only one', () => {
    const [pod, other] = [
      { name: 'lab-pod', labels },
      { name: 'mine', labels },
    ];
    expect(namesOf(ownContainers([other, pod], pods))).toEqual(['lab-pod']);
    expect(namesOf(ownContainers([other], pods))).toEqual(['mine']);
  });
});

describe('what nobody can rename', () => {
  const volume = (name: string) => ({ name, labels: volumeLabels(record, node, HOME) });
  const network = (name: string) => ({ name, labels: placeLabels(record, HOME) });

  it('is a volume of the recorded name alone', () => {
    const [own, mine] = [volume('lab-redis-1-files'), volume('mine')];
    expect(namesOf(ownVolumes([mine, own], record))).toEqual(['lab-redis-1-files']);
    expect(namesOf(ownVolumes([mine], record))).toEqual([]);
    expect(namesOf(ownVolumes([mine, own], undefined))).toEqual(['lab-redis-1-files']);
    expect(namesOf(ownVolumes([mine], undefined))).toEqual([]);
    expect(namesOf(ownVolumes([volume('cache-files')], record))).toEqual([]);
    expect(namesOf(ownVolumes([volume('cache-files')], undefined))).toEqual(['cache-files']);
  });

  it('is a network of the usual name alone', () => {
    const [own, mine] = [network('lab-net'), network('mine')];
    expect(namesOf(ownNetworks([mine, own]))).toEqual(['lab-net']);
    expect(namesOf(ownNetworks([mine]))).toEqual([]);
  });
});
