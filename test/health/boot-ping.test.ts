import { mayPingShort } from '../../src/health/boot-ping.js';
import type { SentinelFacts } from '../../src/model/observation.js';
import { healthyObservation, withSentinel, withSilent } from '../helpers/observation.js';

const without = ({ pingPeriodMs: _, ...facts }: SentinelFacts): SentinelFacts => facts;

describe('whether a Sentinel may still have the ping period of its boot', () => {
  it('is not asked where each has said that it has the usual one', () => {
    expect(mayPingShort(healthyObservation())).toBe(false);
  });

  it.each<[string, (facts: SentinelFacts) => SentinelFacts]>([
    ['has another one', (facts) => ({ ...facts, pingPeriodMs: 20 })],
    ['did not say it', without],
  ])('is possible of one that %s', (_, change) => {
    expect(mayPingShort(withSentinel(healthyObservation(), 'sentinel-2', change))).toBe(true);
  });

  it('is possible of one that does not answer', () => {
    expect(mayPingShort(withSilent(healthyObservation(), 'sentinel-3', 'running'))).toBe(true);
  });

  it('is not possible of one that cannot be told another', () => {
    const old = withSentinel(healthyObservation(), 'sentinel-1', (facts) => ({
      ...without(facts),
      server: { ...facts.server, version: '6.2.14' },
    }));
    expect(mayPingShort(old)).toBe(false);
  });
});
