import { type HandedOut, handedOut } from '../../src/health/handed-out.js';
import type { Observation, SentinelFacts } from '../../src/model/observation.js';
import { addressText } from '../../src/model/topology.js';
import { healthyObservation, withSentinel, withSilent } from '../helpers/observation.js';
import { aRecord, nodeNamed } from '../helpers/topology.js';

const record = aRecord();
const { nodes } = record.placement;
const SENTINELS = ['sentinel-1', 'sentinel-2', 'sentinel-3'];
const NOBODY = { ip: '10.9.9.9', port: 6379 };
const textOf = (name: string) => addressText(nodeNamed(record, name).address);

/** Who hands out each address. */
function told(seen: Observation, expected = nodes): Map<string, readonly string[]> {
  return new Map(
    handedOut(expected, seen.nodes).map(({ address, by }: HandedOut) => {
      return [addressText(address), [...by].sort()] as const;
    }),
  );
}

/** Every Sentinel says this of itself and the others. */
const changed = (seen: Observation, change: (facts: SentinelFacts) => SentinelFacts) =>
  SENTINELS.reduce((all, name) => withSentinel(all, name, change), seen);

describe('the addresses that Sentinels hand out', () => {
  it('are those of all nodes of a healthy topology, each once, with all who tell it', () => {
    expect(told(healthyObservation())).toEqual(
      new Map(nodes.map(({ name }) => [textOf(name), SENTINELS])),
    );
  });

  it('are told by those only who tell them', () => {
    const seen = withSentinel(healthyObservation(), 'sentinel-2', (facts) => ({
      ...facts,
      replicas: facts.replicas.slice(1),
    }));
    expect(told(seen).get(textOf('redis-2'))).toEqual(['sentinel-1', 'sentinel-3']);
    expect(told(seen).get(textOf('redis-3'))).toEqual(SENTINELS);
  });

  it('are those of strangers, too: clients would call them', () => {
    const seen = withSentinel(healthyObservation(), 'sentinel-2', (facts) => ({
      ...facts,
      handsOut: NOBODY,
    }));
    expect(told(seen).get('10.9.9.9:6379')).toEqual(['sentinel-2']);
    expect(told(seen).get(textOf('redis-1'))).toEqual(['sentinel-1', 'sentinel-3']);
  });

  it('are those of Sentinels that nobody lists', () => {
    const alone = changed(healthyObservation(), (facts) => ({ ...facts, peers: [] }));
    for (const name of SENTINELS) expect(told(alone).get(textOf(name))).toEqual([name]);
  });

  it('are none of data nodes that nobody lists', () => {
    const blind = changed(healthyObservation(), ({ handsOut: _, ...facts }) => ({
      ...facts,
      replicas: [],
    }));
    expect([...told(blind).keys()].sort()).toEqual(SENTINELS.map(textOf));
  });

  it.each(['redis-3', 'sentinel-2'])(
    'are not that of a node that does not answer at all: %s',
    (name) => {
      const seen = withSilent(healthyObservation(), name, 'running');
      expect(told(seen).has(textOf(name))).toBe(false);
      expect(told(seen).size).toBe(5);
    },
  );

  it('are not that of a node that nobody has looked at', () => {
    const seen = healthyObservation();
    const others = { ...seen, nodes: seen.nodes.filter(({ name }) => name !== 'redis-2') };
    expect(told(others).has(textOf('redis-2'))).toBe(false);
  });

  it('are none where no Sentinel answers', () => {
    const seen = SENTINELS.reduce(
      (all, name) => withSilent(all, name, 'exited'),
      healthyObservation(),
    );
    expect(told(seen)).toEqual(new Map());
  });
});
