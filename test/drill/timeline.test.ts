import { stepsOf, timingsOf } from '../../src/drill/timeline.js';
import type { FailoverStep } from '../../src/model/timeline.js';
import { event, recording } from '../helpers/events.js';

const numbers = (steps: readonly FailoverStep[]) => steps.map(({ step }) => step);
const stepAt = (steps: readonly FailoverStep[], number: number) =>
  steps.find(({ step }) => step === number);

/** A whole failover, ms after the fault. */
const WHOLE = [
  event(2040, '+sdown', 'sentinel-1'),
  event(2060, '+sdown', 'sentinel-2'),
  event(2150, '+odown', 'sentinel-1'),
  event(2151, '+new-epoch'),
  event(2152, '+try-failover'),
  event(2200, '+elected-leader'),
  event(2250, '+selected-slave'),
  event(3000, '+promoted-slave'),
  event(3050, '+slave-reconf-sent'),
  event(3060, '+switch-master', 'sentinel-2'),
  event(4000, '+slave-reconf-done'),
  event(4100, '+failover-end'),
  event(4101, '+switch-master', 'sentinel-1'),
  event(9000, '+convert-to-slave'),
];

const without = (...channels: string[]) =>
  WHOLE.filter(({ channel }) => !channels.includes(channel));

describe('stepsOf', () => {
  it('tells the six steps, each from its first sign', () => {
    expect(stepsOf(recording(WHOLE)).map(({ step, name, atMs }) => [step, name, atMs])).toEqual([
      [1, 'master found gone and confirmed', 2040],
      [2, 'leader elected', 2151],
      [3, 'replica selected and promoted', 2250],
      [4, 'other replicas repointed', 3050],
      [5, 'clients told', 3060],
      [6, 'old master back as a replica', 9000],
    ]);
  });

  it('gives each step its events, by time', () => {
    const step = stepAt(stepsOf(recording([...WHOLE].reverse())), 5);
    expect(step?.events).toEqual([
      {
        atMs: 3060,
        sentinel: 'sentinel-2',
        event: '+switch-master',
        detail: 'mymaster 172.30.5.11 6379 172.30.5.12 6379',
      },
      {
        atMs: 4101,
        sentinel: 'sentinel-1',
        event: '+switch-master',
        detail: 'mymaster 172.30.5.11 6379 172.30.5.12 6379',
      },
    ]);
  });

  it('does not depend on the order in which the events were heard', () => {
    const shuffled = [...WHOLE].sort((a, b) => (a.at % 7) - (b.at % 7));
    expect(shuffled).not.toEqual(WHOLE);
    expect(stepsOf(recording(shuffled))).toEqual(stepsOf(recording(WHOLE)));
  });

  it('tells the steps in the order in which they really began', () => {
    const early = [...without('+switch-master'), event(3010, '+switch-master')];
    expect(numbers(stepsOf(recording(early)))).toEqual([1, 2, 3, 5, 4, 6]);
  });

  it('ignores what was before the fault', () => {
    const earlier = [
      event(-500, '+sdown'),
      event(-1, '+switch-master'),
      event(-1, '+elected-leader'),
    ];
    expect(stepsOf(recording([...earlier, ...WHOLE]))).toEqual(stepsOf(recording(WHOLE)));
  });

  it.each<[string, string, number]>([
    [
      'a replica that is missed',
      'slave 172.30.5.13:6379 172.30.5.13 6379 @ mymaster 172.30.5.11 6379',
      10,
    ],
    ['a Sentinel that is missed', 'sentinel x 172.30.5.202 26379 @ mymaster 172.30.5.11 6379', 10],
    [
      'the old master that is missed as a replica',
      'slave 172.30.5.11:6379 172.30.5.11 6379 @ mymaster 172.30.5.12 6379',
      5000,
    ],
  ])('takes %s for no sign that the master is gone', (_, payload, at) => {
    const steps = stepsOf(recording([...WHOLE, event(at, '+sdown', 'sentinel-3', payload)]));
    expect(steps).toEqual(stepsOf(recording(WHOLE)));
  });

  it.each([
    [
      'another replica comes back',
      '-sdown',
      'slave 172.30.5.13:6379 172.30.5.13 6379 @ mymaster 172.30.5.12 6379',
    ],
    ['the master itself comes back', '-sdown', 'master mymaster 172.30.5.11 6379'],
    [
      'another replica changes its role',
      '+role-change',
      'slave 172.30.5.13:6379 172.30.5.13 6379 @ mymaster 172.30.5.12 6379',
    ],
  ])('does not say that the old master is back when %s', (_, channel, payload) => {
    const events = [...without('+convert-to-slave'), event(5000, channel, 'sentinel-1', payload)];
    expect(numbers(stepsOf(recording(events)))).toEqual([1, 2, 3, 4, 5]);
  });

  it('adds the old master in sync, as it said itself', () => {
    const steps = stepsOf(recording(without('+convert-to-slave'), { rejoinedAt: 6000 }));
    expect(stepAt(steps, 6)).toEqual({
      step: 6,
      name: 'old master back as a replica',
      atMs: 5000,
      events: [{ atMs: 5000, sentinel: '', event: 'in sync', detail: 'as the node itself says' }],
    });
  });

  it('sorts that among the events of the same step', () => {
    const step = stepAt(stepsOf(recording(WHOLE, { rejoinedAt: 6000 })), 6);
    expect(step?.events.map((each) => [each.atMs, each.event])).toEqual([
      [5000, 'in sync'],
      [9000, '+convert-to-slave'],
    ]);
    expect(step?.atMs).toBe(5000);
  });

  it('tells a hand-over that was asked for as its first step', () => {
    const events = without('+sdown', '+odown');
    const [first] = stepsOf(recording(events, { requestedOf: 'sentinel-2' }));
    expect(first).toMatchObject({ step: 1, name: 'hand-over requested', atMs: 0 });
    expect(first?.events).toEqual([
      expect.objectContaining({ sentinel: 'sentinel-2', event: 'SENTINEL FAILOVER' }),
    ]);
  });

  it('leaves out what never happened', () => {
    expect(numbers(stepsOf(recording(WHOLE.slice(0, 3))))).toEqual([1]);
    expect(stepsOf(recording([]))).toEqual([]);
  });

  it('passes over events that it does not know', () => {
    const unknown = [event(10, '+monitor'), event(20, '__sentinel__:hello'), event(30, '+tilt')];
    expect(stepsOf(recording([...unknown, ...WHOLE]))).toEqual(stepsOf(recording(WHOLE)));
  });
});

