import { expectRecord } from '../../src/health/expect.js';
import { judge } from '../../src/health/judge.js';
import type { Dial, Observation } from '../../src/model/observation.js';
import type { Reach } from '../../src/model/spec.js';
import type { Expectation } from '../../src/model/verdict.js';
import { healthyObservation, withSilent } from '../helpers/observation.js';
import { aSecurity } from '../helpers/security.js';
import { aRecord, nodeNamed } from '../helpers/topology.js';
import { findingsOf } from '../helpers/verdict.js';

const HOST: Reach = { clients: 'host' };
const AMONG: Reach = { clients: 'containers', join: 'app-net' };
const expectation = (reach: Reach, security = aSecurity()): Expectation =>
  expectRecord(aRecord({ reach, security }));

/** A healthy look in which the address of redis-2 was dialled so. */
function dialled(changes: Partial<Dial>, healthy = healthyObservation()): Observation {
  const { address } = nodeNamed(aRecord(), 'redis-2');
  const dial = { address, handedOutBy: ['sentinel-1', 'sentinel-3'], reached: false, ...changes };
  return { ...healthy, dials: [dial] };
}

describe('an address that clients cannot call', () => {
  it.each<[string, Reach, string, RegExp]>([
    ['on this host', HOST, 'this host', /routes and firewall.*--clients/],
    ['on the network of somebody else', AMONG, 'a container on app-net', /firewall of the engine/],
    ['on its own network', { clients: 'containers' }, 'a container on lab-net', /firewall/],
    ['elsewhere', { clients: 'lan', address: '10.0.0.9' }, 'this host', /routes and firewall/],
  ])('is told from where they are: %s', (_, reach, who, fix) => {
    const { healthy, findings } = judge(expectation(reach), dialled({ why: 'refused' }));
    expect(healthy).toBe(false);
    expect(findings).toEqual([
      {
        code: 'address-unreachable',
        severity: 'error',
        subject: 'sentinel-1, sentinel-3',
        saw: `it tells clients 172.30.5.12:6379; ${who} cannot reach it: refused`,
        expected: `every address that a Sentinel hands out can be called from ${who}`,
        fix: expect.stringMatching(fix),
        settling: true,
      },
    ]);
  });

  it('is told where nobody said why', () => {
    const [finding] = judge(expectation(AMONG), dialled({})).findings;
    expect(finding?.saw).toMatch(/cannot reach it: no answer$/);
  });

  it('is not told of one that can', () => {
    expect(findingsOf(dialled({ reached: true }), expectation(AMONG))).toEqual([]);
  });

  it('is not told of a node that is silent anyway', () => {
    const seen = dialled({}, withSilent(healthyObservation(), 'redis-2', 'exited'));
    expect(findingsOf(seen, expectation(AMONG))).toEqual(['node-stopped redis-2']);
  });
});

describe('a stranger who is let in from a container', () => {
  const open = dialled({ reached: true, letsAnyoneIn: true });

  it('is an error where there should be a password', () => {
    expect(findingsOf(open, expectation(AMONG, aSecurity({ auth: true })))).toEqual([
      'lets-anyone-in redis-2 (172.30.5.12:6379)',
    ]);
  });

  it('is welcome where there is none: the network is theirs, and so is its gateway', () => {
    const published = { ip: '10.20.30.1', port: 6380 };
    const at = (reach: Reach): Expectation => {
      const { nodes, ...rest } = expectation(reach);
      return { ...rest, nodes: nodes.map((node) => ({ ...node, published })) };
    };
    expect(findingsOf(open, at(AMONG))).toEqual([]);
    expect(findingsOf(open, at(HOST))).toEqual(['open-to-others redis-2 (172.30.5.12:6379)']);
  });
});
