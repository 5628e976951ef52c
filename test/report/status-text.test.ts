import colors from 'picocolors';
import type { Observation } from '../../src/model/observation.js';
import { statusText } from '../../src/report/status.js';
import { healthyObservation, withRedis, withSentinel, withSilent } from '../helpers/observation.js';
import { aSubject, capturedSubject } from '../helpers/subject.js';
import { controlsIn, withoutColours } from '../helpers/terminal.js';

const plain = colors.createColors(false);
const coloured = colors.createColors(true);

const cells = (text: string, row: string) =>
  text
    .split('\n')
    .find((line) => line.startsWith(row))
    ?.trim()
    .split(/\s{2,}/);

describe('statusText', () => {
  it('tells the state and the master first', () => {
    expect(statusText(aSubject(), plain).split('\n')[0]).toBe(
      'lab is healthy: master redis-1 at 172.30.5.11:6379, known to Sentinel as mymaster',
    );
    const down = aSubject(withSilent(healthyObservation(), 'redis-1', 'exited'));
    expect(statusText(down, plain)).toMatch(/^lab is down: no master, known to Sentinel/);
  });

  it.each([
    ['redis-1', ['redis-1', 'master', '172.30.5.11:6379', 'running', '-', '5000', '-']],
    ['redis-2', ['redis-2', 'replica', '172.30.5.12:6379', 'running', 'up', '5000', '0 B']],
    ['sentinel-1', ['sentinel-1', '172.30.5.201:26379', 'running', 'redis-1', '2', '3', 'ok', '0']],
  ])('has a row for %s', (name, row) => {
    expect(cells(statusText(aSubject(), plain), name)).toEqual(row);
  });

  it.each<[string, Observation, string, string]>([
    [
      'silent though its container runs',
      withSilent(healthyObservation(), 'redis-3', 'running'),
      'redis-3',
      'silent',
    ],
    ['paused', withSilent(healthyObservation(), 'redis-3', 'paused'), 'redis-3', 'paused'],
    ['gone', withSilent(healthyObservation(), 'redis-3', 'absent'), 'redis-3', 'absent'],
  ])('says of a node that it is %s', (_, seen, name, word) => {
    expect(cells(statusText(aSubject(seen), plain), name)?.[3]).toBe(word);
  });

  it('says of each finding what was seen, expected and is to do', () => {
    const text = statusText(capturedSubject('redis-7.0-replica-paused'), plain);
    expect(text).toContain('✗ redis-2  its container is paused  [node-paused]');
    expect(text).toContain('    expected  running and answering');
    expect(text).toContain('    to do     rsent up cap resumes it');
  });

  it('has no colours where none are wanted', () => {
    const text = statusText(capturedSubject('redis-7.0-master-killed'), plain);
    expect(controlsIn(text)).toEqual([]);
  });

  it('says the same with colours', () => {
    const subject = capturedSubject('redis-7.0-master-killed');
    expect(withoutColours(statusText(subject, coloured))).toBe(statusText(subject, plain));
  });
});

describe('what a server says', () => {
  const EVIL = '\x1b[2J\x1b]0;owned\x07\x9b31m\rgone\x08\x7f';
  const healthy = healthyObservation();
  const address = { ip: EVIL, port: 6379 };

  it.each<[string, Observation]>([
    [
      'an error instead of a reply',
      {
        ...healthy,
        nodes: healthy.nodes.map((node) =>
          node.name === 'redis-2' && node.kind === 'redis'
            ? { ...node, answer: { reached: false, why: EVIL } }
            : node,
        ),
      },
    ],
    ['its role', withRedis(healthy, 'redis-2', (facts) => ({ ...facts, roleCommand: EVIL }))],
    [
      'its master',
      withRedis(healthy, 'redis-2', (facts) => ({
        ...facts,
        upstream: {
          master: address,
          linkUp: true,
          syncInProgress: false,
          readOnly: true,
          priority: 1,
        },
      })),
    ],
    [
      'the address of its replica',
      withRedis(healthy, 'redis-1', (facts) => ({
        ...facts,
        replicas: [...facts.replicas, { address, state: EVIL, offset: 0, lagS: 0 }],
      })),
    ],
    [
      'the state of its replica',
      withRedis(healthy, 'redis-1', (facts) => ({
        ...facts,
        replicas: facts.replicas.map((each) => ({ ...each, state: EVIL })),
      })),
    ],
    [
      'the master that it hands out',
      withSentinel(healthy, 'sentinel-1', (facts) => ({ ...facts, handsOut: address })),
    ],
    ['its id', withSentinel(healthy, 'sentinel-1', (facts) => ({ ...facts, myId: EVIL }))],
    [
      'its word on the quorum',
      withSentinel(healthy, 'sentinel-1', (facts) => ({
        ...facts,
        ckquorum: { ok: false, text: EVIL },
      })),
    ],
    [
      'why it cannot save',
      withSentinel(healthy, 'sentinel-1', (facts) => ({
        ...facts,
        confSaved: { ok: false, why: EVIL },
      })),
    ],
    [
      'flags',
      withSentinel(healthy, 'sentinel-1', (facts) => ({
        ...facts,
        replicas: facts.replicas.map((each) => ({ ...each, flags: ['slave', EVIL] })),
      })),
    ],
    [
      'why an address cannot be reached',
      { ...healthy, dials: [{ address, handedOutBy: ['sentinel-1'], reached: false, why: EVIL }] },
    ],
  ])('never reaches the terminal as it is: %s', (_, observation) => {
    for (const paint of [plain, coloured]) {
      const text = withoutColours(statusText(aSubject(observation), paint));
      expect(controlsIn(text)).toEqual([]);
    }
  });
});
