import { PASSWORD_MARK } from '../../src/model/constants.js';
import type { TopologySpec } from '../../src/model/spec.js';
import { renderConf } from '../../src/plan/conf.js';
import { directivesOf } from '../helpers/redis-conf.js';
import { TEMPLATES } from '../helpers/templates.js';
import { aRecord, nodeNamed } from '../helpers/topology.js';

const ALL = ['redis-1', 'redis-2', 'redis-3', 'sentinel-1', 'sentinel-2', 'sentinel-3'];
const security = (changes: Partial<TopologySpec['security']>) => ({
  security: { auth: false, tls: false, publish: '127.0.0.1', ...changes },
});

/** Directives of a node's first conf, one text each. */
function confOf(changes: Partial<TopologySpec>, name: string): string[] {
  const record = aRecord(changes);
  const { spec, placement } = record;
  const master = nodeNamed(record, 'redis-1').address;
  const conf = renderConf(nodeNamed(record, name), spec, placement, master, TEMPLATES);
  return directivesOf(conf).map((words) => words.join(' '));
}

const about = (lines: readonly string[], what: RegExp) => lines.filter((line) => what.test(line));

describe('a conf with a password', () => {
  const of = (name: string) => confOf(security({ auth: true }), name);

  it.each(ALL)('asks for it: %s', (name) => {
    expect(about(of(name), /^requirepass/)).toEqual([`requirepass ${PASSWORD_MARK}`]);
  });

  it.each(['redis-1', 'redis-2'])('gives it to a master, on the master too: %s', (name) => {
    expect(about(of(name), /^masterauth/)).toEqual([`masterauth ${PASSWORD_MARK}`]);
  });

  it('gives it to all that a Sentinel watches, after the monitor line', () => {
    const lines = about(of('sentinel-1'), /^sentinel (monitor|auth-pass)/);
    expect(lines[1]).toBe(`sentinel auth-pass mymaster ${PASSWORD_MARK}`);
    expect(lines).toHaveLength(2);
    expect(lines[0]).toContain('monitor');
  });
});

describe('a conf with TLS', () => {
  it.each(ALL)('has no port that speaks plainly: %s', (name) => {
    const lines = confOf(security({ tls: true }), name);
    const port = name.startsWith('redis') ? 6379 : 26379;
    expect(about(lines, /^(tls-|port )/)).toEqual([
      'port 0',
      `tls-port ${port}`,
      'tls-cert-file /etc/redis/tls.crt',
      'tls-key-file /etc/redis/tls.key',
      'tls-ca-cert-file /etc/redis/ca.crt',
      'tls-auth-clients no',
      'tls-replication yes',
    ]);
  });
});

describe('a conf without them', () => {
  it.each(ALL)('has nothing of them: %s', (name) => {
    const lines = confOf({}, name);
    expect(about(lines, /pass|auth|tls/)).toEqual([]);
    expect(about(lines, /^port /)).toEqual([`port ${name.startsWith('redis') ? 6379 : 26379}`]);
  });
});

describe('a conf with a limit', () => {
  const limits = { pids: 64, maxmemoryBytes: 67_108_864, memoryBytes: 134_217_728 };

  it('has Redis’s own limit on every data node', () => {
    expect(about(confOf({ limits }, 'redis-2'), /memory/)).toEqual(['maxmemory 67108864']);
  });

  it('has none on a Sentinel, and none where none was asked', () => {
    expect(about(confOf({ limits }, 'sentinel-1'), /memory/)).toEqual([]);
    expect(about(confOf({}, 'redis-1'), /memory/)).toEqual([]);
  });
});
