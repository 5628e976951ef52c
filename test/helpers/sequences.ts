import fc from 'fast-check';

/** One thing that happens to a topology in a random sequence. */
export type Event =
  | { readonly kind: 'verb'; readonly args: readonly string[] }
  /** A verb whose rsent is killed after so many of its steps. */
  | { readonly kind: 'killed'; readonly args: readonly string[]; readonly after: number }
  /** Something done to containers behind rsent's back, to those of these nodes. */
  | { readonly kind: 'fault'; readonly what: Fault; readonly nodes: readonly string[] }
  | { readonly kind: 'writes' };

/** `empty` takes away a node's data directory. */
export type Fault = 'kill' | 'remove' | 'pause' | 'stop' | 'cut' | 'empty';

const NODES = ['redis-1', 'redis-2', 'redis-3', 'sentinel-1', 'sentinel-2', 'sentinel-3'];

const verb = fc.oneof(
  fc.constantFrom(
    ['up'],
    ['down'],
    ['stop'],
    ['start'],
    ['up', '--recreate'],
    ['failover', '--manual'],
    ['failover'],
    ['reset', '--yes'],
    ['prune', '--yes'],
  ),
  fc
    .tuple(fc.constantFrom('1', '2', '3', '4'), fc.constantFrom('3', '5'))
    .map(([replicas, sentinels]) => ['scale', '--replicas', replicas, '--sentinels', sentinels]),
  fc
    .tuple(fc.constantFrom('2s', '3s', '4s'), fc.constantFrom('10s', '20s'))
    .map(([down, failover]) => ['set', '--down-after', down, '--failover-timeout', failover]),
);

const fault = fc.record({
  kind: fc.constant('fault' as const),
  what: fc.constantFrom<Fault>('kill', 'remove', 'pause', 'stop', 'cut'),
  nodes: fc.oneof(
    fc.subarray(NODES, { minLength: 1, maxLength: 3 }),
    fc.constant(NODES),
    fc.constantFrom(...NODES).map((node) => [node]),
  ),
});

const event: fc.Arbitrary<Event> = fc.oneof(
  { weight: 4, arbitrary: verb.map((args) => ({ kind: 'verb' as const, args })) },
  { weight: 3, arbitrary: fault },
  {
    weight: 3,
    arbitrary: fc.record({
      kind: fc.constant('killed' as const),
      args: verb.filter(([name]) => name !== 'failover' && name !== 'prune'),
      after: fc.nat(40),
    }),
  },
  { weight: 3, arbitrary: fc.constant({ kind: 'writes' as const }) },
);

const DATA_NODES = NODES.filter((node) => node.startsWith('redis'));
const empty = fc.constantFrom(...DATA_NODES).map((node): Event => {
  return { kind: 'fault', what: 'empty', nodes: [node] };
});

/**
 * Events in any order. One node at most loses its data: with two, a write that one replica has
 * acknowledged may be nowhere.
 */
const sequence = fc
  .tuple(fc.array(event, { minLength: 2, maxLength: 5 }), fc.option(empty), fc.nat(5))
  .map(([events, emptied, at]) => (emptied ? events.toSpliced(at, 0, emptied) : events));

/** So many sequences, the same ones for the same seed. */
export function sequences(seed: number, count: number): Event[][] {
  return fc.sample(sequence, { seed, numRuns: count });
}
