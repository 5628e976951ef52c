import fc from 'fast-check';
import { LABEL } from '../../src/model/constants.js';

const YOU = 'd'.repeat(32);
/** Nodes of the topology that somebody has things beside. */
export const NODES = ['redis-1', 'redis-2', 'sentinel-1'];

/** Names that neither rsent nor a server writes. */
const word = fc
  .stringMatching(/^[a-z][a-z0-9._-]{0,9}$/)
  .filter(
    (name) =>
      !/^(conf|data|password.*|(ca|tls)\..*|topology\.json.*|(redis|sentinel).*)$/.test(name),
  );
const somebodys = fc.oneof(
  word.map((name) => [name]),
  fc.tuple(word, word).map(([a, b]) => [a, b]),
  fc.tuple(fc.constantFrom(...NODES), word).map(([a, b]) => [a, b]),
  fc.tuple(fc.constantFrom(...NODES), fc.constant('conf'), word).map((way) => [...way]),
  fc.tuple(fc.constantFrom(...NODES), fc.constant('data'), word).map((way) => [...way]),
  fc
    .tuple(fc.constant('redis-1'), fc.constantFrom('data', 'data.broken-20261130T150102'), word)
    .chain(([...way]) => word.map((name) => [...way, name])),
  word.map((name) => ['redis-1', 'data', 'appendonlydir', name]),
  fc
    .tuple(fc.constantFrom(...NODES), fc.constant('conf'), word, fc.constant('redis.conf'))
    .map((way) => [...way]),
  fc.constantFrom(
    ...[
      ['redis-1', 'conf', 'redis.conf.orig'],
      ['redis-9', 'notes'],
      ['redis-9', 'conf', 'redis.conf.old'],
    ],
    ...[
      ['cache', 'conf', 'redis.conf'],
      ['cache', 'data', 'dump.rdb'],
      ['password.d', 'x'],
      ['redis-1.bak', 'conf', 'redis.conf'],
    ],
  ),
);
/** Files and links of somebody in the directory of a topology. */
export const tree = fc.uniqueArray(fc.record({ way: somebodys, isLink: fc.boolean() }), {
  maxLength: 6,
  selector: ({ way }) => way.join('/'),
});

/** What is on the engine beside the topology, by name: labels that others have written. */
const labels = fc.oneof(
  fc.record(
    {
      [LABEL.topology]: fc.constantFrom('lab', 'other'),
      [LABEL.directory]: fc.constant('/data/lab'),
      'com.example': fc.constant('1'),
    },
    { requiredKeys: [] },
  ),
  // Whole ones, of another machine's topology of this name.
  fc.record({
    ...{ [LABEL.schema]: fc.constant('1'), [LABEL.topology]: fc.constantFrom('lab', 'other') },
    ...{ [LABEL.origin]: fc.constantFrom(YOU, 'x'), [LABEL.directory]: fc.constant('/data/lab') },
    ...{ [LABEL.node]: fc.constantFrom(...NODES), [LABEL.kind]: fc.constantFrom('redis', 'pod') },
  }),
);
/** Things of somebody on the engine. */
export const others = fc.record({
  containers: fc.array(labels, { maxLength: 3 }),
  networks: fc.array(labels, { maxLength: 2 }),
  volumes: fc.array(labels, { maxLength: 2 }),
});

/** Labels of what somebody has on the engine. */
export type Things = { containers: Labelled[]; networks: Labelled[]; volumes: Labelled[] };
export type Labelled = Partial<Record<string, string>>;

/** How many worlds are tried, and up to which change one fails. */
export const RUNS = { numRuns: 25 };
export const CHANGES = fc.integer({ min: 1, max: 20 });
