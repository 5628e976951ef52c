import { campaignOf, chosenOrders, type Order } from '../../src/drill/campaign.js';
import { expectedOf } from '../../src/drill/expected.js';
import { candidateOf, chooseTargets } from '../../src/drill/target.js';
import type { Expected } from '../../src/model/drill.js';
import { healthyObservation } from '../helpers/observation.js';
import { aRecord, aSpec } from '../helpers/topology.js';

/** 1 + so many replicas + so many Sentinels. */
const SHAPES: readonly (readonly [number, number])[] = [
  [0, 1],
  [0, 3],
  [1, 1],
  [1, 2],
  [1, 3],
  [2, 3],
  [2, 4],
  [4, 5],
  [5, 7],
];

const specOf = (replicas: number, sentinels: number) =>
  aSpec({ replicas, sentinels, quorum: Math.floor(sentinels / 2) + 1 });
const titles = (replicas: number, sentinels: number) =>
  campaignOf(specOf(replicas, sentinels)).map(({ title }) => title);
const titled = (orders: readonly Order[], title: string) =>
  orders.find((each) => each.title === title);

/** What should come of each fault of the campaign, by its title. */
function expectations(replicas: number, sentinels: number, quorum: number): Map<string, Expected> {
  const spec = { ...specOf(replicas, sentinels), quorum };
  const candidates = healthyObservation(aRecord(spec)).nodes.map(candidateOf);
  const { downAfterMs } = spec.timing;
  return new Map(
    campaignOf(spec).flatMap(({ title, how, target, forMs }) => {
      if (how === 'manual' || how === 'plain') return [];
      const targets = chooseTargets(target, candidates);
      const ordered = { kind: how, targets, downAfterMs };
      return [
        [title, expectedOf(forMs === undefined ? ordered : { ...ordered, forMs }, spec)] as const,
      ];
    }),
  );
}

describe('campaignOf', () => {
  it('makes every fault that makes sense for 1+2+3', () => {
    expect(titles(2, 3)).toEqual([
      'crash master',
      'shutdown master',
      'hang master',
      'partition master',
      'manual master',
      'short hang of the master',
      'crash replica',
      'hang replica',
      'partition replica',
      'crash replica:2',
      'crash sentinel',
      'hang sentinel',
      'partition sentinel',
      'crash sentinel:1,master',
      'crash sentinel:2',
      'crash sentinel:2,master',
    ]);
  });

  it('takes as many of 1+4+5 as can be borne, and one more', () => {
    expect(titles(4, 5)).toEqual(
      expect.arrayContaining([
        'crash replica:4',
        'crash sentinel:2,master',
        'crash sentinel:3',
        'crash sentinel:3,master',
      ]),
    );
  });

  it('takes the only replica of 1+1+3 once', () => {
    expect(titles(1, 3).filter((title) => title.includes('replica'))).toEqual([
      'crash replica',
      'hang replica',
      'partition replica',
    ]);
  });

  it('takes no several Sentinels where there are not three', () => {
    expect(titles(1, 2).filter((title) => title.includes(':'))).toEqual([]);
  });

  it.each(SHAPES)(
    'cuts nobody of 1+%d+%d off where none can be, and changes nothing else',
    (...counts) => {
      const all = campaignOf(specOf(...counts));
      const uncut = campaignOf(specOf(...counts), false);
      expect(uncut).toEqual(all.filter(({ title }) => !title.startsWith('partition')));
      expect(uncut.filter(({ how }) => how === 'partition')).toEqual([]);
      expect(all.length).toBeGreaterThan(uncut.length);
      expect(campaignOf(specOf(...counts), true)).toEqual(all);
    },
  );

  it.each(SHAPES)('aims at nodes that 1+%d+%d has', (replicas, sentinels) => {
    const record = aRecord({ replicas, sentinels });
    const candidates = healthyObservation(record).nodes.map(candidateOf);
    for (const { target } of campaignOf(record.spec)) {
      expect(chooseTargets(target, candidates).length).toBeGreaterThan(0);
    }
  });

  it.each(SHAPES)('makes no drill of 1+%d+%d twice', (replicas, sentinels) => {
    const orders = campaignOf(specOf(replicas, sentinels));
    const faults = orders.map(({ how, target, forMs }) => `${how} ${target} ${forMs}`);
    expect(new Set(faults).size).toBe(orders.length);
    expect(new Set(orders.map(({ title }) => title)).size).toBe(orders.length);
  });

  it.each(SHAPES)('lets only a fault of 1+%d+%d end by itself that lives on', (...counts) => {
    const timed = campaignOf(specOf(...counts)).filter(({ forMs }) => forMs !== undefined);
    for (const { how } of timed) expect(['hang', 'partition']).toContain(how);
  });
});

