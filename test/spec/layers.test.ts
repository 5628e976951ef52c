import { fileLayer } from '../../src/spec/file-layer.js';
import { checkLayer, flagLayer } from '../../src/spec/layers.js';

describe('flagLayer', () => {
  it.each([
    ['quorum', '--quorum'],
    ['downAfter', '--down-after'],
    ['sentinelPort', '--sentinel-port'],
    ['name', 'name'],
  ])('calls %s %s', (key, flag) => {
    expect(flagLayer({}).where(key)).toBe(flag);
  });
});

describe('fileLayer', () => {
  const source = '# a comment\nname: lab\n\nreplicas: 3\nquorum: 2 # the majority\n';

  it('gives the values', () => {
    const { layer, problems } = fileLayer(source, 'rsent.yaml');
    expect(layer.values).toEqual({ name: 'lab', replicas: 3, quorum: 2 });
    expect(problems).toEqual([]);
  });

  it.each([
    ['name', 2],
    ['replicas', 4],
    ['quorum', 5],
  ])('knows the line of %s', (key, line) => {
    expect(fileLayer(source, 'rsent.yaml').layer.where(key)).toBe(`rsent.yaml:${line}: ${key}`);
  });

  it.each([
    ['an empty file', ''],
    ['a file of comments', '# nothing\n'],
    ['an explicit null', '~\n'],
  ])('says that %s says nothing', (_, text) => {
    expect(fileLayer(text, 'rsent.yaml')).toMatchObject({
      layer: { values: {} },
      problems: ['rsent.yaml says nothing'],
    });
  });

  it('takes an empty mapping for no values at all', () => {
    expect(fileLayer('{}\n', 'rsent.yaml')).toMatchObject({ layer: { values: {} }, problems: [] });
  });

  it.each([
    ['a list', '- a\n- b\n'],
    ['a word', 'redis\n'],
    ['a number', '5\n'],
  ])('says that %s is no mapping', (_, text) => {
    expect(fileLayer(text, 'rsent.yaml').problems).toEqual([
      'rsent.yaml:1: keys with values were expected: "name: demo"',
    ]);
  });

  it('says on which line the syntax is broken', () => {
    const { layer, problems } = fileLayer('name: lab\nreplicas: [1\n', 'x.yaml');
    expect(problems[0]).toMatch(/^x\.yaml:[23]: \S/);
    expect(layer.values).toEqual({});
  });

  it('says on which line a key comes a second time', () => {
    const { problems } = fileLayer('name: a\nquorum: 1\nname: b\n', 'x.yaml');
    expect(problems).toHaveLength(1);
    expect(problems[0]).toBe('x.yaml:3: "name" is there twice');
  });

  it('tells of an alias as of any other problem', () => {
    const bomb = 'name: &a lab\nmasterName: *a\n';
    expect(fileLayer(bomb, 'x.yaml').problems).toEqual([
      'x.yaml:2: aliases (*name) are not read; write the value out',
    ]);
  });
});

describe('checkLayer', () => {
  it('gives back what is legal and skips what is undefined', () => {
    const { input, problems } = checkLayer(
      flagLayer({ replicas: 3, downAfter: '2s', quorum: undefined }),
    );
    expect(input).toEqual({ replicas: 3, downAfter: 2000 });
    expect(problems).toEqual([]);
  });

  it('names every problem, with the value and the legal form', () => {
    const { layer } = fileLayer('replicas: many\nredisPort: 0\nname: lab\n', 'x.yaml');
    const { input, problems } = checkLayer(layer);
    expect(input).toEqual({ name: 'lab' });
    expect(problems).toEqual([
      'x.yaml:1: replicas is "many"; legal is a whole number from 0 to 120',
      expect.stringMatching(/^x\.yaml:2: redisPort is 0; legal is a whole number from 1 to 65535/),
    ]);
  });

  it.each(['replica', 'Name', '__proto__', 'constructor', 'toString'])(
    'does not know the key %s',
    (key) => {
      const { layer } = fileLayer(`${key}: 1\n`, 'x.yaml');
      const { input, problems } = checkLayer(layer);
      expect(input).toEqual({});
      expect(problems).toHaveLength(1);
      expect(problems[0]).toMatch(/^x\.yaml:1: \S+ is not known; known are name, masterName, /);
    },
  );

  it('names the part of a value that is wrong, and every one of them', () => {
    const text = [
      'name: lab',
      'nodes:',
      '  redis:',
      '    - port: 0',
      '      directory: ../etc',
      '    - container: alpha',
      '    - colour: red',
      '  sentinel: 5',
      'clients: everywhere',
    ].join('\n');
    const { input, problems } = checkLayer(fileLayer(text, 'x.yaml').layer);
    expect(input).toEqual({ name: 'lab' });
    expect(problems).toEqual([
      'x.yaml:4: nodes.redis.0.port is 0; legal is a whole number from 1 to 65535',
      'x.yaml:5: nodes.redis.0.directory is "../etc"; legal is 1 to 63 letters, digits, "-" and "_"',
      'x.yaml:7: nodes.redis.2 is {"colour":"red"}; legal is a node with port, container and directory, or some of these',
      'x.yaml:8: nodes.sentinel is 5; legal is a list of nodes, each with a port, a container and a directory, or some of these',
      'x.yaml:9: clients is "everywhere"; legal is host, containers, lan',
    ]);
  });

  it.each<[string, unknown, string]>([
    [
      'the whole',
      'redis-1',
      'nodes is "redis-1"; legal is redis and sentinel, each a list of nodes',
    ],
    ['a kind', { proxy: [] }, 'nodes is {"proxy":[]}; legal is redis and sentinel, each a list of'],
    ['a node', { redis: [7001] }, 'nodes.redis.0 is 7001; legal is a node with port'],
    ['nothing', null, 'nodes is null; legal is redis and sentinel'],
  ])('names %s where it is that', (_, nodes, start) => {
    const { input, problems } = checkLayer(flagLayer({ nodes }));
    expect(input).toEqual({});
    expect(problems).toHaveLength(1);
    expect(problems[0]?.startsWith(`--${start}`)).toBe(true);
  });

  it('cuts a long value short', () => {
    const [problem = ''] = checkLayer(flagLayer({ name: 'A'.repeat(5000) })).problems;
    expect(problem.length).toBeLessThan(300);
    expect(problem).toContain('AAA…');
  });
});
