import { join } from 'node:path';
import fc from 'fast-check';
import { LABEL, LABEL_SCHEMA, TOPOLOGY_NAME } from '../../src/model/constants.js';
import type { Labels } from '../../src/model/container.js';
import type { HomeDirectory, RecordState } from '../../src/model/prune.js';
import { decidePrune, pruneSteps } from '../../src/plan/prune.js';
import { claimedDirectories } from '../../src/plan/prune-claims.js';
import type { PruneFacts } from '../../src/plan/prune-facts.js';
import { hostileText } from '../helpers/hostile.js';
import {
  containerWith,
  FOUND,
  HOME,
  ME,
  networkOf,
  nodeOf,
  partOf,
  probeOf,
  volumeOf,
} from '../helpers/prune.js';
import { aRecord } from '../helpers/topology.js';

const YOU = 'd'.repeat(32);
const NODES = ['redis-1', 'redis-3', 'redis-9', 'sentinel-1', 'sentinel-44'];
const directory = fc.constantFrom(
  `${HOME}/lab`,
  `${HOME}/b`,
  '/tmp/x/lab',
  '/tmp/y/lab',
  '/',
  '..',
);
/** Whole labels of ours, up to two of them changed or gone. */
const labelsLike = (whole: readonly Labels[]): fc.Arbitrary<Labels> =>
  fc
    .tuple(
      fc.constantFrom(...whole),
      directory,
      fc.dictionary(
        fc.constantFrom(...Object.values(LABEL)),
        fc.option(
          fc.oneof(hostileText, fc.constantFrom('b', 'lab', 'pod', '1', ME, YOU, ...NODES)),
          {
            nil: undefined,
          },
        ),
        { maxKeys: 2 },
      ),
      fc.boolean(),
    )
    .map(([own, where, changes, asIs]) =>
      Object.fromEntries(
        Object.entries({
          ...own,
          [LABEL.directory]: where,
          ...(asIs ? {} : changes),
        } as object).filter((each): each is [string, string] => each[1] !== undefined),
      ),
    );
const containerLabels = labelsLike([
  ...NODES.map((name) => nodeOf(name).labels),
  ...[partOf('pod').labels, partOf('files').labels, probeOf(0).labels],
]);
const networkLabels = labelsLike([networkOf('lab-net').labels]);
const volumeLabels = labelsLike(NODES.map((name) => volumeOf(name).labels));
const state: fc.Arbitrary<RecordState> = fc.constantFrom(
  FOUND,
  { kind: 'none' } as const,
  { kind: 'unclear' } as const,
  { kind: 'busy' } as const,
  { kind: 'unreadable' } as const,
);
const inside = (parts: readonly string[]) => fc.subarray([...parts], { minLength: 1 });
const entry = fc.oneof(
  fc.record(
    {
      name: fc.oneof(
        fc.constantFrom(...NODES, 'aside-1', 'backups', 'password', '.', '..'),
        fc.stringMatching(/^[\w.]{1,9}$/),
      ),
      inside: fc.array(fc.constantFrom('conf', 'data', 'x'), { maxLength: 3 }),
      signed: fc.constant(true as const),
    },
    { requiredKeys: ['name'] },
  ),
  fc.record({
    name: fc.constantFrom(...NODES),
    inside: inside(['conf', 'data']),
    signed: fc.constant(true as const),
  }),
);
const directories: fc.Arbitrary<HomeDirectory[]> = fc.uniqueArray(
  fc.record({ topology: fc.constantFrom('lab', 'b'), entries: fc.array(entry, { maxLength: 5 }) }),
  { selector: ({ topology }) => topology },
);
const facts: fc.Arbitrary<PruneFacts> = fc
  .record({
    containers: fc.array(fc.tuple(containerLabels, fc.option(fc.nat(2e9), { nil: undefined })), {
      maxLength: 8,
    }),
    networks: fc.array(networkLabels, { maxLength: 3 }),
    volumes: fc.array(volumeLabels, { maxLength: 5 }),
    states: fc.array(state, { minLength: 4, maxLength: 4 }),
    directories,
    local: fc.boolean(),
    shared: fc.subarray([HOME, '/tmp/x', '/tmp/y']).map((homes) => new Set(homes)),
    origin: fc.constant(ME),
    only: fc.option(fc.constantFrom('lab', 'b'), { nil: undefined }),
  })
  .map(({ containers, networks, volumes, states, only, ...rest }) => ({
    ...rest,
    ...{ home: HOME, now: 1e9, ...(only === undefined ? {} : { only }) },
    containers: containers.map(([own, createdAt], i) =>
      containerWith(own, {
        id: `c${i}`,
        name: `c${i}`,
        ...(createdAt === undefined ? {} : { createdAt }),
      }),
    ),
    networks: networks.map((own, i) => ({
      id: `n${i}`,
      name: i === 0 ? 'lab-net' : `n${i}`,
      labels: own,
    })),
    volumes: volumes.map((own, i) => ({ name: `v${i}`, labels: own })),
    records: new Map(
      [`${HOME}/lab`, `${HOME}/b`, '/tmp/x/lab', '/tmp/y/lab'].map((at, i) => [
        at,
        states[i] ?? FOUND,
      ]),
    ),
  }));

