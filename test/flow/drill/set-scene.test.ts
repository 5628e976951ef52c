import { campaignOf } from '../../../src/drill/campaign.js';
import { type Setting, setScene } from '../../../src/flow/drill/set-scene.js';
import { withSilent } from '../../helpers/observation.js';
import { anOrderedDrill, aScene, aSetting } from '../../helpers/scene.js';

const namesOf = (nodes: readonly { readonly name: string }[]) => nodes.map(({ name }) => name);

describe('setScene', () => {
  it('knows the master, whom the fault hits and what should come of it', () => {
    const { master, struck, expected, downAfterMs, faults } = aScene();
    expect([master.name, namesOf(struck), expected]).toEqual(['redis-1', ['redis-1'], 'failover']);
    expect([downAfterMs, faults]).toEqual([2000, []]);
  });

  it('expects of several nodes what comes of all of them', () => {
    const { struck, expected } = aScene({ target: 'sentinel:2,master' });
    expect(namesOf(struck)).toEqual(['redis-1', 'sentinel-1', 'sentinel-2']);
    expect(expected).toBe('no failover');
  });

  it('measures a fault that ends by itself by the down-after of this drill', () => {
    const hang = { how: 'hang', forMs: 1500 } as const;
    expect(aScene(hang).expected).toBe('no failover');
    const soon = aScene({ ...hang, downAfterMs: 1000 });
    expect([soon.expected, soon.downAfterMs]).toEqual(['either', 1000]);
  });

  it.each(['manual', 'plain'] as const)('expects a failover of a hand-over: %s', (how) => {
    expect(aScene({ how }).expected).toBe('failover');
    expect(() => aScene({ how, target: 'redis-1' })).toThrow(
      expect.objectContaining({ kind: 'usage', message: expect.stringContaining('redis-1') }),
    );
  });

  it.each([
    ['a Sentinel', 'sentinel-1'],
    ['the master', 'redis-1'],
    ['nobody', 'redis-9'],
  ])('refuses to promote %s, before anything is done', (_, to) => {
    expect(() => aScene({ to })).toThrow(
      expect.objectContaining({
        kind: 'usage',
        message: `Invalid --to "${to}": expected a running replica (redis-2, redis-3).`,
      }),
    );
    expect(aScene({ to: 'redis-2' }).master.name).toBe('redis-1');
  });

  it('does not aim at a node that does not run', () => {
    const setting = aSetting({}, (seen) => withSilent(seen, 'sentinel-1', 'exited'));
    expect(namesOf(aScene({ target: 'sentinel' }, setting).struck)).toEqual(['sentinel-2']);
    expect(() => aScene({ target: 'sentinel-1' }, setting)).toThrow(/"sentinel-1" is no target/);
  });

  it('warns of what is wrong already', () => {
    const warnings: string[] = [];
    aScene(
      {},
      aSetting({}, (seen) => withSilent(seen, 'sentinel-3', 'exited'), warnings),
    );
    expect(warnings.join('\n')).toMatch(/before the drill: sentinel-3: its container is exited/);
  });

  it.each<[string, Setting, RegExp]>([
    [
      'too few Sentinels are left',
      aSetting({}, (seen) =>
        withSilent(withSilent(seen, 'sentinel-1', 'exited'), 'sentinel-2', 'exited'),
      ),
      /No failover could happen in lab:\n {2}- /,
    ],
    ['there is nobody to promote', aSetting({ replicas: 0 }), /it has no replica to promote/],
  ])('refuses a fault on the master when %s', (_, setting, why) => {
    expect(() => aScene({}, setting)).toThrow(why);
  });

  it('makes no drill of any kind without a master', () => {
    const setting = aSetting({}, (seen) => withSilent(seen, 'redis-1', 'paused'));
    expect(() => aScene({}, setting)).toThrow('master means 1 node, but 0 have that role now');
    expect(() => aScene({ target: 'sentinel' }, setting)).toThrow(
      expect.objectContaining({ kind: 'refused', message: expect.stringMatching(/no master\.$/) }),
    );
  });

  it('lets a fault be made on others where no failover could happen', () => {
    expect(aScene({ target: 'sentinel' }, aSetting({ replicas: 0 })).expected).toBe('no failover');
  });

  it('does not wait for more replicas than there are', () => {
    expect(aScene({ wait: 2 }).expected).toBe('failover');
    expect(() => aScene({ wait: 3 })).toThrow('--wait is 3; legal is 0 to 2');
  });
});

describe('a campaign', () => {
  it.each([
    [0, 1],
    [0, 3],
    [1, 1],
    [1, 3],
    [2, 3],
    [4, 5],
  ])('of 1+%d+%d orders only drills that can be made there', (replicas, sentinels) => {
    const quorum = Math.floor(sentinels / 2) + 1;
    const setting = aSetting({ replicas, sentinels, quorum });
    const refused = campaignOf(setting.record.spec).flatMap((order) => {
      try {
        setScene(setting, anOrderedDrill(order));
        return [];
      } catch (error) {
        return [`${order.title}: ${(error as Error).message}`];
      }
    });
    expect(refused).toEqual([]);
  });
});
