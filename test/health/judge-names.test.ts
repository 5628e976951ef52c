import { expectRecord } from '../../src/health/expect.js';
import { judge } from '../../src/health/judge.js';
import type { Observation } from '../../src/model/observation.js';
import { healthyObservation } from '../helpers/observation.js';
import { aRecord } from '../helpers/topology.js';
import { findingsOf } from '../helpers/verdict.js';

const DAY_MS = 86_400_000;
const security = { auth: false, acl: false, tls: true, publish: '127.0.0.1' };
const RECORD = aRecord({ security: { ...security, givenCertificate: true } });
const GIVEN = expectRecord(RECORD);
const ADDRESSES = RECORD.placement.nodes.map(({ address }) => address.ip);

/** A healthy look in which every certificate names these addresses. */
function naming(certifiedFor: readonly string[], certifiedUntil?: number): Observation {
  const look = healthyObservation();
  const until = certifiedUntil ?? look.at + 90 * DAY_MS;
  const nodes = look.nodes.map((node) => ({ ...node, certifiedFor, certifiedUntil: until }));
  return { ...look, nodes };
}

describe('the names of a certificate of the user’s', () => {
  it('are fine when each address is among them', () => {
    expect(findingsOf(naming(['127.0.0.1', '10.0.0.1', ...ADDRESSES]), GIVEN)).toEqual([]);
  });

  it('are told once when addresses are missing, and leave the topology healthy', () => {
    const { healthy, findings } = judge(GIVEN, naming(ADDRESSES.slice(1)));
    expect(healthy).toBe(true);
    expect(findings).toEqual([
      expect.objectContaining({
        ...{ code: 'certificate-names', severity: 'warning', subject: 'lab' },
        saw: expect.stringMatching(/does not name: 127\.0\.0\.1, 172\.30\.5\.11$/),
        fix: expect.stringContaining('rsent rotate-certs lab --tls-cert FILE --tls-key FILE'),
      }),
    ]);
  });

  it('are those of this host’s loopback where all addresses are published', () => {
    const wide = structuredClone(GIVEN.nodes).map((node) => ({
      ...node,
      published: { ip: '0.0.0.0', port: node.address.port },
    }));
    const { findings } = judge({ ...GIVEN, nodes: wide }, naming(ADDRESSES));
    expect(findings[0]?.saw).toMatch(/name: 127\.0\.0\.1$/);
  });

  it('are not judged of rsent’s own, nor where nobody could read them', () => {
    expect(findingsOf(naming([]), expectRecord(aRecord({ security })))).toEqual([]);
    expect(findingsOf(healthyObservation(), GIVEN)).toEqual([]);
  });
});

describe('a certificate of the user’s that ends', () => {
  const named = ['127.0.0.1', ...ADDRESSES];
  const fixes = (until: number) =>
    judge(GIVEN, naming(named, until)).findings.map(({ code, fix }) => `${code}: ${fix}`);
  const { at } = healthyObservation();

  it('is to be exchanged for a new one, which rsent cannot issue', () => {
    const [first] = fixes(at + DAY_MS);
    expect(first).toBe(
      'certificate-expires: rsent rotate-certs lab --tls-cert FILE --tls-key FILE exchanges it for a new one of yours',
    );
    expect(first).not.toContain('issues');
  });

  it.each([
    ['certificate-expired', at - DAY_MS],
    ['certificate-unreadable', 0],
  ])('is to be exchanged while all are down when it is over: %s', (code, until) => {
    const [first] = fixes(until);
    expect(first).toMatch(
      new RegExp(`^${code}: .*--tls-cert FILE.*rsent down lab first.*rsent up lab`),
    );
  });
});
