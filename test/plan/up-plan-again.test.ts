import { confPath } from '../../src/plan/conf-path.js';
import type { UpFacts } from '../../src/plan/up-facts.js';
import { upPlan } from '../../src/plan/up-plan.js';
import { nodeNamed } from '../helpers/topology.js';
import {
  ancestors,
  asleep,
  facts,
  ids,
  made,
  names,
  record,
  redisNames,
  sentinelNames,
  stepsOfKind,
} from '../helpers/up-facts.js';

describe('upPlan: what is there already', () => {
  it('does nothing when all runs', () => {
    expect(upPlan(made('running')).steps).toEqual([]);
  });

  it.each([
    ['exited', 'start-container'],
    ['created', 'start-container'],
    ['dead', 'start-container'],
    ['paused', 'resume-container'],
  ] as const)('brings back a node whose container is %s, and touches no other', (state, kind) => {
    const containers = new Map([...made('running').containers, ['redis-3', state] as const]);
    const plan = upPlan(made('running', { containers }));
    expect(plan.steps.map((step) => [step.kind, step.id])).toEqual([
      [kind, 'start:redis-3'],
      ['await-sync', 'sync:redis-3'],
    ]);
  });

  it('puts a node that a partition cut off back on the network, and waits for it', () => {
    const plan = upPlan(made('running', { cut: new Set(['redis-3']) }));
    expect(plan.steps).toEqual([
      expect.objectContaining({
        kind: 'connect-container',
        id: 'heal:redis-3',
        container: 'lab-redis-3',
        ip: nodeNamed(record, 'redis-3').address.ip,
        network: record.placement.network,
      }),
      expect.objectContaining({ kind: 'await-sync', id: 'sync:redis-3', after: ['heal:redis-3'] }),
    ]);
  });

  it('heals a node that was cut off and stopped before it starts it', () => {
    const containers = new Map([...made('running').containers, ['redis-3', 'exited'] as const]);
    const plan = upPlan(made('running', { containers, cut: new Set(['redis-3']) }));
    expect(ids(plan)).toEqual(['heal:redis-3', 'start:redis-3', 'sync:redis-3']);
    expect(ancestors(plan, 'start:redis-3')).toContain('heal:redis-3');
  });

  it('makes a stopped container anew that publishes another port than is recorded', () => {
    const containers = new Map([...made('running').containers, ['redis-3', 'exited'] as const]);
    const misplaced = new Set(['redis-3']);
    const plan = upPlan(made('running', { containers, misplaced }));
    expect(ids(plan)).toContain('remove:redis-3');
    expect(ids(plan).filter((id) => /^(remove|create|start):/.test(id))).toEqual([
      'remove:redis-3',
      'create:redis-3',
      'start:redis-3',
    ]);
    expect(ancestors(plan, 'create:redis-3')).toContain('remove:redis-3');
  });

  it('kills whatever runs before a reset empties it, also where one is made anew', () => {
    const containers = new Map([...made('running').containers, ['redis-3', 'exited'] as const]);
    const begun = { ...record, unfinished: { resetting: true } } as const;
    const misplaced = new Set(['redis-3']);
    const plan = upPlan(made('running', { containers, misplaced, record: begun }));
    const ends = ids(plan).filter((id) => /^(remove|kill):/.test(id));
    const others = [...sentinelNames, ...redisNames].filter((name) => name !== 'redis-3');
    expect(ends).toHaveLength(others.length + 1);
    expect(ends).toEqual(
      expect.arrayContaining(['remove:redis-3', ...others.map((name) => `kill:${name}`)]),
    );
    for (const name of redisNames) {
      expect(ancestors(plan, `empty:${name}`)).toContain(
        name === 'redis-3' ? 'remove:redis-3' : `kill:${name}`,
      );
      expect(ancestors(plan, `empty:${name}`)).toContain('kill:sentinel-1');
    }
  });

  it('creates a container that was removed, with the conf that it left', () => {
    const containers = new Map(made('running').containers);
    containers.delete('sentinel-2');
    const plan = upPlan(made('running', { containers }));
    expect(ids(plan)).toEqual(
      expect.arrayContaining(['create:sentinel-2', 'start:sentinel-2', 'hasten:sentinel-2']),
    );
    expect(stepsOfKind(plan, 'write-file')).toEqual([]);
    expect(ids(plan).every((id) => id.includes('sentinel-2'))).toBe(true);
  });

  it('writes a conf that is gone for the master of today', () => {
    const keptSentinels = new Set(['sentinel-1', 'sentinel-3']);
    const containers = new Map(made('running').containers);
    containers.delete('sentinel-2');
    const master = nodeNamed(record, 'redis-3').address;
    const plan = upPlan(made('running', { containers, keptSentinels, master }));
    const [file] = stepsOfKind(plan, 'write-file');
    expect(file?.path).toBe('/data/lab/sentinel-2/conf/sentinel.conf');
    expect(file?.content).toContain('sentinel monitor mymaster 172.30.5.13 6379 2');
  });

  it('points an old master that is down at the present one before it starts', () => {
    const master = nodeNamed(record, 'redis-2').address;
    const keptRedis = new Map([
      ['redis-1', {}],
      ['redis-2', {}],
      ['redis-3', { replicaOf: master }],
    ]);
    const containers = new Map([...made('running').containers, ['redis-1', 'exited'] as const]);
    const plan = upPlan(made('running', { containers, keptRedis, master }));
    expect(stepsOfKind(plan, 'follow-master')).toEqual([
      expect.objectContaining({ path: '/data/lab/redis-1/conf/redis.conf', master }),
    ]);
    expect(ancestors(plan, 'start:redis-1')).toContain('conf:redis-1');
  });

  it('points a replica of a past master at the present one before it starts', () => {
    const master = nodeNamed(record, 'redis-2').address;
    const past = nodeNamed(record, 'redis-1').address;
    const keptRedis = new Map([
      ['redis-1', { replicaOf: master }],
      ['redis-2', {}],
      ['redis-3', { replicaOf: past }],
    ]);
    const containers = new Map([...made('running').containers, ['redis-3', 'exited'] as const]);
    const plan = upPlan(made('running', { containers, keptRedis, master }));
    expect(stepsOfKind(plan, 'follow-master').map(({ path }) => path)).toEqual([
      '/data/lab/redis-3/conf/redis.conf',
    ]);
  });

  it('has the present master follow nobody, where its conf was not saved at its promotion', () => {
    const master = nodeNamed(record, 'redis-2').address;
    const keptRedis = new Map([
      ['redis-1', { replicaOf: master }],
      ['redis-2', { replicaOf: nodeNamed(record, 'redis-1').address }],
      ['redis-3', { replicaOf: master }],
    ]);
    const plan = upPlan(made('exited', { keptRedis, master }));
    const steps = stepsOfKind(plan, 'follow-master');
    expect(steps.map(({ path }) => path)).toEqual(['/data/lab/redis-2/conf/redis.conf']);
    expect(steps[0]).not.toHaveProperty('master');
  });

  it('does not touch the conf of an old master that runs: Sentinel converts it', () => {
    const master = nodeNamed(record, 'redis-2').address;
    expect(upPlan(made('running', { master })).steps).toEqual([]);
  });
});

