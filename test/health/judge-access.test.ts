import { expectRecord } from '../../src/health/expect.js';
import { judge } from '../../src/health/judge.js';
import type { User } from '../../src/model/access.js';
import type { Denied, NodeObservation, Observation } from '../../src/model/observation.js';
import type { Security } from '../../src/model/spec.js';
import type { Expectation } from '../../src/model/verdict.js';
import { healthyObservation, withRedis, withSentinel, withSilent } from '../helpers/observation.js';
import { aSecurity } from '../helpers/security.js';
import { aRecord } from '../helpers/topology.js';
import { findingsOf } from '../helpers/verdict.js';

/** What is expected of a topology with this security, published where it says. */
function expectation(changes: Partial<Security> = {}): Expectation {
  const security = aSecurity(changes);
  const record = aRecord({ security });
  const nodes = record.placement.nodes.map((node) => ({
    ...node,
    published: { ...node.published, ip: security.publish },
  }));
  return expectRecord({ ...record, placement: { ...record.placement, nodes } });
}

/** A healthy look in which these hosts (the last number of their address) let a stranger in. */
function open(...hosts: readonly number[]): Observation {
  const healthy = healthyObservation();
  const dials = healthy.dials.map((dial) => ({
    ...dial,
    letsAnyoneIn: hosts.includes(Number(dial.address.ip.split('.')[3])),
  }));
  return { ...healthy, dials };
}

describe('a stranger who is let in', () => {
  it.each<[string, number, string]>([
    ['a data node', 12, 'lets-anyone-in redis-2 (172.30.5.12:6379)'],
    ['a Sentinel', 203, 'lets-anyone-in sentinel-3 (172.30.5.203:26379)'],
  ])('by %s that should have a password is an error', (_, host, finding) => {
    expect(findingsOf(open(host), expectation({ auth: true }))).toEqual([finding]);
    const { healthy, findings } = judge(expectation({ auth: true }), open(host));
    expect(healthy).toBe(false);
    expect(findings[0]).toMatchObject({
      severity: 'error',
      saw: expect.stringContaining('answers without a password'),
      fix: expect.stringContaining('ACL SETUSER default resetpass'),
    });
  });

  it('is found wherever it happens', () => {
    expect(findingsOf(open(11, 12, 201), expectation({ auth: true }))).toHaveLength(3);
    expect(findingsOf(open(), expectation({ auth: true }))).toEqual([]);
  });

  it('by an address that is no node of ours is found, too', () => {
    const stranger = {
      ...{ address: { ip: '10.9.9.9', port: 6379 }, handedOutBy: ['sentinel-1'] },
      ...{ reached: true, letsAnyoneIn: true },
    };
    const look = { ...open(), dials: [stranger] };
    expect(findingsOf(look, expectation({ auth: true }))).toEqual(['lets-anyone-in 10.9.9.9:6379']);
    expect(findingsOf(look, expectation({ publish: '0.0.0.0' }))).toEqual([]);
  });

  it.each(['0.0.0.0', '192.168.1.7'])(
    'is a warning where there is no password and %s is open to others',
    (publish) => {
      const { healthy, findings } = judge(expectation({ publish }), open(11));
      expect(healthy).toBe(true);
      expect(findings).toEqual([
        expect.objectContaining({
          code: 'open-to-others',
          severity: 'warning',
          subject: 'redis-1 (172.30.5.11:6379)',
          saw: expect.stringContaining(`${publish}:6379`),
          fix: expect.stringContaining('--auth'),
        }),
      ]);
    },
  );

  it.each(['127.0.0.1', '127.0.0.9'])('is welcome where only this host comes in: %s', (publish) => {
    expect(findingsOf(open(11, 201), expectation({ publish }))).toEqual([]);
  });

  it('is a warning where the spec is not on this machine', () => {
    const { settings, ...unknown } = expectation({ publish: '0.0.0.0' });
    expect(settings).toBeDefined();
    expect(findingsOf(open(201), unknown)).toEqual([
      'open-to-others sentinel-1 (172.30.5.201:26379)',
    ]);
    const { settings: _, ...local } = expectation();
    expect(findingsOf(open(201), local)).toEqual([]);
  });
});

