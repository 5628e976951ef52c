import { type Claimant, masterByData } from '../../src/plan/claimants.js';
import type { Tail } from '../../src/plan/tails.js';

const at = (port: number) => ({ ip: '10.0.0.1', port });
const claimant = (port: number, changes: Partial<Claimant> = {}): Claimant => ({
  ...{ address: at(port), disk: { is: 'data', bytes: 9, writtenAt: 5000 } },
  ...{ runs: false, followers: 0 },
  ...changes,
});
const disk = (bytes: number, writtenAt: number) => ({ is: 'data', bytes, writtenAt }) as const;
const tail = (text: string): Tail => ({
  ...{ commands: [...text], form: 'parts', isWhole: true, beganAt: 0, hasOwnTimes: true },
  ...{ addedAt: 9e6, writtenAt: 9e6 },
});

describe('the master of a topology whose Sentinels left nothing', () => {
  it.each<[string, Partial<Claimant>, Partial<Claimant>]>([
    ['has data', { disk: { is: 'empty' } }, {}],
    ['was written last', { disk: disk(99, 4000) }, { disk: disk(9, 5000) }],
    ['is followed, of those of one second', { disk: disk(99, 5000) }, { followers: 1 }],
    ['is followed, though another was written later', { disk: disk(99, 9000) }, { followers: 1 }],
    ['is followed, though another runs', { runs: true }, { followers: 1 }],
    ['is followed by more', { followers: 1, runs: true }, { followers: 2 }],
    [
      'has what the other lacks, though that runs',
      { runs: true, tail: tail('ab') },
      { tail: { ...tail('cd'), isWhole: false } },
    ],
    ['is the larger one, of two alike', { disk: disk(8, 5000) }, {}],
    ['serves', { disk: disk(99, 9000) }, { runs: true }],
    [
      'goes on where the other ends',
      { disk: disk(9, 9000), tail: tail('ab') },
      { tail: tail('abc') },
    ],
  ])('%s', (_, first, second) => {
    expect(masterByData([claimant(1, first), claimant(2, second)])).toEqual(at(2));
    expect(masterByData([claimant(2, second), claimant(1, first)])).toEqual(at(2));
  });

  it('is the first one of those that are alike, and nobody without data', () => {
    expect(masterByData([claimant(1), claimant(2)])).toEqual(at(1));
    expect(masterByData([claimant(1, { disk: { is: 'nothing' } })])).toBeUndefined();
  });
});
