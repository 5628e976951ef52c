import type { Plan, Step } from '../../src/model/plan.js';
import type { ContainerState } from '../../src/model/topology.js';
import { confPath, type UpFacts, upPlan } from '../../src/plan/up-plan.js';
import { TEMPLATES } from '../helpers/templates.js';
import { aRecord, nodeNamed } from '../helpers/topology.js';

const record = aRecord();
const names = record.placement.nodes.map(({ name }) => name);
const redisNames = names.filter((name) => name.startsWith('redis'));
const sentinelNames = names.filter((name) => name.startsWith('sentinel'));

/** Nothing of the topology is there yet. */
function facts(changes: Partial<UpFacts> = {}): UpFacts {
  return {
    record,
    directory: '/data/lab',
    templates: TEMPLATES,
    user: { uid: 1000, gid: 1000 },
    chown: false,
    server: 'redis-server',
    canHasten: true,
    recorded: false,
    networkExists: false,
    containers: new Map(),
    keptRedis: new Map(),
    keptSentinels: new Set(),
    master: nodeNamed(record, 'redis-1').address,
    ...changes,
  };
}

/** All was made before; the containers are in this state. */
function made(state: ContainerState, changes: Partial<UpFacts> = {}): UpFacts {
  const replicaOf = nodeNamed(record, 'redis-1').address;
  return facts({
    recorded: true,
    networkExists: true,
    containers: new Map(names.map((name) => [name, state])),
    keptRedis: new Map(redisNames.map((name) => [name, name === 'redis-1' ? {} : { replicaOf }])),
    keptSentinels: new Set(sentinelNames),
    ...changes,
  });
}

/** The same after `down`: conf and data are there, no container and no network. */
const asleep = (changes: Partial<UpFacts> = {}) =>
  made('exited', { containers: new Map(), networkExists: false, ...changes });

const ids = ({ steps }: Plan) => steps.map(({ id }) => id);
const ofKind = <K extends Step['kind']>({ steps }: Plan, kind: K) =>
  steps.filter((step): step is Extract<Step, { kind: K }> => step.kind === kind);

/** All that a step waits for, directly or not. */
function ancestors(plan: Plan, id: string): Set<string> {
  const found = new Set<string>();
  const visit = (each: string) => {
    for (const before of plan.steps.find((step) => step.id === each)?.after ?? []) {
      if (!found.has(before)) visit(before);
      found.add(before);
    }
  };
  visit(id);
  return found;
}

describe('upPlan: a new topology', () => {
  const plan = upPlan(facts());

  it('makes and starts every node', () => {
    expect(ofKind(plan, 'create-container').map(({ container }) => container.name)).toEqual(
      record.placement.nodes.map(({ container }) => container),
    );
    expect(ofKind(plan, 'start-container')).toHaveLength(6);
    expect(ofKind(plan, 'write-file').map(({ path }) => path)).toEqual(
      record.placement.nodes.map((node) => confPath('/data/lab', node)),
    );
  });

  it('keeps the record before anything else', () => {
    expect(plan.steps[0]).toEqual({ kind: 'write-record', id: 'record', after: [], record });
    for (const { id } of plan.steps.slice(1)) {
      expect([id, [...ancestors(plan, id)]]).toEqual([id, expect.arrayContaining(['record'])]);
    }
  });

  it('starts the master, then the replicas, then the Sentinels', () => {
    for (const name of ['redis-2', 'redis-3']) {
      expect(ancestors(plan, `start:${name}`)).toContain('ready:redis-1');
    }
    for (const name of sentinelNames) {
      const before = ancestors(plan, `start:${name}`);
      expect(before).toContain('sync:redis-2');
      expect(before).toContain('sync:redis-3');
    }
  });

  it('creates a container only when its network, conf and directories are there', () => {
    for (const name of names) {
      expect([...ancestors(plan, `create:${name}`)]).toEqual(
        expect.arrayContaining(['network', `conf:${name}`, `directory:${name}/data`]),
      );
    }
  });

  it('makes directories and files that only their owner may read', () => {
    expect(ofKind(plan, 'make-directory').every(({ mode }) => mode === 0o700)).toBe(true);
    expect(ofKind(plan, 'write-file').every(({ mode }) => mode === 0o600)).toBe(true);
  });

  it('hands files over to the user of the containers only when told to', () => {
    const user = { uid: 999, gid: 999 };
    const handed = upPlan(facts({ user, chown: true }));
    const owners = (each: Plan) =>
      [...ofKind(each, 'make-directory'), ...ofKind(each, 'write-file')].map(({ owner }) => owner);
    expect(new Set(owners(plan))).toEqual(new Set([undefined]));
    expect(owners(handed).every((owner) => owner?.uid === 999)).toBe(true);
  });

  it('mounts directories, never single files: a file mount cannot be renamed over', () => {
    for (const { container } of ofKind(plan, 'create-container')) {
      expect(container.mounts.map(({ to }) => to).sort()).toEqual(['/data', '/etc/redis']);
    }
  });

  it('starts Sentinels as Sentinels, with the server that the image has', () => {
    const entry = upPlan(facts({ server: 'valkey-server' }));
    const commands = ofKind(entry, 'create-container').map(({ container }) => [
      container.kind,
      container.entrypoint.at(-1),
    ]);
    for (const [kind, command] of commands) {
      const tail = kind === 'sentinel' ? 'sentinel.conf --sentinel' : 'redis.conf';
      expect(command).toBe(`umask 077; exec valkey-server /etc/redis/${tail}`);
    }
  });

  it('does not hasten Sentinels that have no such command', () => {
    const plain = upPlan(facts({ canHasten: false }));
    expect(ofKind(plan, 'hasten-sentinel')).toHaveLength(3);
    expect(ofKind(plain, 'hasten-sentinel')).toHaveLength(0);
    expect(ofKind(plain, 'await-ready').map(({ node }) => node)).toEqual(
      expect.arrayContaining(sentinelNames),
    );
  });

  it('is plain data', () => {
    expect(JSON.parse(JSON.stringify(plan))).toEqual(plan);
  });
});

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

  it('creates a container that was removed, with the conf that it left', () => {
    const containers = new Map(made('running').containers);
    containers.delete('sentinel-2');
    const plan = upPlan(made('running', { containers }));
    expect(ids(plan)).toEqual(
      expect.arrayContaining(['create:sentinel-2', 'start:sentinel-2', 'hasten:sentinel-2']),
    );
    expect(ofKind(plan, 'write-file')).toEqual([]);
    expect(ids(plan).every((id) => id.includes('sentinel-2'))).toBe(true);
  });

  it('writes a conf that is gone for the master of today', () => {
    const keptSentinels = new Set(['sentinel-1', 'sentinel-3']);
    const containers = new Map(made('running').containers);
    containers.delete('sentinel-2');
    const master = nodeNamed(record, 'redis-3').address;
    const plan = upPlan(made('running', { containers, keptSentinels, master }));
    const [file] = ofKind(plan, 'write-file');
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
    expect(ofKind(plan, 'follow-master')).toEqual([
      expect.objectContaining({ path: '/data/lab/redis-1/conf/redis.conf', master }),
    ]);
    expect(ancestors(plan, 'start:redis-1')).toContain('conf:redis-1');
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
    const paths = ofKind(plan, 'write-file').map(({ path }) => path);
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
