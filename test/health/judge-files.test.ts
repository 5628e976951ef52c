import { expectRecord } from '../../src/health/expect.js';
import { judge } from '../../src/health/judge.js';
import { isInDanger, lostAtRest, restingMaster } from '../../src/health/judge-files.js';
import type { Observation, OnDisk, RedisFacts } from '../../src/model/observation.js';
import { healthyObservation } from '../helpers/observation.js';
import { aRecord } from '../helpers/topology.js';

const record = aRecord();
const expectation = expectRecord(record);
const REBUILD = 'rsent up lab --rebuild';

/** All is well, but for where the data of these is. */
function seen(
  where: Readonly<Record<string, OnDisk>>,
  facts: Readonly<Record<string, Partial<RedisFacts>>> = {},
): Observation {
  const base = healthyObservation(record);
  const nodes = base.nodes.map((node) => {
    const onDisk = where[node.name];
    if (node.kind !== 'redis' || !node.answer.reached) return node;
    const answer = { ...node.answer, facts: { ...node.answer.facts, ...facts[node.name] } };
    return { ...node, answer, ...(onDisk && { onDisk }) };
  });
  return { ...base, nodes };
}

const linkDown = (): Partial<RedisFacts> => {
  const node = seen({}).nodes.find(({ name }) => name === 'redis-2');
  if (node?.kind !== 'redis' || !node.answer.reached || !node.answer.facts.upstream)
    throw new Error('no replica');
  return { upstream: { ...node.answer.facts.upstream, linkUp: false } };
};

describe('data of nodes whose append-only file somebody switched off', () => {
  const all = { 'redis-1': 'unsaved', 'redis-2': 'unsaved', 'redis-3': 'unsaved' } as const;

  it('would be lost if all ended; rsent up switches it on', () => {
    const look = seen(all);
    expect(isInDanger(look.nodes.filter((node) => node.kind === 'redis'))).toBe(true);
    const nodes = ['redis-1', 'redis-2', 'redis-3'];
    expect(lostAtRest(expectation, look)).toEqual({
      nodes,
      why: 'unsaved',
      wayOut: 'rsent up lab',
    });
  });

  it('is kept where a node that is in sync writes its own', () => {
    expect(lostAtRest(expectation, seen({ ...all, 'redis-2': 'there' }))).toBeUndefined();
  });
});

