import { expectRecord } from '../../src/health/expect.js';
import { judge } from '../../src/health/judge.js';
import type { NodeObservation, Observation } from '../../src/model/observation.js';
import type { TopologySpec } from '../../src/model/spec.js';
import type { Expectation } from '../../src/model/verdict.js';
import { healthyObservation, withSilent } from '../helpers/observation.js';
import { aRecord } from '../helpers/topology.js';
import { findingsOf } from '../helpers/verdict.js';

type Security = TopologySpec['security'];

/** What is expected of a topology with this security, published where it says. */
function expectation(changes: Partial<Security> = {}): Expectation {
  const security = { auth: false, tls: false, publish: '127.0.0.1', ...changes };
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
      fix: expect.stringContaining('rsent rotate-password lab'),
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

  it.each(['connect ECONNREFUSED 127.0.0.1:6380', 'no answer within 2000 ms', 'LOADING'])(
    'is not what is said of another failure: %s',
    (why) => {
      expect(codesOf(refusing(why))).toContain('node-unreachable');
      expect(codesOf(refusing(why))).not.toContain('access-refused');
    },
  );

  it('is not what is said of a container that does not run', () => {
    expect(codesOf(refusing('NOAUTH', 'paused'))).toContain('node-paused');
    expect(codesOf(refusing('NOAUTH', 'paused'))).not.toContain('access-refused');
  });
});
