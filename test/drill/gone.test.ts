import { complaintsOf } from '../../src/drill/complaints.js';
import { evictionsIn, type MemorySeen, whyGone } from '../../src/drill/gone.js';
import { accountFor } from '../../src/drill/losses.js';
import { writesIn } from '../../src/drill/stages.js';
import { expiryOf } from '../../src/model/client.js';
import { aLedger, atMs, aWrite } from '../helpers/ledger.js';

const seen = (more: Partial<MemorySeen> = {}): MemorySeen => ({
  runId: 'a',
  evictedKeys: 7,
  maxmemory: 1000,
  policy: 'allkeys-lru',
  peak: 500,
  ...more,
});
const looks = (before: Partial<MemorySeen>, after: Partial<MemorySeen> | undefined) => ({
  before: new Map([['redis-1', seen(before)]]),
  after: new Map(after === undefined ? [] : [['redis-1', seen(after)]]),
});

describe('evictionsIn', () => {
  it.each<[string, Partial<MemorySeen>, Partial<MemorySeen> | undefined, object | undefined]>([
    ['nothing was evicted meanwhile', {}, {}, undefined],
    ['it was full once, and evicted nothing meanwhile', { peak: 1000 }, { peak: 1000 }, undefined],
    ['keys were evicted', {}, { evictedKeys: 12 }, { keys: 5, policy: 'allkeys-lru' }],
    [
      'it started again, and has evicted some since',
      {},
      { runId: 'b', evictedKeys: 2 },
      { keys: 2, policy: 'allkeys-lru' },
    ],
    ['it started again with room', {}, { runId: 'b', evictedKeys: 0 }, undefined],
    [
      'it died nearly full, so that nobody knows',
      { peak: 950 },
      { runId: 'b', evictedKeys: 0 },
      { keys: 0, policy: 'allkeys-lru' },
    ],
    [
      'it is gone, and was nearly full',
      { peak: 950 },
      undefined,
      { keys: 0, policy: 'allkeys-lru' },
    ],
    ['it is gone, and evicts nothing', { peak: 950, policy: 'noeviction' }, undefined, undefined],
    ['it is gone, and has no limit', { peak: 950, maxmemory: 0 }, undefined, undefined],
  ])('where %s', (_, before, after, expected) => {
    expect(evictionsIn(looks(before, after))).toEqual(expected);
  });
});

describe('writes that are gone for another reason', () => {
  const HOUR_MS = 3_600_000;
  const writes = [
    aWrite(1, 100),
    aWrite(2, 200, 'ok', { issuedAt: atMs(-HOUR_MS) }),
    aWrite(3, 300),
  ];
  const isKept = ({ n }: { readonly n: number }) => n === 1;
  const evictions = { keys: 40, policy: 'allkeys-lru' };

  it('are lost where a key should be there', () => {
    const client = accountFor(
      aLedger(writes, { isKept, whyGone: whyGone(7200, atMs(500), undefined) }),
    );
    expect([client.total.lost, client.unclear]).toEqual([2, undefined]);
  });

  it('are not lost when they were older than their time to live', () => {
    const told = whyGone(3600, atMs(500), undefined);
    const client = accountFor(aLedger(writes, { isKept, whyGone: told }));
    expect(client.total).toMatchObject({ acknowledged: 3, lost: 1 });
    expect(client.lostWrites.map(({ n }) => n)).toEqual([3]);
    expect(client.unclear).toEqual({ expired: 1, evicted: 0, evictedKeys: 0 });
    expect(client.slices.reduce((sum, { lost }) => sum + lost, 0)).toBe(1);
  });

  it('are not lost when keys were evicted, in a stage of an upgrade neither', () => {
    const told = whyGone(7200, atMs(500), evictions);
    const client = accountFor(aLedger(writes, { isKept, whyGone: told, evictions }));
    expect([client.total.lost, client.lostWrites]).toEqual([0, []]);
    expect(client.unclear).toEqual({
      expired: 0,
      evicted: 2,
      evictedKeys: 40,
      policy: 'allkeys-lru',
    });
    const span = { fromAt: 0, toAt: Number.POSITIVE_INFINITY };
    expect(writesIn({ writes, isKept, whyGone: told }, span).lost).toBe(0);
  });

  it('do not let a drill pass that may lose none: how many were lost is not known', () => {
    const told = whyGone(7200, atMs(500), evictions);
    const client = accountFor(aLedger(writes, { isKept, whyGone: told, evictions }));
    const verdict = { state: 'healthy', healthy: true, findings: [] } as const;
    const counted = { promotions: 0, client, before: verdict, after: verdict };
    const result = { expected: 'either', ...counted } as const;
    expect(complaintsOf(result, { maxLost: 0 })).toEqual([
      expect.stringContaining('2 acknowledged writes are gone that may have been evicted'),
    ]);
    expect(complaintsOf(result, {})).toEqual([]);
  });
});

describe('expiryOf', () => {
  it('is longer than the drill', () => {
    expect(expiryOf(0)).toBe(3600);
    expect(expiryOf(2 * 3_600_000 + 1)).toBe(3 * 3600 + 1);
  });
});