/** Orphans of the engine with the labels that they carry. */
function labelled(each: PruneFacts) {
  const things = [
    ...each.containers,
    ...each.networks,
    ...each.volumes.map((volume) => ({ ...volume, id: volume.name })),
  ];
  return decidePrune(each, true).found.flatMap(({ kind, id }) => {
    if (kind === 'directory') return [];
    const thing = things.find((one) => one.id === id);
    if (thing === undefined) throw new Error(`${id} was made up`);
    return [{ kind, ...thing }];
  });
}

function isOfNode({ kind, labels }: { readonly kind: string; readonly labels: Labels }): boolean {
  return kind === 'volume' || ['redis', 'sentinel'].includes(labels[LABEL.kind] ?? '');
}

/** What an orphan may say of whose it is; nothing in these facts is mounted. */
function originsAllowed(kind: string, topology: string | undefined, each: PruneFacts) {
  const state = each.records.get(`${HOME}/${topology}`);
  const isRecorded = state?.kind === 'record';
  const isOld = kind !== 'volume' || each.only === topology || isRecorded;
  const any = topology === undefined ? each.containers.map(({ labels: l }) => l[LABEL.origin]) : [];
  return [...any, ME, isRecorded ? state.record.origin : ME, ...(isOld ? [undefined] : [])];
}

const RUNS = { numRuns: 700 };

describe('whatever is on the engine and in the data home', () => {
  it('lists nothing without our schema label and, but for throw-aways, the name of a topology', () => {
    let seen = 0;
    fc.assert(
      fc.property(facts, (each) => {
        for (const { labels: own } of labelled(each)) {
          seen++;
          expect(own[LABEL.schema]).toBe(LABEL_SCHEMA);
          if (own[LABEL.kind] !== 'probe') expect(own[LABEL.topology]).toMatch(TOPOLOGY_NAME);
        }
      }),
      RUNS,
    );
    expect(seen).toBeGreaterThan(5);
  });

  it('lists nothing of a topology that has a record, here or there, with that node in it', () => {
    const known = new Set(aRecord().placement.nodes.map(({ name }) => name));
    let close = 0;
    fc.assert(
      fc.property(facts, (each) => {
        for (const { labels: own } of labelled(each).filter(isOfNode)) {
          const here = join(HOME, own[LABEL.topology] ?? '');
          const there = own[LABEL.directory] ?? '';
          close++;
          if (each.records.get(here)?.kind === 'record')
            expect(known.has(own[LABEL.node] ?? '')).toBe(false);
          if (there !== here) expect(each.records.get(there)?.kind).toBe('none');
        }
      }),
      RUNS,
    );
    expect(close).toBeGreaterThan(5);
  });

  it('lists nothing where another rsent works, or where nobody can see', () => {
    fc.assert(
      fc.property(facts, fc.constantFrom('busy', 'unclear', 'unreadable'), (each, kind) => {
        const records = new Map([...each.records.keys()].map((at) => [at, { kind }]));
        const { found } = decidePrune({ ...each, records }, true);
        expect(found.filter(({ part }) => part !== 'probe')).toEqual([]);
      }),
      RUNS,
    );
  });

  it('lists only directories that were found in this data home, and none that a record names', () => {
    let seen = 0;
    fc.assert(
      fc.property(facts, (each) => {
        for (const { kind, id, way = [] } of decidePrune(each, true).found) {
          if (kind !== 'directory') continue;
          seen++;
          const [topology = '', name] = way;
          const inside = each.directories.find((one) => one.topology === topology);
          expect(id).toBe([HOME, ...way].join('/'));
          expect(inside).toBeDefined();
          if (name === undefined) continue;
          expect(inside?.entries.map((one) => one.name)).toContain(name);
          expect(aRecord().placement.nodes.map(({ folder }) => folder)).not.toContain(name);
        }
      }),
      RUNS,
    );
    expect(seen).toBeGreaterThan(5);
  });

  it('lists nothing of another user or machine, and no data that nothing proves to be one’s own', () => {
    let seen = 0;
    fc.assert(
      fc.property(facts, (each) => {
        for (const { kind, labels: own } of labelled(each)) {
          seen++;
          expect(originsAllowed(kind, own[LABEL.topology], each)).toContain(own[LABEL.origin]);
        }
      }),
      { numRuns: 500 },
    );
    expect(seen).toBeGreaterThan(5);
  });

  it('removes no data unless it may, and each orphan exactly once', () => {
    fc.assert(
      fc.property(facts, fc.boolean(), (each, withData) => {
        const { found, remove } = decidePrune(each, withData);
        const kinds = new Set(remove.map(({ kind }) => kind));
        if (!withData) expect(kinds.has('volume') || kinds.has('directory')).toBe(false);
        if (withData) expect(remove).toEqual(found);
        const steps = pruneSteps(remove).flat();
        expect(steps).toHaveLength(remove.length);
        expect(new Set(steps)).toEqual(new Set(remove));
      }),
      RUNS,
    );
  });

  it('looks for no record in a directory that has another name than its topology', () => {
    fc.assert(
      fc.property(facts, (each) => {
        for (const [path, topology] of claimedDirectories(each)) {
          expect(path.startsWith('/')).toBe(true);
          expect(path.split('/').at(-1)).toBe(topology);
          expect(path).not.toMatch(/\/\.\.?(\/|$)|\0/);
        }
      }),
      RUNS,
    );
  });
});
