import { LABEL } from '../../src/model/constants.js';
import type { Labels } from '../../src/model/container.js';
import { nodeLabels, readNode, topologyLabels } from '../../src/plan/labels.js';
import { aRecord, nodeNamed } from '../helpers/topology.js';

const record = aRecord();

function container(labels: Labels) {
  return {
    id: 'c0ffee',
    name: 'lab-x',
    labels,
    state: 'running',
    networks: ['lab'],
    sharesNetwork: false,
    image: 'redis:8.0',
  } as const;
}

function labelsOf(name: string): Labels {
  return nodeLabels(record, nodeNamed(record, name), '/data/lab');
}

describe('readNode', () => {
  it.each(record.placement.nodes.map((node) => [node.name, node] as const))(
    'reads back %s from its labels',
    (name, { folder: _, ...node }) => {
      expect(readNode({ ...container(labelsOf(name)), name: node.container })).toEqual({
        ...node,
        containerId: 'c0ffee',
        state: 'running',
        cut: false,
        image: 'redis:8.0',
        masterName: 'mymaster',
        directory: '/data/lab',
      });
    },
  );

  it.each<[string, Labels]>([
    ['no labels', {}],
    ['only those of the topology', topologyLabels('lab')],
    ['another schema', { ...labelsOf('redis-1'), [LABEL.schema]: '2' }],
    ['a path for a name', { ...labelsOf('redis-1'), [LABEL.node]: '../redis-1' }],
    ['a name with a line end', { ...labelsOf('redis-1'), [LABEL.node]: 'redis-1\n' }],
    ['a name with more behind it', { ...labelsOf('redis-1'), [LABEL.node]: 'redis-1;x' }],
    ['a number without end', { ...labelsOf('redis-1'), [LABEL.node]: `redis-${'1'.repeat(9)}` }],
    ['an unknown kind', { ...labelsOf('redis-1'), [LABEL.kind]: 'proxy' }],
    ['a kind that is not that of its name', { ...labelsOf('redis-1'), [LABEL.kind]: 'sentinel' }],
    ['a host name for an address', { ...labelsOf('redis-1'), [LABEL.address]: 'evil.example:1' }],
    ['an address without a port', { ...labelsOf('redis-1'), [LABEL.address]: '1.2.3.4' }],
    ['port 0', { ...labelsOf('redis-1'), [LABEL.address]: '1.2.3.4:0' }],
    ['a port too high', { ...labelsOf('redis-1'), [LABEL.published]: '1.2.3.4:65536' }],
    ['an address with more behind it', { ...labelsOf('redis-1'), [LABEL.address]: '1.2.3.4:1 x' }],
    ['an address that is none', { ...labelsOf('redis-1'), [LABEL.address]: '999.2.3.4:6379' }],
    ['a master name with a space', { ...labelsOf('redis-1'), [LABEL.masterName]: 'a b' }],
    [
      'a terminal escape in the master name',
      { ...labelsOf('redis-1'), [LABEL.masterName]: '\x1b[2J' },
    ],
    ['an empty master name', { ...labelsOf('redis-1'), [LABEL.masterName]: '' }],
  ])('takes a container with %s for none of a topology', (_, labels) => {
    expect(readNode(container(labels))).toBeUndefined();
  });

  it.each(['', 'x', 'F'.repeat(40), 'f'.repeat(41), `${'f'.repeat(40)}\n`])(
    'passes over the Sentinel id %j',
    (id) => {
      const node = readNode(container({ ...labelsOf('sentinel-1'), [LABEL.sentinelId]: id }));
      expect(node).toMatchObject({ name: 'sentinel-1' });
      expect(node).not.toHaveProperty('sentinelId');
    },
  );
});

describe('topologyLabels', () => {
  it('are among those of every node', () => {
    for (const { name } of record.placement.nodes) {
      expect(labelsOf(name)).toMatchObject(topologyLabels('lab'));
    }
  });
});
