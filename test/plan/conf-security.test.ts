import { USERS, type User } from '../../src/model/access.js';
import type { Security, TopologySpec } from '../../src/model/spec.js';
import { renderConf } from '../../src/plan/conf.js';
import { hashMark, passwordMark } from '../../src/plan/marks.js';
import { directivesOf } from '../helpers/redis-conf.js';
import { ACL, aSecurity } from '../helpers/security.js';
import { TEMPLATES } from '../helpers/templates.js';
import { aRecord, nodeNamed } from '../helpers/topology.js';

const ALL = ['redis-1', 'redis-2', 'redis-3', 'sentinel-1', 'sentinel-2', 'sentinel-3'];
const security = (changes: Partial<Security>) => ({ security: aSecurity(changes) });

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
    expect(about(of(name), /^requirepass/)).toEqual([`requirepass ${passwordMark('app')}`]);
  });

  it.each(['redis-1', 'redis-2'])('gives it to a master, on the master too: %s', (name) => {
    expect(about(of(name), /^masterauth/)).toEqual([`masterauth ${passwordMark('app')}`]);
  });

  it('gives it to all that a Sentinel watches, after the monitor line', () => {
    const lines = about(of('sentinel-1'), /^sentinel (monitor|auth-pass)/);
    expect(lines[1]).toBe(`sentinel auth-pass mymaster ${passwordMark('app')}`);
    expect(lines).toHaveLength(2);
    expect(lines[0]).toContain('monitor');
  });
});

describe('a conf with a user for everyone', () => {
  const of = (name: string) => confOf({ security: ACL }, name);
  const REDIS = ALL.filter((name) => name.startsWith('redis'));
  const SENTINELS = ALL.filter((name) => name.startsWith('sentinel'));
  /** What a user may do on a node, behind its name and the hash of its password. */
  const rulesOf = (name: string, user: User) => {
    const start = `user ${user} on #${hashMark(user)} `;
    const [line, ...more] = about(of(name), new RegExp(`^user ${user} `));
    expect(more).toEqual([]);
    expect(line?.slice(0, start.length)).toBe(start);
    return line?.slice(start.length).split(' ');
  };

  it.each(ALL)('knows nobody without a name: %s', (name) => {
    expect(about(of(name), /^user default /)).toEqual(['user default off resetpass -@all']);
    expect(about(of(name), /requirepass/)).toEqual([]);
  });

  it.each(ALL)('knows all those who talk to the node, and nobody else: %s', (name) => {
    const known = about(of(name), /^user /).map((line) => line.split(' ')[1]);
    const users = name.startsWith('redis') ? USERS : USERS.filter((u) => u !== 'replication');
    expect(known.sort()).toEqual(['default', ...users].sort());
  });

  it.each(REDIS)('lets a data node into its master, on the master too: %s', (name) => {
    expect(about(of(name), /^master(user|auth) /)).toEqual([
      'masteruser replication',
      `masterauth ${passwordMark('replication')}`,
    ]);
  });

  it.each(SENTINELS)('lets a Sentinel into data nodes, after the monitor line: %s', (name) => {
    expect(about(of(name), /^sentinel (monitor|auth-(user|pass)) /)).toEqual([
      expect.stringContaining('sentinel monitor mymaster '),
      'sentinel auth-user mymaster sentinel',
      `sentinel auth-pass mymaster ${passwordMark('sentinel')}`,
    ]);
  });

  it.each(SENTINELS)('lets a Sentinel into the others: %s', (name) => {
    expect(about(of(name), /^sentinel sentinel-/)).toEqual([
      'sentinel sentinel-user sentinel',
      `sentinel sentinel-pass ${passwordMark('sentinel')}`,
    ]);
  });

  it.each(ALL)('has no password that the node itself does not give: %s', (name) => {
    const own = name.startsWith('redis') ? 'replication' : 'sentinel';
    const text = of(name).join('\n');
    expect(USERS.filter((user) => text.includes(passwordMark(user)))).toEqual([own]);
  });

  it.each(REDIS)('has on a data node no right too many for a Sentinel: %s', (name) => {
    expect(rulesOf(name, 'sentinel')).toEqual([
      ...['resetchannels', '&__sentinel__:hello', '-@all', '+multi', '+exec', '+slaveof', '+ping'],
      ...['+info', '+subscribe', '+publish', '+config|rewrite', '+client|setname', '+client|kill'],
      '+script|kill',
    ]);
  });

  it.each(REDIS)('has no right too many for a replica, and no key for it: %s', (name) => {
    expect(rulesOf(name, 'replication')).toEqual(['-@all', '+psync', '+replconf', '+ping']);
  });

  it.each(SENTINELS)('has on a Sentinel no right too many for another one: %s', (name) => {
    expect(rulesOf(name, 'sentinel')).toEqual([
      ...['resetchannels', '&__sentinel__:hello', '-@all', '+ping', '+publish'],
      ...['+client|setname', '+sentinel|is-master-down-by-addr'],
    ]);
  });

  it.each(REDIS)('lets nobody at the application’s keys but itself: %s', (name) => {
    const keys = USERS.map((user) => [user, rulesOf(name, user)?.filter((r) => /^[~%]/.test(r))]);
    expect(Object.fromEntries(keys)).toEqual({
      ...{ app: ['~*'], rsent: ['~rsent:*'], sentinel: [], replication: [] },
    });
  });

  it.each(SENTINELS)('lets the application ask a Sentinel, and change nothing: %s', (name) => {
    const may = rulesOf(name, 'app') ?? [];
    expect(may).toContain('-@all');
    const asks = may.filter((rule) => rule.startsWith('+sentinel|')).map((r) => r.slice(10));
    expect(asks.sort()).toEqual([
      ...['ckquorum', 'get-master-addr-by-name', 'master', 'masters', 'myid', 'replicas'],
      ...['sentinels', 'slaves'],
    ]);
    expect(may.filter((rule) => /^\+(@|sentinel$|config|shutdown|acl|publish)/.test(rule))).toEqual(
      [],
    );
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
    expect(about(lines, /pass|auth|tls|user/)).toEqual([]);
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
