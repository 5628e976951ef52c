import type { TopologySpec } from '../../src/model/spec.js';
import { fileLayer } from '../../src/spec/file-layer.js';
import { flagLayer } from '../../src/spec/layers.js';
import { resolveSpec } from '../../src/spec/resolve.js';

const specOf = (nodes: unknown, more = {}): TopologySpec =>
  resolveSpec([flagLayer({ nodes, ...more })]).spec;

function problemsOf(nodes: unknown, more = {}): string[] {
  try {
    specOf(nodes, more);
    return [];
  } catch (error) {
    const [, ...lines] = (error as Error).message.split('\n');
    return lines.map((line) => line.replace(/^ {2}- /, ''));
  }
}

const many = (count: number) => Array.from({ length: count }, () => ({}));

describe('nodes that are described one by one', () => {
  it.each<[string, unknown, object, [number, number, number]]>([
    ['none of them', {}, {}, [2, 3, 2]],
    ['all data nodes', { redis: many(4) }, {}, [3, 3, 2]],
    ['all Sentinels', { sentinel: many(5) }, {}, [2, 5, 3]],
    ['all', { redis: many(2), sentinel: many(7) }, {}, [1, 7, 4]],
    ['some of as many as are asked for', { redis: many(1) }, { replicas: 4 }, [4, 3, 2]],
    ['none of as many as are asked for', { redis: [] }, { replicas: 1, sentinels: 5 }, [1, 5, 3]],
    ['as many as are asked for', { redis: many(3), sentinel: many(3) }, { replicas: 2 }, [2, 3, 2]],
  ])('are counted: %s', (_, nodes, more, [replicas, sentinels, quorum]) => {
    expect(specOf(nodes, more)).toMatchObject({ replicas, sentinels, quorum });
  });

  it('are kept in their order, as they were described', () => {
    const nodes = {
      redis: [{ port: 7001 }, {}, { container: 'c1', directory: 'd' }],
      sentinel: [{ directory: 'e' }, {}, { port: 7002 }],
    };
    expect(specOf(nodes).nodes).toEqual(nodes);
    expect(specOf({ redis: many(2) }).nodes).toEqual({ redis: [{}, {}], sentinel: [] });
  });

  it('are no part of a spec that has none', () => {
    expect(resolveSpec([]).spec).not.toHaveProperty('nodes');
  });
});

describe('what of them cannot be', () => {
  it.each<[string, unknown, object, string[]]>([
    [
      'the usual name of another node',
      { redis: [{ container: 'lab-redis-2', directory: 'redis-2' }, {}, {}] },
      { name: 'lab' },
      [
        '--nodes gives the container lab-redis-2 to two nodes',
        '--nodes gives the directory redis-2 to two nodes',
      ],
    ],
    [
      'the name of the pod, and directories that differ in case',
      { redis: [{ container: 'lab-pod', directory: 'Data' }, { directory: 'data' }] },
      { name: 'lab' },
      [
        '--nodes gives the container lab-pod to two nodes',
        '--nodes gives the directory data to two nodes',
      ],
    ],
    [
      'more data nodes than are asked for',
      { redis: many(4) },
      { replicas: 2 },
      ['--nodes describes 4 redis nodes, but --replicas is 2, which makes 3'],
    ],
    [
      'more Sentinels than are asked for',
      { sentinel: many(5) },
      { sentinels: 3 },
      ['--nodes describes 5 sentinel nodes, but --sentinels is 3, which makes 3'],
    ],
    [
      'a port twice',
      { redis: [{ port: 7001 }, {}, { port: 7001 }] },
      {},
      ['--nodes gives the port 7001 to two nodes'],
    ],
    [
      'a port of a data node and a Sentinel',
      { redis: [{ port: 7001 }, {}], sentinel: [{}, {}, { port: 7001 }] },
      {},
      ['--nodes gives the port 7001 to two nodes'],
    ],
    [
      'a container twice',
      { redis: [{ container: 'a1' }, {}], sentinel: [{ container: 'a1' }, {}, {}] },
      {},
      ['--nodes gives the container a1 to two nodes'],
    ],
    [
      'a directory for three',
      { redis: [{ directory: 'd' }, { directory: 'd' }, { directory: 'd' }] },
      {},
      ['--nodes gives the directory d to two nodes'],
    ],
    [
      'a directory that is called as the secrets are',
      { redis: [{ directory: 'password' }, { directory: 'passwords' }] },
      {},
      [
        '--nodes has a directory password; names that begin so are rsent’s own',
        '--nodes has a directory passwords; names that begin so are rsent’s own',
      ],
    ],
  ])('is refused: %s', (_, nodes, more, problems) => {
    expect(problemsOf(nodes, more)).toEqual(problems);
  });

  it('is told all at once, with what is wrong elsewhere', () => {
    const nodes = {
      redis: [{ port: 7001, container: 'a1' }, { port: 7001 }, {}],
      sentinel: [{ container: 'a1', directory: 'password' }, {}, {}],
    };
    expect(problemsOf(nodes, { replicas: 1, quorum: 9 })).toEqual([
      expect.stringMatching(/^--quorum is 9/),
      '--nodes describes 3 redis nodes, but --replicas is 1, which makes 2',
      '--nodes gives the port 7001 to two nodes',
      '--nodes gives the container a1 to two nodes',
      '--nodes has a directory password; names that begin so are rsent’s own',
    ]);
  });

  it('is told with its line', () => {
    const text = 'name: lab\nnodes:\n  redis:\n    - port: 7001\n    - port: 7001\n';
    const { layer } = fileLayer(text, 'x.yaml');
    expect(() => resolveSpec([layer])).toThrow('x.yaml:2: nodes gives the port 7001 to two nodes');
  });

  it('is not that a name is like another’s in part', () => {
    const nodes = {
      redis: [{ directory: 'a' }, { directory: 'my-password' }, { container: 'a1' }],
    };
    expect(problemsOf(nodes)).toEqual([]);
  });
});
