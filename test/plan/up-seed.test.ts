import type { DatabaseCount } from '../../src/model/backup.js';
import { upPlan } from '../../src/plan/up-plan.js';
import { ancestors, asleep, facts, ids, names, record, stepsOfKind } from '../helpers/up-facts.js';

const databases: readonly DatabaseCount[] = [{ db: 0, keys: 3, volatile: 1 }];
const mark = { from: '/b.tar', sha256: 'f'.repeat(64), databases };
const restoring = { ...record, unfinished: { restoring: mark } };
const plan = upPlan(facts({ record: restoring, dumpBytes: 700 }));

describe('the plan of a restore', () => {
  it('puts the dump in the place of the first data node, and nowhere else', () => {
    expect(stepsOfKind(plan, 'write-dump')).toEqual([
      expect.objectContaining({
        path: '/data/lab/redis-1/data/appendonly.aof',
        bytes: 700,
        mode: 0o600,
      }),
    ]);
  });

  it('has it in place before the conf, so that whoever has a conf has data', () => {
    expect(ancestors(plan, 'conf:redis-1')).toContain('dump:redis-1');
    expect(ancestors(plan, 'dump:redis-1')).toContain('record');
  });

  it('lets nobody follow before the keys are counted and the record says so', () => {
    expect(ancestors(plan, 'restored')).toContain('keys:redis-1');
    expect(ancestors(plan, 'keys:redis-1')).toContain('ready:redis-1');
    for (const name of names.filter((each) => each !== 'redis-1')) {
      expect(ancestors(plan, `start:${name}`)).toContain('restored');
    }
  });

  it('keeps in the record that it is unfinished, and forgets it at the end', () => {
    expect(stepsOfKind(plan, 'write-record').map((step) => step.record)).toEqual([
      restoring,
      record,
    ]);
  });

  it('keeps the mark when confs are made anew, until the keys are counted', () => {
    const remaking = { ...record, unfinished: { remaking: true, restoring: mark } } as const;
    const again = upPlan(asleep({ record: remaking, dumpBytes: 700 }));
    const written = (id: string) =>
      stepsOfKind(again, 'write-record').find((step) => step.id === id)?.record;
    expect(written('settled')).toEqual(restoring);
    expect(written('restored')).toEqual(record);
    expect(ancestors(again, 'restored')).toContain('settled');
    expect(stepsOfKind(again, 'write-dump')).toEqual([]);
  });

  it('hands the dump over to the user of the containers when told to', () => {
    const user = { uid: 999, gid: 999 };
    const handed = upPlan(facts({ record: restoring, dumpBytes: 1, user, chown: true }));
    expect(stepsOfKind(handed, 'write-dump').map(({ owner }) => owner)).toEqual([user]);
  });

  it('goes on after a kill: data that has a conf is not put there again, but is counted', () => {
    const again = upPlan(asleep({ record: restoring, dumpBytes: 700 }));
    expect(ids(again)).not.toContain('dump:redis-1');
    expect(ids(again)).toEqual(expect.arrayContaining(['keys:redis-1', 'restored']));
  });

  it('has nothing of it in a plain up', () => {
    const plain = upPlan(facts());
    expect(stepsOfKind(plain, 'write-dump')).toEqual([]);
    expect(stepsOfKind(plain, 'check-keys')).toEqual([]);
    expect(stepsOfKind(plain, 'write-record')).toHaveLength(1);
  });
});