describe('timingsOf', () => {
  it('tells when each thing was accomplished', () => {
    expect(timingsOf(recording(WHOLE, { rejoinedAt: 7000 }))).toEqual({
      suspected: 2040,
      agreed: 2150,
      elected: 2200,
      promoted: 3000,
      switched: 3060,
      reconfigured: 4000,
      rejoined: 6000,
    });
  });

  it.each<[string, string, string]>([
    ['+odown', 'agreed', 'suspected'],
    ['+sdown', 'suspected', 'agreed'],
    ['+elected-leader', 'elected', 'promoted'],
    ['+promoted-slave', 'promoted', 'switched'],
    ['+switch-master', 'switched', 'promoted'],
  ])('leaves out what was not heard: %s', (channel, absent, present) => {
    const timings = timingsOf(recording(without(channel)));
    expect(timings).not.toHaveProperty(absent);
    expect(timings).toHaveProperty(present);
  });

  it('counts the last replica, and the end where there is none to repoint', () => {
    const two = [...WHOLE, event(4050, '+slave-reconf-done', 'sentinel-1')];
    expect(timingsOf(recording(two)).reconfigured).toBe(4050);
    const none = recording(without('+slave-reconf-done'));
    expect(timingsOf(none).reconfigured).toBe(4100);
  });

  it('counts a failover that ended for lack of time', () => {
    const events = [
      ...without('+slave-reconf-done', '+failover-end'),
      event(14_000, '+failover-end-for-timeout'),
    ];
    expect(timingsOf(recording(events))).not.toHaveProperty('reconfigured');
    expect(stepAt(stepsOf(recording(events)), 4)?.events.at(-1)?.atMs).toBe(14_000);
  });

  it('does not take a replica that is missed for the master', () => {
    const replica = 'slave 172.30.5.13:6379 172.30.5.13 6379 @ mymaster 172.30.5.11 6379';
    const events = [event(10, '+sdown', 'sentinel-1', replica), ...WHOLE];
    expect(timingsOf(recording(events)).suspected).toBe(2040);
  });
});
