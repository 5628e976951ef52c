import { expectRecord } from '../../src/health/expect.js';
import { judge } from '../../src/health/judge.js';
import { parseRedis } from '../../src/health/parse-info.js';
import type { Observation, RedisFacts, Reply } from '../../src/model/observation.js';
import type { Expectation } from '../../src/model/verdict.js';
import { healthyObservation, withRedis } from '../helpers/observation.js';
import { aSecurity } from '../helpers/security.js';
import { aRecord } from '../helpers/topology.js';
import { findingsOf } from '../helpers/verdict.js';

const DAY_MS = 86_400_000;
const { at } = healthyObservation();
const expectation = (tls: boolean): Expectation =>
  expectRecord(aRecord({ security: aSecurity({ tls }) }));
const ON = expectation(true);

function withTls(tls: RedisFacts['tls'], name = 'redis-2'): Observation {
  return withRedis(healthyObservation(), name, (facts) => (tls ? { ...facts, tls } : facts));
}

/** A healthy look in which the certificate of that node ends then. */
function ending(until: number, name = 'sentinel-2'): Observation {
  const look = healthyObservation();
  const nodes = look.nodes.map((node) =>
    node.name === name ? { ...node, certifiedUntil: until } : node,
  );
  return { ...look, nodes };
}

describe('TLS that is on', () => {
  it('is fine on every port and between the nodes', () => {
    expect(findingsOf(withTls({ plainPort: 0, replicates: true }), ON)).toEqual([]);
    expect(findingsOf(withTls(undefined), ON)).toEqual([]);
  });

  it('is half on where a port speaks plainly', () => {
    const { findings, healthy } = judge(ON, withTls({ plainPort: 6380, replicates: true }));
    expect(healthy).toBe(false);
    expect(findings).toEqual([
      expect.objectContaining({
        ...{ code: 'tls-half-on', subject: 'redis-2', severity: 'error' },
        saw: 'it also listens without TLS, on port 6380',
        fix: 'rsent up lab closes that port',
      }),
    ]);
  });

  it('is half on where a node would reach its master plainly, the master itself too', () => {
    const { findings } = judge(ON, withTls({ plainPort: 0, replicates: false }, 'redis-1'));
    expect(findings).toEqual([
      expect.objectContaining({
        ...{ code: 'tls-half-on', subject: 'redis-1', severity: 'error' },
        saw: 'it would reach its master without TLS',
        fix: 'rsent up lab sets it back',
      }),
    ]);
  });

  it('is told twice where both are so', () => {
    const look = withTls({ plainPort: 6379, replicates: false });
    expect(findingsOf(look, ON)).toEqual(['tls-half-on redis-2', 'tls-half-on redis-2']);
  });

  it('is not judged where nobody asked for it, or nobody knows', () => {
    const look = withTls({ plainPort: 6379, replicates: false });
    expect(findingsOf(look, expectation(false))).toEqual([]);
    const { settings: _, ...unknown } = ON;
    expect(findingsOf(look, unknown)).toEqual([]);
    expect(findingsOf(ending(at), unknown)).toEqual([]);
  });
});

describe('a certificate', () => {
  it.each<[string, number, string[]]>([
    ['has long to go', at + 825 * DAY_MS, []],
    ['has thirty days to go', at + 30 * DAY_MS, []],
    ['has a moment less', at + 30 * DAY_MS - 1, ['certificate-expires sentinel-2']],
    ['ends in a moment', at + 1, ['certificate-expires sentinel-2']],
    ['ends now', at, ['certificate-expired sentinel-2']],
    ['ended', at - DAY_MS, ['certificate-expired sentinel-2']],
  ])('that %s', (_, until, findings) => {
    expect(findingsOf(ending(until), ON)).toEqual(findings);
  });

  it('that ends soon leaves the topology healthy; one that ended does not', () => {
    expect(judge(ON, ending(at + DAY_MS)).healthy).toBe(true);
    expect(judge(ON, ending(at - 1)).healthy).toBe(false);
  });

  it('is told with its day and its remedy, of every kind of node', () => {
    for (const name of ['redis-1', 'sentinel-3']) {
      const [finding] = judge(ON, ending(Date.UTC(2023, 10, 20, 12), name)).findings;
      expect(finding).toMatchObject({
        subject: name,
        saw: 'its certificate ends on 2023-11-20',
        fix: expect.stringContaining('rsent rotate-certs lab'),
      });
    }
  });
});

describe('parseRedis on TLS', () => {
  const ok = (value: unknown): Reply => ({ ok: true, value });
  const refused: Reply = { ok: false, error: 'ERR' };
  const role = ok(['master', 0, []]);
  const tlsOf = (plainPort?: Reply, tlsReplication?: Reply) => {
    const asked = {
      ...(plainPort === undefined ? {} : { plainPort }),
      ...(tlsReplication === undefined ? {} : { tlsReplication }),
    };
    const answer = parseRedis({ info: ok('role:master\r\n'), role, ...asked });
    if (!answer.reached) throw new Error(answer.why);
    return answer.facts;
  };
  const port = (text: string) => ok(['port', text]);
  const replication = (text: string) => ok(['tls-replication', text]);

  it.each<[string, Reply, Reply, RedisFacts['tls']]>([
    ['all on', port('0'), replication('yes'), { plainPort: 0, replicates: true }],
    ['a plain port', port('6379'), replication('yes'), { plainPort: 6379, replicates: true }],
    ['plain replication', port('0'), replication('no'), { plainPort: 0, replicates: false }],
  ])('reads %s', (_, plain, replicates, tls) => {
    expect(tlsOf(plain, replicates).tls).toEqual(tls);
  });

  it.each<[string, Reply | undefined, Reply | undefined]>([
    ['nobody asked', undefined, undefined],
    ['only one was answered', port('0'), refused],
    ['the other was not', refused, replication('yes')],
    ['the server does not know them', ok([]), ok([])],
    ['the reply is no list', ok('0'), ok('yes')],
    ['the reply holds no text', ok(['port', 0]), ok(['tls-replication', null])],
  ])('knows nothing of it where %s', (_, plain, replicates) => {
    expect(tlsOf(plain, replicates)).not.toHaveProperty('tls');
  });
});

describe('the certificate that a node shows', () => {
  const serving = (untilMs: number, isOnDisk: boolean): Observation => {
    const look = ending(at + 400 * DAY_MS);
    const served = { untilMs, ipAddresses: [], isOnDisk };
    return {
      ...look,
      nodes: look.nodes.map((node) => (node.name === 'sentinel-2' ? { ...node, served } : node)),
    };
  };
  const told = (observation: Observation) =>
    judge(ON, observation).findings.map(({ code, severity }) => `${severity} ${code}`);

  it('decides, not the one in its file: renewed there, and never loaded', () => {
    expect(told(serving(at + 5 * DAY_MS, false))).toEqual([
      'warning certificate-expires',
      'warning certificate-not-loaded',
    ]);
    expect(told(serving(at - DAY_MS, false))).toEqual([
      'error certificate-expired',
      'warning certificate-not-loaded',
    ]);
  });

  it('is told of long before it ends, with what loads the new one', () => {
    const { findings } = judge(ON, serving(at + 300 * DAY_MS, false));
    expect(findings.map(({ code, fix }) => [code, fix])).toEqual([
      ['certificate-not-loaded', expect.stringMatching(/^rsent rotate-certs lab/)],
    ]);
  });

  it('is fine where it is the one in its file', () => {
    expect(told(serving(at + 400 * DAY_MS, true))).toEqual([]);
  });
});
