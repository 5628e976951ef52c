import { mkdir, readFile, symlink, writeFile } from 'node:fs/promises';
import fc from 'fast-check';
import { hasRecord, readRecord, recordedNames, writeRecord } from '../../src/host/data-home.js';
import { recordStateAt } from '../../src/host/left-behind.js';
import { parseRecord } from '../../src/host/record-text.js';
import type { NodePlacement, TopologyRecord } from '../../src/model/topology.js';
import { useTempDir } from '../helpers/temp.js';
import { aRecord } from '../helpers/topology.js';

const whole = aRecord();
const text = JSON.stringify(whole);
const problemIn = (content: string, name = 'lab') => {
  const parsed = parseRecord(content, name);
  return 'problem' in parsed ? parsed.problem : undefined;
};

/** The record with one of its nodes changed. */
function withNode(at: number, changes: Partial<NodePlacement>): TopologyRecord {
  const nodes = whole.placement.nodes.map((node, i) => (i === at ? { ...node, ...changes } : node));
  return { ...whole, placement: { ...whole.placement, nodes } };
}

const [first, second] = whole.placement.nodes;
if (first === undefined || second === undefined) throw new Error('no nodes');

it.each<[string, string, string]>([
  ['an empty file', '', 'it is empty'],
  ['one of blanks', ' \n', 'it is empty'],
  ['one that is cut short', text.slice(0, 200), 'it is cut short, or is not JSON'],
  ['one with something else', 'root:x:0:0:root:/root', 'it is cut short, or is not JSON'],
  [
    'one of a newer rsent',
    text.replace('"schemaVersion":1', '"schemaVersion":99'),
    'a newer rsent wrote it (schemaVersion 99, and this one reads 1)',
  ],
  ['a list', '[]', 'it is [], and should be a map'],
  ['a text', '"x"', 'it is "x", and should be a map'],
  [
    'a port that is a text',
    text.replace('"port":6379', '"port":"6379"'),
    'placement.nodes[0].address.port is "6379", and should be a whole number',
  ],
  [
    'a kind that there is not',
    text.replace('"kind":"redis"', '"kind":"proxy"'),
    'placement.nodes[0].kind is "proxy", and should be "redis" or "sentinel"',
  ],
  [
    'one that names another topology',
    text.replace('"name":"lab"', '"name":"shop"'),
    'it is that of another topology, "shop"',
  ],
  [
    'a node twice',
    JSON.stringify(withNode(1, { name: 'redis-1' })),
    'two nodes have the name "redis-1"',
  ],
  [
    'a folder twice',
    JSON.stringify(withNode(1, { folder: first.folder })),
    `two nodes have the folder "${first.folder}"`,
  ],
  [
    'a container twice',
    JSON.stringify(withNode(1, { container: first.container })),
    `two nodes have the container "${first.container}"`,
  ],
  [
    'an address twice',
    JSON.stringify(withNode(1, { address: first.address })),
    `two nodes have the address "${first.address.ip}:${first.address.port}"`,
  ],
  [
    'an address outside of the subnet',
    JSON.stringify(withNode(0, { address: { ip: '8.8.8.8', port: 6379 } })),
    `redis-1 has the address 8.8.8.8, outside of ${whole.placement.subnet}`,
  ],
  [
    'an address that is none',
    JSON.stringify(withNode(0, { published: { ip: '-oProxyCommand', port: 70000 } })),
    'redis-1 has the address "-oProxyCommand:70000", which is none',
  ],
  [
    'a Sentinel that is called a data node',
    JSON.stringify(withNode(0, { kind: 'sentinel' })),
    'redis-1 is said to be a sentinel',
  ],
  [
    'fewer nodes than were asked for',
    JSON.stringify({
      ...whole,
      placement: {
        ...whole.placement,
        nodes: whole.placement.nodes.filter((each) => each !== second),
      },
    }),
    'it places 2 data nodes, and should place 3',
  ],
])('a record is refused in words of our own: %s', (_, content, problem) => {
  expect(problemIn(content)).toContain(problem);
});

it('tells no more than three problems, and no long value', () => {
  const many = problemIn(JSON.stringify({ schemaVersion: 1, spec: {}, placement: {} })) ?? '';
  expect(many).toMatch(/; and \d+ more$/);
  const long = text.replace('"kind":"redis"', `"kind":"${'x'.repeat(1e6)}"`);
  expect(problemIn(long)?.length).toBeLessThan(300);
});

it('is read or refused in a line of its own words, whatever is in the file', () => {
  const damaged = fc
    .tuple(fc.nat(text.length), fc.nat(60), fc.string({ unit: 'binary', maxLength: 5 }))
    .map(([from, length, put]) => text.slice(0, from) + put + text.slice(from + length));
  fc.assert(
    fc.property(fc.oneof(damaged, fc.string(), fc.json()), (content) => {
      const problem = problemIn(content);
      if (problem !== undefined) expect(problem).not.toMatch(/\n|Invalid|JSON at|Unexpected/);
      else expect(JSON.parse(content).spec.name).toBe('lab');
    }),
    { numRuns: 500 },
  );
});

describe('around one record that is damaged', () => {
  const path = useTempDir();
  const file = (name: string) => path(name, 'topology.json');
  beforeEach(async () => {
    await mkdir(path('lab'));
    await mkdir(path('bad'));
    await writeRecord(path(), whole);
  });

  it.each(['', '{', text])('the others are found, and it is told: %j', async (content) => {
    await writeFile(file('bad'), content);
    expect(await recordedNames(path())).toEqual(['bad', 'lab']);
    expect(await readRecord(path(), 'lab')).toEqual(whole);
    await expect(readRecord(path(), 'bad')).rejects.toMatchObject({
      kind: 'topology',
      message: expect.stringContaining(`${file('bad')} cannot be used: it is `),
      hint: expect.stringContaining('untouched'),
    });
    expect(await recordStateAt(path('bad'))).toEqual({ kind: 'unclear' });
    expect(await readFile(file('bad'), 'utf8')).toBe(content);
  });

  it('a link in its place is not followed', async () => {
    await writeFile(path('secret'), 'root:x:0:0');
    await symlink(path('secret'), file('bad'));
    expect(await hasRecord(path(), 'bad')).toBe(true);
    await expect(readRecord(path(), 'bad')).rejects.toThrow(/it is a link/);
    await expect(readRecord(path(), 'bad')).rejects.not.toThrow(/root/);
  });
});
