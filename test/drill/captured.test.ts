import { phasesOf } from '../../src/drill/phases.js';
import { promotionsOf, stepsOf, timingsOf } from '../../src/drill/timeline.js';
import { capturedRecording } from '../helpers/events.js';

const NAMES = [
  'redis-7.0-crash',
  'redis-7.0-second-attempt',
  'redis-7.0-partition',
  'redis-7.0-sentinel-restarted',
  'redis-7.0-manual',
] as const;

describe('a captured failover', () => {
  it.each(NAMES)('%s promoted once, whatever else was tried', (name) => {
    expect(promotionsOf(capturedRecording(name))).toBe(1);
  });

  it.each(NAMES)('%s is told by the Sentinels that were heard, all but one left out', (name) => {
    const whole = capturedRecording(name);
    const leader = whole.events.find(({ channel }) => channel === '+promoted-slave')?.sentinel;
    const leaderOnly = whole.events.filter(({ sentinel }) => sentinel === leader);
    const told = timingsOf({ ...whole, events: leaderOnly });
    const all = timingsOf(whole);
    // What only the leader says stays as it is; what others said first comes later, or not at all.
    expect([told.elected, told.promoted]).toEqual([all.elected, all.promoted]);
    expect(told.switched ?? 0).toBeGreaterThanOrEqual(all.switched ?? 0);
  });

  it.each(NAMES)('%s without its leader has no promotion that nobody told', (name) => {
    const whole = capturedRecording(name);
    const leader = whole.events.find(({ channel }) => channel === '+promoted-slave')?.sentinel;
    const others = {
      ...whole,
      events: whole.events.filter(({ sentinel }) => sentinel !== leader),
    };
    const timings = timingsOf(others);
    expect(timings.promoted).toBeUndefined();
    expect(phasesOf(timings, undefined).map((phase) => phase.name)).not.toContain('promote');
    // That clients were told of another master is known all the same.
    expect(promotionsOf(others)).toBe(1);
    expect(timings.switched).toBeGreaterThan(0);
  });

  it('with a Sentinel that was killed and came back is told by the two others', () => {
    const recording = capturedRecording('redis-7.0-sentinel-restarted');
    const heard = recording.events.filter(
      ({ sentinel, at }) => sentinel === 'sentinel-1' && at > 0 && at < 5000,
    );
    expect(heard).toEqual([]);
    expect(timingsOf(recording)).toEqual({
      suspected: 2706,
      agreed: 2857,
      elected: 2915,
      promoted: 3891,
      switched: 3993,
      reconfigured: 4891,
    });
    expect(stepsOf(recording).map(({ step }) => step)).toEqual([1, 2, 3, 4, 5]);
  });

  it('of a partition has the old master back only when it was healed', () => {
    const timings = timingsOf(capturedRecording('redis-7.0-partition'));
    expect(timings).toMatchObject({ suspected: 2743, promoted: 3936, rejoined: 16_130 });
    expect(phasesOf(timings, 4100).at(-1)).toEqual({
      name: 'old master in sync',
      fromMs: 4100,
      toMs: 16_130,
    });
  });
});