describe('data that is in memory only', () => {
  it('makes its master unhealthy, and is a warning on a replica', () => {
    const one = judge(expectation, seen({ 'redis-1': 'there', 'redis-2': 'gone' }));
    expect([one.healthy, one.findings]).toMatchObject([
      true,
      [{ code: 'data-gone', severity: 'warning', subject: 'redis-2', fix: `${REBUILD} redis-2` }],
    ]);
    const { healthy, state, findings } = judge(expectation, seen({ 'redis-1': 'other' }));
    expect([healthy, state, findings]).toMatchObject([
      false,
      'degraded',
      [
        {
          ...{ code: 'data-gone', severity: 'error', subject: 'redis-1' },
          fix: `rsent failover lab --manual, then ${REBUILD} redis-1`,
        },
      ],
    ]);
  });

  const ALL = { 'redis-1': 'gone', 'redis-2': 'gone', 'redis-3': 'other' } as const;
  it.each<[string, Observation, readonly string[] | undefined]>([
    ['nobody has any in files', seen(ALL), ['redis-1', 'redis-2', 'redis-3']],
    [
      'only one has that does not hear the master',
      seen({ 'redis-1': 'gone', 'redis-3': 'gone' }, { 'redis-2': linkDown() }),
      ['redis-1', 'redis-3'],
    ],
    ['a replica in sync has it', seen({ 'redis-1': 'gone', 'redis-3': 'gone' }), undefined],
    ['the master has it', seen({ 'redis-2': 'gone', 'redis-3': 'gone' }), undefined],
    ['nothing was looked at', seen({}), undefined],
    [
      'there is no key',
      seen(ALL, {
        'redis-1': { written: { bytes: 9, keys: 0 } },
        'redis-2': { written: { bytes: 9, keys: 0 } },
        'redis-3': { written: { bytes: 9, keys: 0 } },
      }),
      undefined,
    ],
  ])('would be lost at rest, or not, when %s', (_, observation, nodes) => {
    expect(lostAtRest(expectation, observation)?.nodes).toEqual(nodes);
  });

  const unwritten = { appendOnly: true, lastWriteOk: false };
  const full = { 'redis-1': unwritten, 'redis-2': unwritten, 'redis-3': unwritten };
  it.each<[string, Observation, readonly string[] | undefined]>([
    ['nobody could write last', seen({}, full), ['redis-1', 'redis-2', 'redis-3']],
    ['one that is in sync could', seen({}, { ...full, 'redis-2': {} }), undefined],
    [
      'no append-only file is kept',
      seen({}, { ...full, 'redis-1': { appendOnly: false, lastWriteOk: false } }),
      undefined,
    ],
    [
      'one that could is in sync no more',
      seen({}, { ...full, 'redis-2': linkDown() }),
      ['redis-1', 'redis-3'],
    ],
    [
      'the files of those that could are gone',
      seen({ 'redis-2': 'gone' }, { ...full, 'redis-2': {} }),
      ['redis-1', 'redis-2', 'redis-3'],
    ],
  ])('on a full disk would be lost at rest, or not, when %s', (_, observation, nodes) => {
    expect(lostAtRest(expectation, observation)?.nodes).toEqual(nodes);
  });

  it('is written when there is space again, and only then by way of replicas', () => {
    const free = 'free disk space; they write it by themselves within a second or two';
    expect(lostAtRest(expectation, seen({}, full))).toMatchObject({
      ...{ why: 'unwritten', wayOut: free },
    });
    expect(lostAtRest(expectation, seen({ 'redis-2': 'gone' }, full))?.wayOut).toBe(
      `${free}, then ${REBUILD} redis-2`,
    );
  });

  it('gets into files again by way of the replicas', () => {
    expect(lostAtRest(expectation, seen(ALL))?.wayOut).toBe(
      `${REBUILD} redis-2,redis-3, then rsent failover lab --manual, then ${REBUILD} redis-1`,
    );
  });
});

describe('the master when all ends', () => {
  const { nodes } = healthyObservation(record);
  const data = (observation: Observation) =>
    observation.nodes.flatMap((each) => (each.kind === 'redis' ? [each] : []));
  const [first, second] = record.placement.nodes.map(({ address }) => address);
  const told = nodes.flatMap(({ kind }) => (kind === 'sentinel' && first ? [first] : []));

  it('is who most Sentinels name and says so itself, with those that follow it', () => {
    const all = new Set(['redis-1', 'redis-2', 'redis-3']);
    const found = (given: Observation, by = told) => restingMaster(expectation, data(given), by);
    expect(found(seen({}))).toEqual({ master: 'redis-1', inSync: all });
    expect(found(seen({}, { 'redis-2': linkDown() })).inSync).toEqual(
      new Set(['redis-1', 'redis-3']),
    );
    const nobody = { inSync: new Set() };
    expect(found(seen({}), told.slice(0, 1))).toEqual(nobody);
    expect(found(seen({}), second ? [second, second] : [])).toEqual(nobody);
    expect(found(seen({}, { 'redis-1': { role: 'other' } }))).toEqual(nobody);
  });

  it('is looked at further only where data may be in memory only', () => {
    expect(isInDanger(data(seen({})))).toBe(false);
    expect(isInDanger(data(seen({ 'redis-2': 'other' })))).toBe(true);
    const full = { 'redis-2': { appendOnly: true, lastWriteOk: false } };
    expect(isInDanger(data(seen({}, full)))).toBe(true);
  });
});
