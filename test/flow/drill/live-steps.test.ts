import { stepsOf } from '../../../src/drill/timeline.js';
import { LiveSteps } from '../../../src/flow/drill/live-steps.js';
import type { FailoverStep, SentinelEvent } from '../../../src/model/timeline.js';
import { capturedRecording } from '../../helpers/events.js';
import { capturedEvents } from '../../helpers/fixtures.js';

describe('LiveSteps', () => {
  const { victim, events, rejoinedAt = 0 } = capturedEvents('redis-7.0-crash');

  function watch() {
    const told: FailoverStep[] = [];
    const heard: SentinelEvent[] = [];
    const live = new LiveSteps({ address: victim }, heard, { onStep: (step) => told.push(step) });
    return { told, heard, live };
  }

  it('tells each step once, as soon as its first sign is there', () => {
    const { told, live } = watch();
    live.begin(0);
    for (const event of events) live.hear(event);
    live.rejoined(rejoinedAt);
    const final = stepsOf(capturedRecording('redis-7.0-crash'));
    expect(told.map(({ step }) => step).sort()).toEqual([1, 2, 3, 4, 5, 6]);
    expect(told.map(({ step, atMs }) => [step, atMs]).sort()).toEqual(
      final.map(({ step, atMs }) => [step, atMs]).sort(),
    );
  });

  it('tells nothing before the fault, but forgets nothing', () => {
    const { told, heard, live } = watch();
    for (const event of events) live.hear(event);
    live.rejoined(rejoinedAt);
    expect(told).toEqual([]);
    live.begin(0);
    expect(told.length).toBeGreaterThan(4);
    expect(heard).toHaveLength(events.length);
  });
});
