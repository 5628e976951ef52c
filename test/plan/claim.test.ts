import { LABEL } from '../../src/model/constants.js';
import type { Labels } from '../../src/model/container.js';
import { claimOfContainer, claimOfNetwork, claimOfVolume } from '../../src/plan/claim.js';
import {
  containerWith,
  ME,
  networkOf,
  nodeOf,
  OWN,
  partOf,
  probeOf,
  volumeOf,
} from '../helpers/prune.js';
import { anId } from '../helpers/topology.js';

const without = (labels: Labels, name: string): Labels =>
  Object.fromEntries(Object.entries(labels).filter(([each]) => each !== name));

describe('what labels say of whose a thing is', () => {
  it('reads a node, a pod, a helper and a throw-away container', () => {
    const own = { topology: 'lab', directory: OWN };
    expect(claimOfContainer(nodeOf('redis-2'))).toEqual({ ...own, node: 'redis-2', part: 'redis' });
    expect(claimOfContainer(partOf('pod'))).toEqual({ ...own, part: 'pod' });
    expect(claimOfContainer(partOf('files'))).toEqual({ ...own, part: 'files' });
    expect(claimOfContainer(probeOf(0))).toEqual({ part: 'probe' });
  });

  it('reads a network, and a volume with the id of its Sentinel', () => {
    expect(claimOfNetwork(networkOf('lab-net'))).toEqual({ topology: 'lab', directory: OWN });
    expect(claimOfVolume(volumeOf('redis-1'))).toEqual({
      ...{ topology: 'lab', directory: OWN, node: 'redis-1', origin: ME },
    });
    expect(claimOfVolume(volumeOf('sentinel-1', OWN, anId(7)))?.sentinelId).toBe(anId(7));
  });

  it('reads pods, helpers and networks of before they said where they are from', () => {
    const old = { topology: 'lab' };
    expect(claimOfContainer(containerWith(without(partOf('pod').labels, LABEL.directory)))).toEqual(
      { ...old, part: 'pod' },
    );
    expect(claimOfNetwork({ labels: without(networkOf('x').labels, LABEL.directory) })).toEqual(
      old,
    );
  });
});

const WRONG: readonly (readonly [string, Labels])[] = [
  ['another schema', { [LABEL.schema]: '2' }],
  ['no topology', { [LABEL.topology]: '' }],
  ['a topology that could not be named so', { [LABEL.topology]: '../etc' }],
  ['a topology with a line end', { [LABEL.topology]: 'lab\n' }],
  ['a directory of another name', { [LABEL.directory]: '/home/me/rsent/other' }],
  ['a relative directory', { [LABEL.directory]: 'rsent/lab' }],
  ['a directory with a way up in it', { [LABEL.directory]: '/home/me/x/../lab' }],
  ['a directory with a slash behind it', { [LABEL.directory]: `${OWN}/` }],
  ['a directory with a null in it', { [LABEL.directory]: '/home/\0/lab' }],
  ['an empty directory', { [LABEL.directory]: '' }],
];

describe.each(WRONG)('labels with %s', (_, wrong) => {
  it.each([
    ['node', () => claimOfContainer(containerWith({ ...nodeOf('redis-1').labels, ...wrong }))],
    ['pod', () => claimOfContainer(containerWith({ ...partOf('pod').labels, ...wrong }))],
    ['helper', () => claimOfContainer(containerWith({ ...partOf('files').labels, ...wrong }))],
    ['network', () => claimOfNetwork({ labels: { ...networkOf('n').labels, ...wrong } })],
    ['volume', () => claimOfVolume({ labels: { ...volumeOf('redis-1').labels, ...wrong } })],
  ])('are not those of a %s', (_kind, read) => {
    expect(read()).toBeUndefined();
  });
});

describe('half of the labels', () => {
  const node = nodeOf('redis-1').labels;

  it.each(
    Object.keys(node)
      .filter((name) => name !== LABEL.sentinelId)
      .map((name) => [name]),
  )('is none without %s: not a node', (name) => {
    expect(claimOfContainer(containerWith(without(node, name)))).toBeUndefined();
  });

  it.each([[LABEL.node], [LABEL.directory], [LABEL.schema], [LABEL.topology]])(
    'is none without %s: not a volume',
    (name) => {
      expect(claimOfVolume({ labels: without(volumeOf('redis-1').labels, name) })).toBeUndefined();
    },
  );

  it('is none where a pod says that it is a node as well', () => {
    const both = { ...partOf('pod').labels, [LABEL.node]: 'redis-1' };
    expect(claimOfContainer(containerWith(both))).toBeUndefined();
  });

  it('is none where a network says that it is of a node', () => {
    const labels = { ...networkOf('n').labels, [LABEL.node]: 'redis-1' };
    expect(claimOfNetwork({ labels })).toBeUndefined();
  });

  it('is none where a throw-away container says that it is of a topology', () => {
    expect(claimOfContainer(probeOf(0, { [LABEL.topology]: 'lab' }))).toBeUndefined();
  });
});
