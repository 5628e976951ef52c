import { spawnSync } from 'node:child_process';
import { expectRecord } from '../../src/health/expect.js';
import { judge } from '../../src/health/judge.js';
import { usersIn } from '../../src/health/users.js';
import type { AccessFacts, Observation } from '../../src/model/observation.js';
import { type Account, rightsOn } from '../../src/model/rights.js';
import type { NodeKind } from '../../src/model/topology.js';
import { renderConf } from '../../src/plan/conf.js';
import { harmless } from '../../src/report/text.js';
import { healthyObservation, withRedis, withSentinel } from '../helpers/observation.js';
import { directivesOf } from '../helpers/redis-conf.js';
import { ACL, aSecurity } from '../helpers/security.js';
import { TEMPLATES } from '../helpers/templates.js';
import { aRecord, nodeNamed } from '../helpers/topology.js';

const KINDS: readonly NodeKind[] = ['redis', 'sentinel'];
const acl = expectRecord(aRecord({ security: ACL }));
const auth = expectRecord(aRecord({ security: aSecurity({ auth: true }) }));
const open = expectRecord(aRecord());

/** The lines of ACL LIST for the users as rsent makes them. */
function linesOf(kind: NodeKind, isAcl: boolean, isOpen = false): Map<string, string> {
  return new Map(
    [...rightsOn(kind, isAcl)].map(([account, { isOn, keys, channels, commands }]) => {
      const how = [isOn ? 'on' : 'off', ...(isOpen ? ['nopass'] : ['#a1'])];
      const rules = [...keys, 'resetchannels', ...channels, ...commands];
      return [account, `user ${account} ${[...how, ...rules].join(' ')}`];
    }),
  );
}

/** A healthy look in which a data node has these lines in place of its own, or besides them. */
function seen(
  isAcl: boolean,
  changes: Record<string, string>,
  more: AccessFacts = {},
): Observation {
  const lines = linesOf('redis', isAcl);
  for (const [account, rules] of Object.entries(changes))
    lines.set(account, `user ${account} ${rules}`);
  const users = usersIn({ ok: true, value: [...lines.values()] }) ?? [];
  return withRedis(healthyObservation(), 'redis-2', (facts) => ({ ...facts, users, ...more }));
}

const told = (expectation: typeof acl, look: Observation) =>
  judge(expectation, look).findings.map(({ code, severity, subject }) => [code, severity, subject]);

describe('the rights that rsent gives', () => {
  it.each(KINDS)('are those that its templates write: %s', (kind) => {
    const record = aRecord({ security: ACL });
    const node = nodeNamed(record, `${kind}-2`);
    const master = nodeNamed(record, 'redis-1').address;
    const conf = renderConf(node, record.spec, record.placement, master, TEMPLATES);
    const written = directivesOf(conf).flatMap(([what, account = '', isOn, ...rules]) => {
      if (what !== 'user') return [];
      const rights = rules.filter((rule) => /^[~&+-]/.test(rule)).sort();
      return [[account, isOn, rights] as const];
    });
    const given = [...rightsOn(kind, true)].map(([account, rights]) => {
      const rules = [...rights.keys, ...rights.channels, ...rights.commands].sort();
      return [account as string, rights.isOn ? 'on' : 'off', rules] as const;
    });
    expect([...written].sort()).toEqual([...given].sort());
  });

  it.each<[string, typeof acl, boolean]>([
    ['with ACL', acl, true],
    ['with a password', auth, false],
  ])('are no finding: %s', (_, expectation, isAcl) => {
    expect(told(expectation, seen(isAcl, {}))).toEqual([]);
    const users = usersIn({ ok: true, value: [...linesOf('sentinel', isAcl).values()] }) ?? [];
    const look = withSentinel(healthyObservation(), 'sentinel-1', (facts) => ({ ...facts, users }));
    expect(told(expectation, look)).toEqual([]);
  });

  it('are no finding in an open topology, nor before there were channels', () => {
    expect(told(open, seen(false, { default: 'on nopass ~* &* +@all' }))).toEqual([]);
    expect(told(open, seen(false, { default: 'on nopass ~* +@all' }))).toEqual([]);
  });
});

