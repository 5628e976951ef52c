import type { Plan } from '../../src/model/plan.js';
import {
  type ContainerState,
  majorityOf,
  ofKind,
  type TopologyRecord,
} from '../../src/model/topology.js';
import { leavePlan } from '../../src/plan/leave-plan.js';
import { resize } from '../../src/plan/resize.js';
import { anId, aRecord } from '../helpers/topology.js';
import { ancestors, ids, stepsOfKind } from '../helpers/up-facts.js';
import { Watch } from '../helpers/watch.js';

const ROOM = { takenPorts: [], free: [], sentinelId: (name: string) => anId(Number(name.at(-1))) };

/** Of one size, about to have another. */
function leaving(from: [number, number], to: [number, number]): TopologyRecord {
  const { spec, placement } = aRecord();
  const [before, after] = [from, to].map(([replicas, sentinels]) => {
    return { ...spec, replicas, sentinels, quorum: majorityOf(sentinels) };
  }) as [typeof spec, typeof spec];
  const large = resize(before, placement, ROOM).placement;
  const { placement: small, leaving: nodes } = resize(after, large, ROOM);
  return { schemaVersion: 1, spec: after, placement: small, unfinished: { leaving: nodes } };
}

function planOf(record: TopologyRecord, off: readonly string[] = [], master = 'redis-1'): Plan {
  const all = [...record.placement.nodes, ...(record.unfinished?.leaving ?? [])];
  const state = (name: string): ContainerState => (off.includes(name) ? 'exited' : 'running');
  const containers = new Map(all.map(({ name }) => [name, state(name)]));
  return leavePlan({ record, directory: '/d', containers, master, canHasten: true });
}

/** From 3 to 9 Sentinels, down to any number from 3 on, with some that have ended already. */
const SIZES = [4, 5, 6, 7, 8, 9].flatMap((from) =>
  [3, 4, 5, 6, 7, 8]
    .filter((to) => to < from)
    .flatMap((to) => Array.from({ length: from - to + 1 }, (_, off) => [from, to, off] as const)),
);

describe.each(SIZES)('from %i Sentinels to %i, %i of them off already', (from, to, off) => {
  const record = leaving([2, from], [2, to]);
  const gone = Array.from({ length: off }, (_, i) => `sentinel-${from - i}`);
  const plan = planOf(record, gone);

  it('at each point those that run are enough, but for one that restarts', () => {
    const names = Array.from({ length: from }, (_, i) => `sentinel-${i + 1}`);
    const staying = names.slice(0, to);
    const running = names.filter((name) => !gone.includes(name));
    const watch = new Watch(names, running, staying, (name) => anId(Number(name.at(-1))));
    for (const step of plan.steps) watch.see(step);
    // Where too many had ended before, all that can be done is to go on.
    const hadMajority = running.length >= majorityOf(from);
    expect([hadMajority, watch.missing]).toEqual([hadMajority, hadMajority ? 0 : watch.missing]);
    for (const name of staying) expect([...(watch.known.get(name) ?? [])].sort()).toEqual(staying);
  });

  it('waits in each view for just those Sentinels that run then', () => {
    const running = new Set(Array.from({ length: from - off }, (_, i) => `sentinel-${i + 1}`));
    for (const step of plan.steps) {
      if (step.kind === 'stop-container') running.delete(step.container.slice(4));
      if (step.kind === 'start-container') running.add(step.container.slice(4));
      if (step.kind === 'await-view')
        expect([step.id, step.sentinels]).toEqual([step.id, running.size]);
    }
    expect(stepsOfKind(plan, 'await-view').at(-1)?.sentinels).toBe(to);
  });

  it('goes one step after the other, and ends with the record', () => {
    plan.steps.forEach((step, i) => {
      expect([step.id, step.after]).toEqual([step.id, ids(plan).slice(Math.max(0, i - 1), i)]);
    });
    expect(new Set(ids(plan)).size).toBe(plan.steps.length);
    expect(plan.steps.at(-1)).toMatchObject({
      kind: 'write-record',
      record: { spec: record.spec },
    });
    expect(stepsOfKind(plan, 'write-record')[0]?.record).not.toHaveProperty('unfinished');
  });

  it('has each that stays told its quorum, the last one that of the spec', () => {
    const quorums = stepsOfKind(plan, 'tell').flatMap(({ node, command }) =>
      command[0] === 'SENTINEL' ? [[node, command[4]] as const] : [],
    );
    for (const { name } of ofKind(record.placement.nodes, 'sentinel'))
      expect(quorums.filter(([node]) => node === name).at(-1)?.[1]).toBe(record.spec.quorum);
  });
});

describe('data nodes that leave', () => {
  const record = leaving([4, 3], [2, 3]);

  it('hand over before they stop where one is master, the others stop first', () => {
    const plan = planOf(record, [], 'redis-5');
    expect(stepsOfKind(plan, 'hand-over').map(({ node }) => node)).toEqual(['redis-5']);
    expect(ancestors(plan, 'stop:redis-5')).toContain('hand-over:redis-5');
    expect(ancestors(plan, 'hand-over:redis-5')).toContain('stop:redis-4');
  });

  it('just stop where none is master', () => {
    expect(stepsOfKind(planOf(record), 'hand-over')).toEqual([]);
  });

  it('are told nothing where they have ended already, and are taken away all the same', () => {
    const plan = planOf(record, ['redis-5']);
    expect(stepsOfKind(plan, 'tell').map(({ node }) => node)).not.toContain('redis-5');
    expect(ids(plan)).not.toContain('stop:redis-5');
    expect(ids(plan)).toContain('remove:redis-5');
  });

  it('are forgotten by every Sentinel that stays', () => {
    const steps = stepsOfKind(planOf(record), 'forget-nodes');
    expect(steps).toHaveLength(3);
    for (const { nodes } of steps)
      expect(nodes.map(({ address }) => address.ip)).toEqual(['172.30.5.15', '172.30.5.14']);
  });
});

it('keeps what else is unfinished', () => {
  const record = leaving([3, 3], [2, 3]);
  const further = { ...record.unfinished, upgradingFrom: 'redis:7.0' };
  const plan = planOf({ ...record, unfinished: further });
  expect(stepsOfKind(plan, 'write-record')[0]?.record.unfinished).toEqual({
    upgradingFrom: 'redis:7.0',
  });
});
