import type { Branch } from '../../src/plan/branches.js';
import { found } from '../../src/plan/found.js';
import type { Holding } from '../../src/plan/lead.js';
import { isLeftNode } from '../../src/plan/own-files.js';
import { asideName, mayHaveBranched } from '../../src/plan/up-aside.js';
import type { UpFacts } from '../../src/plan/up-facts.js';
import { upPlan } from '../../src/plan/up-plan.js';
import { nodeNamed } from '../helpers/topology.js';
import { ancestors, asleep, ids, made, record, stepsOfKind } from '../helpers/up-facts.js';

const second = nodeNamed(record, 'redis-2').address;
const first = nodeNamed(record, 'redis-1').address;
const data: Holding = { is: 'data', bytes: 9, writtenAt: 1000 };
const disks = new Map<string, Holding>(
  ['redis-1', 'redis-2', 'redis-3'].map((name) => [name, data]),
);
/** The second node was promoted, and the third one told to follow it. */
const promoted = (changes: Partial<UpFacts> = {}) =>
  asleep({
    master: second,
    keptRedis: new Map([
      ['redis-1', {}],
      ['redis-2', {}],
      ['redis-3', { replicaOf: second }],
    ]),
    ...changes,
  });
const branched = (branch: Branch) => ({
  branched: new Map([['redis-1', branch]]),
  branchAs: 'data.before-20261201T010203',
});
const namesOf = (facts: UpFacts, held = disks) =>
  mayHaveBranched(facts, held).map(({ name }) => name);

describe('a data node that may have commands which its master never had', () => {
  it('is one that has not followed this master, and starts with data', () => {
    expect(namesOf(promoted())).toEqual(['redis-1']);
    const late = new Map([
      ['redis-1', {}],
      ['redis-2', {}],
      ['redis-3', { replicaOf: first }],
    ]);
    expect(namesOf(promoted({ keptRedis: late }))).toEqual(['redis-1', 'redis-3']);
  });

  it.each<[string, UpFacts, Map<string, Holding>]>([
    ['follows it', asleep(), disks],
    ['runs', promoted({ containers: made('running').containers, networkExists: true }), disks],
    ['is paused', promoted({ containers: made('paused').containers, networkExists: true }), disks],
    ['has nothing', promoted(), new Map<string, Holding>([['redis-1', { is: 'empty' }]])],
    ['is rebuilt', promoted({ rebuilding: new Set(['redis-1']) }), disks],
  ])('is none that %s', (_, facts, held) => {
    expect(namesOf(facts, held)).toEqual([]);
  });
});

describe('what such a node has', () => {
  const facts = promoted(branched({ is: 'diverged', commands: 50 }));

  it('is kept beside it before its conf says whom it follows, and before it starts', () => {
    const plan = upPlan(facts);
    expect(stepsOfKind(plan, 'set-aside')).toMatchObject([
      { path: '/data/lab/redis-1/data', to: '/data/lab/redis-1/data.before-20261201T010203' },
    ]);
    expect([...ancestors(plan, 'conf:redis-1')]).toContain('aside:redis-1');
    expect([...ancestors(plan, 'start:redis-1')]).toEqual(
      expect.arrayContaining(['aside:redis-1', 'directory:redis-1/data']),
    );
    expect(ids(upPlan(promoted())).some((id) => id.startsWith('aside:'))).toBe(false);
  });

  it('is kept so where its conf is written from the templates', () => {
    const remade = { ...record, unfinished: { remaking: true as const } };
    const plan = upPlan({ ...facts, record: remade });
    expect([...ancestors(plan, 'conf:redis-1')]).toContain('aside:redis-1');
  });

  it.each<[Branch, string]>([
    [
      { is: 'diverged', commands: 50 },
      'redis-1 has 50 commands that redis-2, the master, never got',
    ],
    [{ is: 'diverged', commands: 1 }, 'redis-1 has 1 command that redis-2, the master, never got'],
    [{ is: 'unknown' }, 'redis-1 may have commands that redis-2, the master, never got'],
  ])('is said, with where it is and how to look at it: %j', (branch, expected) => {
    const [said = '', look] = found(promoted(branched(branch)));
    expect(said).toContain(expected);
    expect(said).toContain('/data/lab/redis-1/data.before-20261201T010203');
    expect(look).toContain('-v /data/lab/redis-1/data.before-20261201T010203:/data redis');
  });

  it('goes with all other data of its topology', () => {
    const name = asideName('before', new Date('2026-12-01T01:02:03Z'));
    expect(name).toBe('data.before-20261201T010203');
    const inside = [{ name, kind: 'directory' as const }];
    expect(isLeftNode({ name: 'redis-1', kind: 'directory', inside })).toBe(true);
  });
});