describe('a user that somebody has changed', () => {
  it.each<[Account, string, RegExp]>([
    ['app', 'on #a #b ~* &* +@all', /2 passwords/],
    ['rsent', 'on #a ~* &* +@all', /keys: ~\*/],
    ['replication', 'on #a ~* resetchannels -@all +psync', /keys: ~\*/],
    ['default', 'on #a resetchannels -@all', /is on/],
    ['app', 'on #a ~* &* +@all (~x +get)', /further rights: \(~x \+get\)/],
  ])('is a warning, with what is other: %s %s', (account, rules, saw) => {
    const look = seen(true, { [account]: rules });
    expect(told(acl, look)).toEqual([['rights-differ', 'warning', 'redis-2']]);
    expect(judge(acl, look).findings[0]).toMatchObject({
      saw: expect.stringMatching(saw),
      fix: expect.stringContaining('rsent up lab'),
    });
  });

  it.each<[string, RegExp, string]>([
    ['on #a ~app:* &* +@all', /fewer rights.*keys: ~app:\* \(rsent gave it ~\*\)/, "app '~*' '&*'"],
    ['on #a ~* &news +@all', /fewer rights.*channels: &news/, "app '~*' '&*'"],
  ])('may be meant where an application may do less: %s', (rules, saw, fix) => {
    const look = seen(true, { app: rules });
    expect(told(acl, look)).toEqual([['rights-differ', 'warning', 'redis-2']]);
    expect(judge(acl, look).findings[0]).toMatchObject({
      saw: expect.stringMatching(saw),
      fix: expect.stringContaining(`rsent cli lab redis-2 --as rsent -- ACL SETUSER ${fix}`),
    });
  });

  it('is told by the commands that it has less and more', () => {
    const user = 'app' as const;
    const curtailed = [{ user, permission: 'incr' }];
    const excess = [{ user, permission: 'config|set' }];
    const { findings } = judge(acl, seen(true, {}, { curtailed, excess }));
    expect(findings[0]?.saw).toMatch(/may not: incr; may, and should not: config\|set/);
  });

  it('needs no password any more, which is an error', () => {
    const nopass = 'on nopass ~* &* +@all';
    expect(told(acl, seen(true, { app: nopass }))).toEqual([
      ['lets-anyone-in', 'error', 'redis-2'],
    ]);
    expect(told(auth, seen(false, { default: nopass }))).toEqual([
      ['lets-anyone-in', 'error', 'redis-2'],
    ]);
  });

  it('is not judged where the user’s own templates decide', () => {
    const { ownUsers: _, ...settings } = acl.settings ?? {};
    const other = { ...acl, settings } as typeof acl;
    expect(told(other, seen(true, { app: 'on #a ~app:* &* +@all', joe: 'on #a' }))).toEqual([]);
  });

  it('may have two passwords while they are changed', () => {
    const record = aRecord({ security: ACL });
    const rotating = expectRecord({ ...record, unfinished: { rotating: 'password' } });
    const codes = told(rotating, seen(true, { app: 'on #a #b ~* &* +@all' })).map(([code]) => code);
    expect(codes).toEqual(['unfinished']);
  });
});

describe('a user that rsent did not make', () => {
  it('is one warning for all nodes that have it, with what it may do', () => {
    const users =
      usersIn({
        ok: true,
        value: [...linesOf('redis', true).values(), 'user joe on #a ~* &* +@all'],
      }) ?? [];
    const look = ['redis-1', 'redis-3'].reduce(
      (before, node) => withRedis(before, node, (facts) => ({ ...facts, users })),
      healthyObservation(),
    );
    const { healthy, findings } = judge(acl, look);
    expect(healthy).toBe(true);
    expect(findings).toMatchObject([
      {
        ...{ code: 'acl-stranger', severity: 'warning', subject: 'redis-1, redis-3' },
        saw: 'a user that rsent did not make: joe, which may log in: +@all ~*',
        fix: expect.stringContaining('rsent cli lab redis-1 --as rsent -- ACL DELUSER joe'),
      },
    ]);
  });

  it('is an error where it needs no password, and all others do', () => {
    expect(told(auth, seen(false, { joe: 'on nopass ~* &* +@all' }))).toEqual([
      ['acl-stranger', 'error', 'redis-2'],
    ]);
    expect(told(open, seen(false, { joe: 'on nopass ~* &* +@all' }))).toEqual([
      ['acl-stranger', 'warning', 'redis-2'],
    ]);
  });

  it('cannot break out of the remedy', () => {
    const { findings } = judge(acl, seen(true, { "$(reboot)'": 'on #a ~* +@all' }));
    expect(findings[0]?.fix).toContain(`ACL DELUSER '$(reboot)'\\'''`);
  });

  const odd = [
    'a\x1b[31mred',
    'tab\x01',
    "it's\x7f",
    'back\\slash\x02',
    '\u009b2J',
    '$HOME\x1b',
    '7\x1b7',
  ];

  it.each(odd)('is removed by what is printed, though its name is odd: %j', (user) => {
    const { findings } = judge(acl, seen(true, { [user]: 'on #a ~* +@all' }));
    const { saw = '', fix = '' } = findings[0] ?? {};
    expect([harmless(saw), harmless(fix)]).toEqual([saw, fix]);
    const typed = /ACL DELUSER (.*); then CONFIG REWRITE/s.exec(fix)?.[1] ?? '';
    const { stdout } = spawnSync('bash', ['-c', `printf %s ${typed}`], { encoding: 'utf8' });
    expect(stdout).toBe(user);
  });

  it('is not removed by a command with another name, where its name is not UTF-8', () => {
    const { findings } = judge(acl, seen(true, { 'joe\ufffd': 'on #a ~* +@all' }));
    expect(findings[0]?.fix).toMatch(
      /not UTF-8.*rsent cli lab redis-2 --as rsent -- --no-raw ACL USERS/,
    );
    expect(findings[0]?.fix).not.toContain('DELUSER joe');
  });
});
