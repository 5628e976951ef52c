import { type Aim, afterAttempt } from '../../src/flow/bring-up.js';
import { aRecord } from '../helpers/topology.js';

const before = aRecord();
const wanted = { ...before, spec: { ...before.spec, guard: { minReplicas: 0, maxLagS: 3 } } };
const aim = {
  ...{ spec: wanted.spec, existing: before, wanted },
  running: { name: 'lab', nodes: [] },
} as unknown as Aim;

describe('another attempt', () => {
  it('still makes the change when the one before it was undone', () => {
    expect(afterAttempt(aim, { ...before })).toMatchObject({ existing: before, wanted });
  });

  it('goes on from the record that holds the change already', () => {
    const moved = { ...wanted, unfinished: { moves: [] } };
    const next = afterAttempt(aim, moved);
    expect(next.existing).toEqual(moved);
    expect(next.wanted).toBeUndefined();
  });

  it('looks at what runs once more', () => {
    expect(afterAttempt(aim, before).running).toBeUndefined();
  });
});
