import { instanceOf, isAboutMaster } from '../../src/drill/events.js';
import { event } from '../helpers/events.js';
import { capturedEvents } from '../helpers/fixtures.js';

const payload = (text: string) => event(0, '+sdown', 'sentinel-1', text);

describe('instanceOf', () => {
  it.each<[string, string, object | undefined]>([
    [
      'a master',
      'master mymaster 1.2.3.4 6379',
      { type: 'master', address: { ip: '1.2.3.4', port: 6379 } },
    ],
    [
      'a master with a quorum',
      'master mymaster 1.2.3.4 6379 #quorum 2/2',
      { type: 'master', address: { ip: '1.2.3.4', port: 6379 } },
    ],
    [
      'a replica',
      'slave 1.2.3.5:6379 1.2.3.5 6379 @ mymaster 1.2.3.4 6379',
      { type: 'slave', address: { ip: '1.2.3.5', port: 6379 } },
    ],
    [
      'a Sentinel',
      'sentinel abc 1.2.3.6 26379 @ mymaster 1.2.3.4 6379',
      { type: 'sentinel', address: { ip: '1.2.3.6', port: 26379 } },
    ],
    ['an epoch', '1', undefined],
    ['a vote', 'a78ac1a04900dad6c46cc1c6f1e89300bd6c0338 1', undefined],
    ['nothing', '', undefined],
  ])('of an event about %s', (_, text, instance) => {
    expect(instanceOf(payload(text))).toEqual(instance);
  });

  it('is found in every captured event about an instance', () => {
    const { events, victim } = capturedEvents('redis-7.0-crash');
    const downs = events.filter(({ channel }) => channel.endsWith('sdown'));
    expect(downs.length).toBeGreaterThan(3);
    for (const each of downs) expect(instanceOf(each)?.address).toEqual(victim);
  });
});

describe('isAboutMaster', () => {
  it.each([
    ['master mymaster 1.2.3.4 6379', true],
    ['slave 1.2.3.5:6379 1.2.3.5 6379 @ mymaster 1.2.3.4 6379', false],
    ['sentinel abc 1.2.3.6 26379 @ mymaster 1.2.3.4 6379', false],
    ['mastermind 1.2.3.4', false],
    ['', false],
  ])('%j: %s', (text, about) => {
    expect(isAboutMaster(payload(text))).toBe(about);
  });
});
