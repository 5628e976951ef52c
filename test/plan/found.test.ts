import type { Unfinished } from '../../src/model/topology.js';
import { downPlan } from '../../src/plan/down-plan.js';
import { found } from '../../src/plan/found.js';
import { stopPlan } from '../../src/plan/stop-plan.js';
import { aRecordIn, nodeNamed } from '../helpers/topology.js';
import { ancestors, asleep, ids, made, names, record, stepsOfKind } from '../helpers/up-facts.js';

const begun = (unfinished: Unfinished) => made('running', { record: { ...record, unfinished } });
const moves = record.placement.nodes.map(({ address }) => {
  return { from: address, to: { ...address, ip: address.ip.replace('.5.', '.6.') } };
});

describe('what was found', () => {
  it('is nothing where all runs', () => {
    expect(found(made('running'))).toEqual([]);
  });

  it('is one line where all sleeps, with the master where it is not the first', () => {
    expect(found(asleep())).toEqual(['lab has no containers; its data is kept']);
    expect(found(made('exited'))).toEqual(['lab is stopped']);
    const { address: master } = nodeNamed(record, 'redis-2');
    expect(found(made('exited', { master }))).toEqual(['lab is stopped; redis-2 is its master']);
  });

  it.each([
    ['exited', 'redis-3 is stopped'],
    ['created', 'redis-3 was never started'],
    ['dead', 'redis-3 is dead'],
    ['paused', 'redis-3 is paused'],
  ] as const)('tells of a node that is %s', (state, line) => {
    const containers = new Map([...made('running').containers, ['redis-3', state] as const]);
    expect(found(made('running', { containers }))).toEqual([line]);
  });

  it('tells of nodes that run on without their directories, with the way out', () => {
    const bare = new Set(['redis-1', 'redis-3', 'sentinel-1']);
    expect(found(made('running', { bare }))).toEqual([
      'redis-1 runs, but its directory is gone: what it has is in memory only (rsent failover lab --manual, then rsent up lab --rebuild redis-1)',
      'redis-3 runs, but its directory is gone: what it has is in memory only (rsent up lab --rebuild redis-3)',
      'sentinel-1 runs, but its directory is gone: what it learns is lost when it stops',
    ]);
  });

  it('tells of data that is gone, and where it comes from now', () => {
    const { address: master } = nodeNamed(record, 'redis-2');
    const promoted = { from: 'redis-1', to: 'redis-2', bytes: 7 };
    const lacking = ['redis-1', 'redis-3'];
    expect(found(asleep({ master, promoted, lacking }))).toEqual([
      'redis-1 had lost its data; redis-2, which has 7 bytes, is the master now',
      'redis-3 has no data; it gets a copy from redis-2',
      'lab has no containers; redis-2 is its master',
    ]);
  });

  it('tells of a master whose file ends before that of another node', () => {
    const { address: master } = nodeNamed(record, 'redis-2');
    const promoted = { from: 'redis-1', to: 'redis-2', bytes: 7, missing: 1 };
    expect(found(asleep({ master, promoted }))).toEqual([
      'The append-only file of redis-1 ends 1 command before that of redis-2; redis-2 is the master now',
      'lab has no containers; its data is kept; redis-2 is its master',
    ]);
  });

  it('tells of a network that was joined and made again, and what clients need', () => {
    const reach = { clients: 'containers', join: 'apps' } as const;
    const on = { ...record, spec: { ...record.spec, reach } };
    const placement = { ...record.placement, joined: true };
    const joined = { ...on, placement };
    expect(found(made('exited', { record: joined, stranded: true }))).toEqual([
      'The network apps was made again, and its containers are made again on it',
      'lab is stopped',
    ]);
    const subnet = '172.30.6.0/24';
    const moved = { ...joined, placement: { ...placement, subnet }, unfinished: { moves } };
    expect(found(made('exited', { record: moved }))[0]).toBe(
      'The network apps was made again: 172.30.5.11:6379 is now 172.30.6.11:6379, and so on for 6 nodes; clients that were given the old ones need the new ones (rsent connect lab)',
    );
  });

  it('tells of what is missing around the nodes', () => {
    const containers = new Map(made('running').containers);
    containers.delete('redis-2');
    const cut = new Set(['redis-3']);
    expect(found(made('running', { containers, cut, networkExists: false }))).toEqual([
      'The network lab-net is gone',
      'redis-2 has no container',
      'redis-3 is on no network',
    ]);
    expect(found(made('running', { record: aRecordIn('pod') }))).toEqual([
      'The network namespace of all nodes is gone: its container is absent',
    ]);
  });

  it('says that the network has gone, too, whatever the containers do', () => {
    const gone = 'The network lab-net is gone';
    expect(found(made('exited', { networkExists: false }))).toEqual(['lab is stopped', gone]);
    const cut = found(made('running', { networkExists: false, cut: new Set(names) }));
    expect(cut).toEqual([gone, ...names.map((name) => `${name} is on no network`)]);
  });

  it.each<[Unfinished, string]>([
    [{ resetting: true }, 'All data is removed'],
    [{ remaking: true, moves }, 'All containers and confs are made anew; the data stays'],
    [{ joining: ['redis-3'] }, 'To join: redis-3'],
    [{ leaving: [nodeNamed(record, 'redis-3')] }, 'To leave: redis-3'],
    [
      { moves },
      'Others have taken its addresses: 172.30.5.11:6379 is now 172.30.6.11:6379, and so on for 6 nodes',
    ],
    [
      { moves: moves.slice(0, 1) },
      'Others have taken its addresses: 172.30.5.11:6379 is now 172.30.6.11:6379',
    ],
  ])('tells of what was begun: %j', (unfinished, line) => {
    expect(found(begun(unfinished))).toEqual([line]);
  });

  it('counts nodes, not the places where they have been', () => {
    const twice = moves.flatMap(({ from, to }) => [
      { from, to },
      { from: { ...from, port: 1 }, to },
    ]);
    expect(found(begun({ moves: twice }))[0]).toContain('for 6 nodes');
  });
});

