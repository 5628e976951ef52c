import { readdirSync } from 'node:fs';
import fc from 'fast-check';
import { phasesOf } from '../../src/drill/phases.js';
import {
  eventsOf,
  promotionsOf,
  type Recording,
  stepsOf,
  timingsOf,
} from '../../src/drill/timeline.js';
import type { SentinelEvent } from '../../src/model/timeline.js';
import { capturedRecording, event, recording } from '../helpers/events.js';
import { fixturePath } from '../helpers/fixtures.js';

const NAMES = readdirSync(fixturePath('events')).map((file) => file.replace(/\.json$/, ''));
const to = (ip: string) => `mymaster 172.30.5.11 6379 ${ip} 6379`;
const told = (at: number, ip: string, sentinel = 'sentinel-1') =>
  event(at, '+switch-master', sentinel, to(ip));

describe('promotionsOf', () => {
  it.each([
    ['redis-7.0-crash', 1],
    ['redis-7.0-manual', 1],
    ['redis-7.0-second-attempt', 1],
    ['redis-7.0-partition', 1],
    ['redis-7.0-sentinel-restarted', 1],
    ['redis-7.0-no-good-slave', 0],
  ])('of the captured %s are %d', (name, count) => {
    expect(promotionsOf(capturedRecording(name))).toBe(count);
  });

  it.each<[string, SentinelEvent[], number]>([
    ['none, where nothing was heard', [], 0],
    ['none, where the master was only missed', [event(5, '+sdown'), event(6, '+odown')], 0],
    [
      'one, however many Sentinels tell their clients',
      [
        event(5, '+promoted-slave'),
        told(6, '172.30.5.12', 'sentinel-2'),
        told(7, '172.30.5.12', 'sentinel-1'),
        told(8, '172.30.5.12', 'sentinel-3'),
      ],
      1,
    ],
    [
      'one, where the leader was not heard',
      [told(6, '172.30.5.12', 'sentinel-2'), told(8, '172.30.5.12', 'sentinel-3')],
      1,
    ],
    ['one, where only the leader was heard', [event(5, '+promoted-slave')], 1],
    [
      'two, where the leader of the second was not heard',
      [event(5, '+promoted-slave'), told(6, '172.30.5.12'), told(9000, '172.30.5.13')],
      2,
    ],
    [
      'three, there and back and there again',
      [
        event(5, '+promoted-slave'),
        told(6, '172.30.5.12'),
        event(7000, '+promoted-slave', 'sentinel-2'),
        told(7001, '172.30.5.11'),
        event(14_000, '+promoted-slave'),
        told(14_001, '172.30.5.12'),
      ],
      3,
    ],
  ])('are %s', (_, events, count) => {
    expect(promotionsOf(recording(events))).toBe(count);
    expect(promotionsOf(recording([...events].reverse()))).toBe(count);
  });

  it('before the fault count for nothing', () => {
    const events = [event(-2, '+promoted-slave'), told(-1, '172.30.5.13')];
    expect(promotionsOf(recording(events))).toBe(0);
    expect(promotionsOf(recording([event(0, '+promoted-slave')]))).toBe(1);
  });
});

describe('eventsOf', () => {
  it('are all since the fault, oldest first, with the Sentinel’s own words', () => {
    const events = [
      event(30, '+odown', 'sentinel-2'),
      event(-1, '+sdown', 'sentinel-2'),
      event(0, '+tilt', 'sentinel-3', '#tilt mode entered'),
    ];
    expect(eventsOf(recording(events))).toEqual([
      { atMs: 0, sentinel: 'sentinel-3', event: '+tilt', detail: '#tilt mode entered' },
      {
        atMs: 30,
        sentinel: 'sentinel-2',
        event: '+odown',
        detail: 'master mymaster 172.30.5.11 6379',
      },
    ]);
  });

  it('of several attempts are those of each', () => {
    const { events } = capturedRecording('redis-7.0-second-attempt');
    const heard = eventsOf(capturedRecording('redis-7.0-second-attempt'));
    expect(heard).toHaveLength(events.filter(({ at }) => at >= 0).length);
    expect(heard.filter((each) => each.event === '+try-failover')).toHaveLength(2);
  });

  it('leave the recording as it was', () => {
    const events = Object.freeze([event(5, '+odown'), event(1, '+sdown')]);
    expect(eventsOf({ ...recording([]), faultAt: 0, events })).toHaveLength(2);
    expect(events.map(({ at }) => at)).toEqual([5, 1]);
  });
});