describe('the drills of campaignOf', () => {
  it('show both what a topology bears and what it does not', () => {
    const expected = expectations(2, 3, 2);
    expect(expected.get('crash sentinel:1,master')).toBe('failover');
    expect(expected.get('crash sentinel:2,master')).toBe('no failover');
    expect(expected.get('crash replica:2')).toBe('no failover');
    expect(expected.get('crash sentinel:2')).toBe('no failover');
    expect(expected.get('hang master')).toBe('failover');
  });

  it.each([
    [3, 2],
    [4, 3],
    [5, 3],
    [7, 4],
  ])(
    'take the largest loss that %d Sentinels bear, and the smallest that they do not',
    (count, quorum) => {
      const expected = expectations(2, count, quorum);
      const several = [...expected].filter(([title]) => /:\d,master$/.test(title));
      expect(several.map(([, what]) => what)).toEqual(['failover', 'no failover']);
    },
  );

  it.each([1, 500, 2000, 5000, 30_000])(
    'include a hang that is over before anybody acts, with a down-after of %d ms',
    (downAfterMs) => {
      const timing = { downAfterMs, failoverTimeoutMs: 10_000, parallelSyncs: 1 };
      const short = titled(campaignOf(aSpec({ timing })), 'short hang of the master');
      expect(short?.forMs).toBeGreaterThan(0);
      expect(short?.forMs).toBeLessThan(Math.max(2, downAfterMs));
    },
  );
});

describe('chosenOrders', () => {
  const all = campaignOf(specOf(2, 3));
  const chosen = (only: readonly string[], skip: readonly string[] = []) =>
    chosenOrders(all, { only, skip }).map(({ title }) => title);

  it('leaves a campaign as it is where nothing is said', () => {
    expect(chosen([])).toEqual(all.map(({ title }) => title));
  });

  it('takes kinds and titles, in the order of the campaign, whatever their case', () => {
    expect(chosen(['manual'])).toEqual(['manual master']);
    expect(chosen(['hang replica', 'Crash Master'])).toEqual(['crash master', 'hang replica']);
    expect(chosen(['hang'])).toEqual([
      'hang master',
      'short hang of the master',
      'hang replica',
      'hang sentinel',
    ]);
  });

  it('takes several with commas between, and a title that has commas', () => {
    expect(chosen(['shutdown, manual'])).toEqual(['shutdown master', 'manual master']);
    expect(chosen(['crash sentinel:1,master'])).toEqual(['crash sentinel:1,master']);
  });

  it('leaves out what is to be skipped, of what is wanted too', () => {
    expect(chosen([], ['crash', 'hang', 'partition'])).toEqual([
      'shutdown master',
      'manual master',
    ]);
    expect(chosen(['hang'], ['hang sentinel', 'short hang of the master'])).toEqual([
      'hang master',
      'hang replica',
    ]);
  });

  it.each<[string, string[], string[], RegExp]>([
    ['only', ['crsh'], [], /^--only is "crsh"; expected a kind \(crash, .*manual.*\) or a drill/],
    ['skip', [], ['crash nobody'], /^--skip is "crash nobody"; expected/],
    ['both', ['hang'], ['hang'], /^No drill is left; expected/],
  ])('says all that is legal when %s means nothing here', (_, only, skip, message) => {
    expect(() => chosen(only, skip)).toThrow(
      expect.objectContaining({ kind: 'usage', message: expect.stringMatching(message) }),
    );
    expect(() => chosen(only, skip)).toThrow(/\n {2}crash sentinel:1,master(\n|$)/);
  });
});
