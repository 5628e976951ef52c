import { explain } from '../../src/drill/explain.js';
import { stepsOf, timingsOf } from '../../src/drill/timeline.js';
import { capturedRecording, event, recording } from '../helpers/events.js';
import { capturedEvents } from '../helpers/fixtures.js';

describe('a captured crash', () => {
  const crash = capturedRecording('redis-7.0-crash');
  const times = timingsOf(crash);

  it('has all six steps, in an order that begins 1 2 3', () => {
    const steps = stepsOf(crash).map(({ step }) => step);
    expect(steps.slice(0, 3)).toEqual([1, 2, 3]);
    expect([...steps].sort()).toEqual([1, 2, 3, 4, 5, 6]);
  });

  it('has every moment, in the order of the failover', () => {
    const order = ['suspected', 'agreed', 'elected', 'promoted', 'switched'] as const;
    const moments = order.map((name) => times[name] ?? Number.NaN);
    expect(moments).toEqual([...moments].sort((a, b) => a - b));
    expect(times.rejoined).toBe(crash.rejoinedAt);
    expect(times.reconfigured).toBeGreaterThan(times.promoted ?? Number.NaN);
  });

  it('was noticed no sooner than down-after, by whoever was first', () => {
    const sdowns = crash.events.filter(({ channel }) => channel === '+sdown');
    expect(times.suspected).toBe(Math.min(...sdowns.map(({ at }) => at)));
    expect(times.suspected).toBeGreaterThanOrEqual(2000);
  });

  it('tells clients before the leader itself switches', () => {
    const switches = crash.events.filter(({ channel }) => channel === '+switch-master');
    expect(switches).toHaveLength(3);
    expect(times.switched).toBe(switches[0]?.at);
  });
});

describe('a captured hand-over', () => {
  const manual = capturedRecording('redis-7.0-manual');

  it('begins with the request, and nobody missed the master', () => {
    const steps = stepsOf(manual);
    expect(steps[0]).toMatchObject({ step: 1, name: 'hand-over requested', atMs: 0 });
    expect(steps.map(({ step }) => step).sort()).toEqual([1, 2, 3, 4, 5, 6]);
    expect(timingsOf(manual)).not.toHaveProperty('suspected');
    expect(timingsOf(manual)).not.toHaveProperty('agreed');
  });
});

describe('a captured attempt without a good replica', () => {
  const aborted = capturedRecording('redis-7.0-no-good-slave');

  it('ends after the election', () => {
    expect(timingsOf(aborted)).toEqual({
      suspected: expect.any(Number),
      agreed: expect.any(Number),
      elected: expect.any(Number),
    });
    expect(stepsOf(aborted).map(({ step }) => step)).not.toContain(5);
  });

  it('is explained, with the time of the next attempt', () => {
    const attempt = aborted.events.find(({ channel }) => channel === '+try-failover');
    expect(explain(aborted.events, 10_000)).toEqual({
      why: `${attempt?.sentinel} found no good replica: all are down, cut off from the master for too long, or have priority 0`,
      nextAttemptAt: (attempt?.at ?? Number.NaN) + 21_000,
    });
  });
});

describe('a captured second attempt', () => {
  const second = capturedRecording('redis-7.0-second-attempt');
  const promotion = second.events.find(({ channel }) => channel === '+promoted-slave');
  const abort = second.events.find(({ channel }) => channel.startsWith('-failover-abort'));

  it('was at the time that had been foretold, or earlier', () => {
    const until = second.events.filter(({ at }) => at <= (abort?.at ?? 0));
    const { nextAttemptAt } = explain(
      until,
      capturedEvents('redis-7.0-second-attempt').failoverTimeoutMs,
    );
    const attempts = second.events.filter(({ channel }) => channel === '+try-failover');
    expect(attempts).toHaveLength(2);
    expect(attempts[1]?.at).toBeLessThanOrEqual(nextAttemptAt ?? 0);
    expect(attempts[1]?.at).toBeGreaterThan((nextAttemptAt ?? 0) - 1500);
  });

  it('counts: the election is that of the attempt that promoted somebody', () => {
    const times = timingsOf(second);
    expect(times.elected).toBeGreaterThan(abort?.at ?? Number.NaN);
    expect(times.promoted).toBe(promotion?.at);
    expect(times.suspected).toBeLessThan(abort?.at ?? 0);
    expect(times.agreed).toBeLessThan(abort?.at ?? 0);
  });

  it('shows nothing of the first attempt but the detection', () => {
    const [detection, ...others] = stepsOf(second);
    expect(detection?.step).toBe(1);
    for (const { events } of others) {
      for (const { atMs } of events) expect(atMs).toBeGreaterThan(abort?.at ?? Number.NaN);
    }
  });
});

