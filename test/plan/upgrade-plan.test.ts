import type { Stage } from '../../src/model/upgrade.js';
import type { NodeToGo, RollFacts } from '../../src/plan/upgrade-plan.js';
import { rollStages } from '../../src/plan/upgrade-plan.js';
import { aRecord, aRecordIn } from '../helpers/topology.js';

const record = aRecord({ image: { ref: 'redis:8.0', named: true } });
const all = record.placement.nodes.map(({ name }) => name);

const old = (changes: Partial<NodeToGo> = {}): NodeToGo => ({
  image: 'redis:7.0',
  answers: true,
  unreadable: false,
  hasCopy: false,
  isKept: false,
  ...changes,
});

function facts(changes: Partial<RollFacts> = {}): RollFacts {
  return {
    record,
    directory: '/data/lab',
    user: { uid: 1000, gid: 1000 },
    chown: false,
    server: 'redis-server',
    version: '8.0.2',
    master: 'redis-1',
    toGo: new Map(all.map((name) => [name, old()])),
    backwards: false,
    canFollow: true,
    ...changes,
  };
}

const titles = (stages: readonly Stage[]) => stages.map(({ what, node }) => `${what} ${node}`);
const kinds = (stage: Stage | undefined) => stage?.plan.steps.map(({ kind }) => kind) ?? [];
const stageOf = (stages: readonly Stage[], node: string, what?: string) =>
  stages.find((each) => each.node === node && (what === undefined || each.what === what));

describe('rollStages', () => {
  it('goes through replicas, the hand-over, the old master, and the Sentinels', () => {
    expect(titles(rollStages(facts({ master: 'redis-2' })))).toEqual([
      'replica redis-1',
      'replica redis-3',
      'hand-over redis-2',
      'master redis-2',
      'sentinel sentinel-1',
      'sentinel sentinel-2',
      'sentinel sentinel-3',
    ]);
  });

  it('goes back the other way round', () => {
    expect(titles(rollStages(facts({ backwards: true })))).toEqual([
      'sentinel sentinel-3',
      'sentinel sentinel-2',
      'sentinel sentinel-1',
      'replica redis-3',
      'replica redis-2',
      'hand-over redis-1',
      'master redis-1',
    ]);
  });

  it('goes on where it stopped: without a hand-over when the master has arrived', () => {
    const toGo = new Map([
      ['redis-1', old()],
      ['sentinel-3', old()],
    ]);
    expect(titles(rollStages(facts({ toGo, master: 'redis-2' })))).toEqual([
      'replica redis-1',
      'sentinel sentinel-3',
    ]);
    expect(rollStages(facts({ toGo: new Map() }))).toEqual([]);
  });

  it('has each step wait for the one before it, under an id of its own', () => {
    for (const { plan } of rollStages(facts())) {
      const ids = plan.steps.map(({ id }) => id);
      expect(new Set(ids).size).toBe(ids.length);
      plan.steps.forEach((step, i) => {
        expect(step.after).toEqual(i === 0 ? [] : [ids[i - 1]]);
      });
    }
  });

  it('ends each stage with all healthy', () => {
    for (const stage of rollStages(facts())) expect(kinds(stage).at(-1)).toBe('await-healthy');
  });

  it('does not wait for an old master that could not follow the new one: it is next', () => {
    const stages = rollStages(facts({ canFollow: false }));
    expect(kinds(stageOf(stages, 'redis-1', 'hand-over'))).toEqual(['hand-over']);
    expect(kinds(stageOf(stages, 'redis-1', 'master')).at(-1)).toBe('await-healthy');
  });

  it('keeps and adapts the conf on the way there', () => {
    expect(kinds(stageOf(rollStages(facts()), 'redis-2'))).toEqual([
      'tell',
      'keep-conf',
      'stop-container',
      'remove-container',
      'adapt-conf',
      'create-container',
      'start-container',
      'await-sync',
      'await-healthy',
    ]);
  });

  it('keeps the copy of the first server when another one comes between', () => {
    const toGo = new Map([['redis-2', old({ isKept: true })]]);
    expect(kinds(rollStages(facts({ toGo }))[0])).not.toContain('keep-conf');
  });

  it('puts the conf back on the way back, and has a replica get its data anew', () => {
    const toGo = new Map([['redis-2', old({ hasCopy: true, unreadable: true })]]);
    const steps = kinds(rollStages(facts({ toGo, backwards: true }))[0]);
    expect(steps).toEqual([
      'tell',
      'stop-container',
      'empty-directory',
      'restore-conf',
      'remove-container',
      'create-container',
      'start-container',
      'await-sync',
      'await-healthy',
    ]);
  });

  it('empties nothing of a Sentinel, and nothing of the only data node', () => {
    const alone = aRecord({ replicas: 0 });
    const toGo = new Map(
      alone.placement.nodes.map(({ name }) => [name, old({ unreadable: true })] as const),
    );
    const stages = rollStages(facts({ record: alone, toGo }));
    expect(stages.flatMap(kinds)).not.toContain('empty-directory');
    expect(titles(stages)[0]).toBe('master redis-1');
    expect(kinds(stages[0])).toContain('await-ready');
  });

  it('mends what does not answer first, and asks for health only when that is done', () => {
    const toGo = new Map([
      ['redis-3', old({ answers: false })],
      ['sentinel-1', old({ answers: false })],
      ['sentinel-2', old()],
    ]);
    const stages = rollStages(facts({ toGo }));
    expect(titles(stages)).toEqual([
      'replica redis-3',
      'sentinel sentinel-1',
      'sentinel sentinel-2',
    ]);
    expect(kinds(stages[0]).filter((kind) => kind.startsWith('await-'))).toEqual([]);
    expect(kinds(stages[0])).not.toContain('tell');
    expect(kinds(stages[1]).at(-1)).toBe('await-healthy');
  });

  it('makes containers as they were, but for the image', () => {
    const pod = aRecordIn('pod', { image: { ref: 'valkey:8.1', named: true } });
    const stages = rollStages(facts({ record: pod, server: 'valkey-server' }));
    const step = stageOf(stages, 'redis-2')?.plan.steps.find(
      ({ kind }) => kind === 'create-container',
    );
    expect(step).toMatchObject({
      container: {
        image: 'valkey:8.1',
        network: { namespaceOf: 'lab-pod' },
        entrypoint: ['sh', '-c', expect.stringContaining('exec valkey-server')],
      },
    });
  });
});