const WORLDS: [string, UpFacts][] = [
  ['nothing is there', facts()],
  ['all runs', made('running')],
  ['all is stopped', made('exited')],
  ['all is paused', made('paused')],
  ['only conf and data are there', asleep()],
  ['another node is master', asleep({ master: nodeNamed(record, 'redis-3').address })],
  [
    'only the data nodes run',
    made('running', {
      containers: new Map(redisNames.map((n) => [n, 'running'])),
      keptSentinels: new Set(),
    }),
  ],
  [
    'only the Sentinels run',
    made('running', { containers: new Map(sentinelNames.map((n) => [n, 'running'])) }),
  ],
  ['the record is there and nothing else', facts({ recorded: true })],
  [
    'half of the confs are gone',
    asleep({ keptRedis: new Map([['redis-1', {}]]), keptSentinels: new Set(['sentinel-2']) }),
  ],
];

describe.each(WORLDS)('upPlan when %s', (_, world) => {
  const plan = upPlan(world);

  it('gives each step an id of its own', () => {
    expect(new Set(ids(plan)).size).toBe(plan.steps.length);
  });

  it('lets each step wait only for steps that come before it', () => {
    plan.steps.forEach((step, i) => {
      const before = ids(plan).slice(0, i);
      expect([step.id, step.after.filter((id) => !before.includes(id))]).toEqual([step.id, []]);
    });
  });

  it('never writes a conf that is there', () => {
    const kept = [...world.keptRedis.keys(), ...world.keptSentinels];
    const paths = stepsOfKind(plan, 'write-file').map(({ path }) => path);
    for (const name of kept) {
      expect(paths).not.toContain(confPath(world.directory, nodeNamed(record, name)));
    }
  });

  it('leaves nobody out: each node runs, or is started', () => {
    const started = plan.steps.flatMap((step) =>
      /^start:/.test(step.id) ? [step.id.slice(6)] : [],
    );
    const up = names.filter((name) => world.containers.get(name) === 'running');
    expect([...up, ...started].sort()).toEqual([...names].sort());
  });
});

describe('upPlan: nodes whose directories were removed', () => {
  const stories: readonly (readonly [string, Partial<UpFacts>])[] = [
    ['with their containers', { bare: new Set(names) }],
    ['without any container', { bare: new Set(names), containers: new Map() }],
    ['one of which is rebuilt', { rebuilding: new Set(['redis-2']), asideAs: 'data.broken-1' }],
  ];

  it.each(stories)('start after all of their files are there: %s', (_, changes) => {
    const plan = upPlan(made('exited', changes));
    for (const name of names) {
      const folder = `/data/lab/${name}`;
      const files = plan.steps.filter((step) => 'path' in step && step.path.startsWith(folder));
      const before = [...ancestors(plan, `start:${name}`)];
      expect([name, before]).toEqual([name, expect.arrayContaining(files.map(({ id }) => id))]);
    }
  });
});