/** What came of a log that may be short, out of order or told twice. */
function outcomeOf(log: Recording) {
  const timings = timingsOf(log);
  return { timings, steps: stepsOf(log), phases: phasesOf(timings, 1234), events: eventsOf(log) };
}

/** A captured log, told differently. */
const damaged = fc.constantFrom(...NAMES).chain((name) => {
  const whole = capturedRecording(name);
  const some = fc.oneof(
    fc.shuffledSubarray([...whole.events]),
    fc.nat(whole.events.length).map((end) => whole.events.slice(0, end)),
    fc.nat(whole.events.length).map((start) => whole.events.slice(start)),
    fc.array(fc.constantFrom(...whole.events), { maxLength: 2 * whole.events.length }),
  );
  const faultAt = fc.constantFrom(0, 1500, 3000);
  return fc.record({ events: some, faultAt }).map((more): Recording => {
    const { rejoinedAt, ...rest } = whole;
    return rejoinedAt === undefined || rejoinedAt < more.faultAt
      ? { ...rest, ...more }
      : { ...rest, rejoinedAt, ...more };
  });
});

describe('a log that is damaged', () => {
  it('gives times that a clock could show, and no others', () => {
    fc.assert(
      fc.property(damaged, (log) => {
        const { timings, steps, phases, events } = outcomeOf(log);
        const times = [
          ...Object.values(timings),
          ...[...steps, ...events].map(({ atMs }) => atMs),
          ...steps.flatMap((step) => step.events.map(({ atMs }) => atMs)),
          ...phases.flatMap(({ fromMs, toMs }) => [fromMs, toMs, toMs - fromMs]),
        ];
        expect(times.filter((ms) => !(Number.isFinite(ms) && ms >= 0))).toEqual([]);
      }),
    );
  });

  it('gives each step once, in order, from its own first event', () => {
    fc.assert(
      fc.property(damaged, (log) => {
        const { steps } = outcomeOf(log);
        const numbers = steps.map(({ step }) => step);
        expect(new Set(numbers).size).toBe(numbers.length);
        const times = steps.map(({ atMs }) => atMs);
        expect(times).toEqual([...times].sort((a, b) => a - b));
        for (const { atMs, events } of steps) {
          expect(atMs).toBe(Math.min(...events.map((each) => each.atMs)));
        }
      }),
    );
  });

  it('makes no more promotions of it than there were events that tell one', () => {
    fc.assert(
      fc.property(damaged, (log) => {
        const telling = log.events.filter(
          ({ channel, at }) =>
            at >= log.faultAt && ['+promoted-slave', '+switch-master'].includes(channel),
        );
        const count = promotionsOf(log);
        expect(count).toBeLessThanOrEqual(telling.length);
        expect(count > 0).toBe(telling.length > 0);
      }),
    );
  });
});

describe('a log that is only out of order', () => {
  const shuffled = fc.constantFrom(...NAMES).chain((name) => {
    const whole = capturedRecording(name);
    const events = fc.shuffledSubarray([...whole.events], { minLength: whole.events.length });
    return fc.tuple(
      fc.constant(whole),
      events.map((turned) => ({ ...whole, events: turned })),
    );
  });

  it('tells the same moments and promotions', () => {
    fc.assert(
      fc.property(shuffled, ([whole, turned]) => {
        expect(timingsOf(turned)).toEqual(timingsOf(whole));
        expect(promotionsOf(turned)).toBe(promotionsOf(whole));
        const starts = (log: Recording) => stepsOf(log).map(({ step, atMs }) => [step, atMs]);
        expect(starts(turned)).toEqual(starts(whole));
      }),
    );
  });
});