describe('explain', () => {
  const at = (...events: Parameters<typeof event>[]) => events.map((each) => event(...each));

  it.each<[string, ReturnType<typeof at>, RegExp]>([
    ['nobody noticed', [], /no Sentinel has noticed/],
    [
      'only a replica is missed',
      at([5, '+sdown', 'sentinel-1', 'slave 1.2.3.4:1 1.2.3.4 1 @ m 1.2.3.5 1']),
      /no Sentinel has noticed/,
    ],
    ['too few noticed', at([5, '+sdown']), /not enough of them to reach the quorum/],
    ['nobody acted', at([5, '+sdown'], [6, '+odown']), /none has started a failover/],
    [
      'one began',
      at([5, '+odown'], [6, '+try-failover', 'sentinel-3']),
      /sentinel-3 started a failover that has not ended/,
    ],
    [
      'the votes were split',
      at([6, '+try-failover'], [7, '-failover-abort-not-elected', 'sentinel-2']),
      /sentinel-2 was not elected/,
    ],
    [
      'the selected replica failed',
      at([6, '+try-failover'], [7, '-failover-abort-slave-timeout']),
      /did not become master in time/,
    ],
    [
      'something new happened',
      at([6, '+try-failover'], [7, '-failover-abort-x-y']),
      /aborted it \(-failover-abort-x-y\)/,
    ],
    [
      'the last of two aborts differs',
      at([6, '-failover-abort-not-elected'], [9, '-failover-abort-no-good-slave']),
      /found no good replica/,
    ],
  ])('says why when %s', (_, events, why) => {
    expect(explain(events, 10_000).why).toMatch(why);
  });

  it('foretells nothing when no attempt was made', () => {
    expect(explain(at([5, '+sdown'], [6, '+odown']), 10_000)).not.toHaveProperty('nextAttemptAt');
  });

  it('counts from the last attempt', () => {
    const events = at(
      [100, '+try-failover'],
      [200, '-failover-abort-not-elected'],
      [30_000, '+try-failover'],
      [30_100, '-failover-abort-not-elected'],
    );
    expect(explain(events, 10_000).nextAttemptAt).toBe(51_000);
  });

  it('does not hold the end of an earlier attempt against the one that runs', () => {
    const events = at(
      [100, '+try-failover'],
      [200, '-failover-abort-not-elected'],
      [30_000, '+try-failover', 'sentinel-3'],
    );
    expect(explain(events, 10_000).why).toMatch(/sentinel-3 started a failover that has not ended/);
  });
});

describe('a Sentinel that gives up its own attempt while another one wins', () => {
  // With failover-timeout 1s, a loser gives up 1 s after its attempt: before the promotion is seen.
  it('does not hide the election of the winner', () => {
    const events = [
      event(2000, '+odown'),
      event(2010, '+try-failover', 'sentinel-1'),
      event(2010, '+try-failover', 'sentinel-2'),
      event(2100, '+elected-leader', 'sentinel-1'),
      event(3010, '-failover-abort-not-elected', 'sentinel-2'),
      event(3050, '+promoted-slave', 'sentinel-1'),
    ];
    expect(timingsOf(recording(events)).elected).toBe(2100);
  });
});