describe('a user that may not do what it has to', () => {
  const withDenied = (name: string, denied: readonly Denied[], look = healthyObservation()) =>
    name.startsWith('redis')
      ? withRedis(look, name, (facts) => ({ ...facts, denied }))
      : withSentinel(look, name, (facts) => ({ ...facts, denied }));
  const lacking = (user: User, ...permissions: string[]): Denied[] =>
    permissions.map((permission) => ({ user, permission }));
  const ACL = expectation({ auth: true, acl: true });

  it.each(['redis-2', 'sentinel-3'])(
    'is an error of its node, with the way to allow it: %s',
    (name) => {
      const look = withDenied(name, lacking('sentinel', 'config|rewrite', 'client|kill'));
      const { healthy, findings } = judge(ACL, look);
      expect(healthy).toBe(false);
      expect(findings).toEqual([
        {
          code: 'permission-missing',
          severity: 'error',
          subject: name,
          saw: expect.stringMatching(/^its user sentinel may not: config\|rewrite, client\|kill;/),
          expected: 'what a Sentinel says to a node is allowed',
          fix: 'rsent up lab puts it right; or ACL SETUSER sentinel +config|rewrite +client|kill on it, as user rsent',
        },
      ]);
    },
  );

  it.each(['publish', 'subscribe'])('is told its channel, too, when it lacks %s', (permission) => {
    const { findings } = judge(ACL, withDenied('redis-1', lacking('sentinel', permission)));
    expect(findings.map(({ fix }) => fix)).toEqual([
      `rsent up lab puts it right; or ACL SETUSER sentinel resetchannels &__sentinel__:hello +${permission} on it, as user rsent`,
    ]);
  });

  it('is let in again before anything else', () => {
    const { findings } = judge(ACL, withDenied('redis-1', lacking('replication', 'on', 'psync')));
    expect(findings.map(({ saw, fix }) => [saw, fix])).toEqual([
      [
        expect.stringMatching(/^its user replication is off or gone, may not: psync;/),
        'rsent up lab puts it right; or ACL SETUSER replication on ">$(cat FILE)" +psync on it, as user rsent; FILE is password.replication beside the data',
      ],
    ]);
  });

  it('is found once for each user and each node', () => {
    const both = [...lacking('sentinel', 'slaveof'), ...lacking('replication', 'psync', 'ping')];
    const look = withDenied('redis-3', both, withDenied('redis-1', both));
    expect(findingsOf(look, ACL)).toEqual([
      ...['permission-missing redis-1', 'permission-missing redis-1'],
      ...['permission-missing redis-3', 'permission-missing redis-3'],
    ]);
    const { findings } = judge(ACL, look);
    expect(findings.slice(0, 2).map(({ expected, fix }) => [expected, fix])).toEqual([
      [expect.stringContaining('Sentinel'), expect.stringMatching(/sentinel \+slaveof on/)],
      [expect.stringContaining('replica'), expect.stringMatching(/replication \+psync \+ping on/)],
    ]);
  });

  it('is not one that may do all, or of which nothing is known', () => {
    expect(findingsOf(withDenied('sentinel-1', [], withDenied('redis-1', [])), ACL)).toEqual([]);
    expect(findingsOf(healthyObservation(), ACL)).toEqual([]);
  });

  it('is found where the spec is not on this machine, too', () => {
    const { settings: _, ...unknown } = ACL;
    const look = withDenied('redis-2', lacking('sentinel', 'multi'));
    expect(findingsOf(look, unknown)).toEqual(['permission-missing redis-2']);
  });
});

describe('a node that does not let rsent in', () => {
  function refusing(why: string, container: NodeObservation['container'] = 'running'): Observation {
    const look = withSilent(healthyObservation(), 'redis-2', container);
    const nodes = look.nodes.map((node) =>
      node.name === 'redis-2' ? { ...node, answer: { reached: false as const, why } } : node,
    );
    return { ...look, nodes };
  }
  const codesOf = (look: Observation) =>
    judge(expectation({ auth: true }), look)
      .findings.filter(({ subject }) => subject === 'redis-2')
      .map(({ code }) => code);

  it.each([
    'NOAUTH Authentication required.',
    'WRONGPASS invalid username-password pair or user is disabled.',
    "NOPERM this user has no permissions to run the 'info' command",
  ])('is told apart from one that is not there: %s', (why) => {
    expect(codesOf(refusing(why))).toContain('access-refused');
    expect(codesOf(refusing(why))).not.toContain('node-unreachable');
  });

  it.each([
    ['connection refused', 'node-unreachable'],
    ['no answer within 2000 ms', 'node-unreachable'],
    ['LOADING x', 'node-loading'],
    ['ERR something new', 'node-unreachable'],
  ])('is not what is said of another failure: %s', (why, code) => {
    expect(codesOf(refusing(why))).toContain(code);
    expect(codesOf(refusing(why))).not.toContain('access-refused');
  });

  it('is not what is said of a container that does not run', () => {
    expect(codesOf(refusing('NOAUTH', 'paused'))).toContain('node-paused');
    expect(codesOf(refusing('NOAUTH', 'paused'))).not.toContain('access-refused');
  });
});