const containers = [
  { name: 'r', is: 'redis' as const, runs: true },
  { name: 'p', is: 'other' as const, runs: true },
  { name: 's', is: 'sentinel' as const, runs: true },
];

describe('the end of a topology', () => {
  it('comes for Sentinels first and for what they live in last', () => {
    const stop = stopPlan({ topology: 'lab', containers });
    expect(ids(stop)).toEqual(['stop:s', 'stop:r', 'stop:p']);
    expect([...ancestors(stop, 'stop:p')].sort()).toEqual(['stop:r', 'stop:s']);
    const down = downPlan({
      topology: 'lab',
      containers,
      networks: [{ id: '1', name: 'n' }],
      volumes: [],
    });
    expect(ids(down)).toEqual(['kill:s', 'remove:s', 'remove:r', 'remove:p', 'network:n']);
    expect(ancestors(down, 'remove:r')).toEqual(new Set(['kill:s']));
    const before = [...ancestors(down, 'network:n')].sort();
    expect(before).toEqual(['kill:s', 'remove:p', 'remove:r', 'remove:s']);
  });

  it('kills no Sentinel that has ended', () => {
    const ended = containers.map((each) => ({ ...each, runs: false }));
    const plan = downPlan({ topology: 'lab', containers: ended, networks: [], volumes: [] });
    expect(ids(plan)).toEqual(['remove:s', 'remove:r', 'remove:p']);
  });

  it.each([
    ['directory', { data: { path: '/d', removals: [] }, volumes: [] }],
    ['volumes', { volumes: ['v'] }],
  ])('comes for all nodes at once where their %s goes too', (_, goes) => {
    const plan = downPlan({ topology: 'lab', containers, networks: [], ...goes });
    expect([...ancestors(plan, 'remove:r'), ...ancestors(plan, 'remove:s')]).toEqual([]);
    const forced = stepsOfKind(plan, 'remove-container').filter(({ force }) => force);
    expect(forced).toHaveLength(3);
  });

  it('takes no data unless it is told to, and lets a data node save what it has', () => {
    const plan = downPlan({ topology: 'lab', containers, networks: [], volumes: [] });
    expect(stepsOfKind(plan, 'remove-own')).toEqual([]);
    const forced = stepsOfKind(plan, 'remove-container').filter(({ force }) => force);
    expect(forced.map(({ container }) => container)).toEqual(['s', 'p']);
  });

  it('takes the record before the volumes, as the next down finds those without', () => {
    const plan = downPlan({
      topology: 'lab',
      containers,
      networks: [],
      volumes: ['v'],
      data: { path: '/d', removals: [] },
    });
    expect(ancestors(plan, 'volume:v')).toContain('data');
    expect([...ancestors(plan, 'data')].sort()).toEqual(['remove:p', 'remove:r', 'remove:s']);
  });
});
