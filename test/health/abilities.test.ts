import { abilityQuestions, accessIn } from '../../src/health/abilities.js';
import { USERS } from '../../src/model/access.js';
import type { Denied, Replies, Reply } from '../../src/model/observation.js';
import type { NodeKind } from '../../src/model/topology.js';
import { renderConf } from '../../src/plan/conf.js';
import { directivesOf } from '../helpers/redis-conf.js';
import { ACL } from '../helpers/security.js';
import { TEMPLATES } from '../helpers/templates.js';
import { aRecord, nodeNamed } from '../helpers/topology.js';

const KINDS: readonly NodeKind[] = ['redis', 'sentinel'];
const OK: Reply = { ok: true, value: 'OK' };
const denial = (what: string): Reply => ({
  ok: true,
  value: `User sentinel has no permissions to run the '${what}' command`,
});
/** As ACL LIST describes those who may log in, and those who may not. */
const ON: Reply = { ok: true, value: USERS.map((user) => `user ${user} on #a1 ~* &* +@all`) };
const OFF: Reply = { ok: true, value: USERS.map((user) => `user ${user} off #a1 ~* &* +@all`) };
const NOBODY: Reply = { ok: true, value: [] };
const deniedIn = (said: Replies, kind: NodeKind) => accessIn(said, kind, true).denied;
const isDryRun = ([, what]: readonly string[]) => what === 'DRYRUN';
const failure = (error: string): Reply => ({ ok: false, error });
/** As 6.2 answers what it does not know. */
const UNKNOWN = failure(
  "ERR Unknown subcommand or wrong number of arguments for 'DRYRUN'. Try ACL HELP.",
);

/** The same reply to every question, but for those about a command that begins so. */
function replies(
  kind: NodeKind,
  usual: Reply,
  others: Readonly<Record<string, Reply>> = {},
  user: Reply = ON,
): Replies {
  const asked = new Set<string>();
  const found = Object.entries(abilityQuestions(kind, true)).map(([question, command]) => {
    if (!isDryRun(command)) return [question, user] as const;
    const typed = command.slice(3).join(' ');
    const start = Object.keys(others).find((each) => typed.startsWith(each));
    if (start !== undefined) asked.add(start);
    return [question, start === undefined ? usual : others[start]] as const;
  });
  const missed = Object.keys(others).filter((each) => !asked.has(each));
  if (missed.length > 0) throw new Error(`nobody asks ${missed.join()}`);
  return Object.fromEntries(found) as Replies;
}

/** What nodes may not do to each other. */
const namesOf = (denied: readonly Denied[] | undefined) =>
  denied
    ?.filter(({ user }) => user !== 'app')
    .map(({ user, permission }) => `${user} ${permission}`)
    .sort();
const appsOf = (denied: readonly Denied[] | undefined) =>
  denied?.filter(({ user }) => user === 'app').map(({ permission }) => permission);

/** What the first conf of such a node lets those do who only nodes are, an entry each. */
function allowedIn(kind: NodeKind): string[] {
  const record = aRecord({ security: ACL });
  const { spec, placement } = record;
  const node = nodeNamed(record, `${kind}-2`);
  const master = nodeNamed(record, 'redis-1').address;
  const conf = directivesOf(renderConf(node, spec, placement, master, TEMPLATES));
  return conf.flatMap(([what, user = '', , , ...rules]) => {
    if (what !== 'user' || !['sentinel', 'replication'].includes(user)) return [];
    return rules.filter((rule) => rule.startsWith('+')).map((rule) => `${user} ${rule.slice(1)}`);
  });
}

describe('what is asked', () => {
  it.each(KINDS)('is tried, and never done: %s', (kind) => {
    const commands = Object.values(abilityQuestions(kind, true)).filter(isDryRun);
    expect(commands.length).toBeGreaterThan(3);
    for (const [acl, dryRun, user, ...command] of commands) {
      expect([acl, dryRun]).toEqual(['ACL', 'DRYRUN']);
      expect(USERS).toContain(user);
      expect(command.length).toBeGreaterThan(0);
    }
  });

  it.each(KINDS)('is all that the first conf allows, and no more: %s', (kind) => {
    const asked = namesOf(deniedIn(replies(kind, denial('x')), kind));
    expect(asked).toEqual(allowedIn(kind).sort());
  });
});

describe('what an application is asked to be allowed', () => {
  it('is, on a Sentinel, part of what the first conf allows it', () => {
    const record = aRecord({ security: ACL });
    const node = nodeNamed(record, 'sentinel-2');
    const master = nodeNamed(record, 'redis-1').address;
    const conf = directivesOf(renderConf(node, record.spec, record.placement, master, TEMPLATES));
    const rules = conf.find(([what, user]) => what === 'user' && user === 'app') ?? [];
    const asked = appsOf(deniedIn(replies('sentinel', denial('x')), 'sentinel')) ?? [];
    expect(asked.length).toBeGreaterThan(3);
    expect(asked.filter((each) => !rules.includes(`+${each}`))).toEqual([]);
  });

  it('is told where it is forbidden, or the user is off', () => {
    const forbidden = replies('redis', OK, { EXPIRE: denial('expire') });
    expect(appsOf(deniedIn(forbidden, 'redis'))).toEqual(['expire']);
    expect(appsOf(deniedIn(replies('redis', OK, {}, OFF), 'redis'))).toEqual(['on']);
  });
});

describe('what nobody may do', () => {
  it.each(KINDS)('is nothing where every answer is OK: %s', (kind) => {
    expect(deniedIn(replies(kind, OK), kind)).toEqual([]);
  });

  it.each<[NodeKind, string, string]>([
    ['redis', 'CONFIG REWRITE', 'sentinel config|rewrite'],
    ['redis', 'CLIENT KILL', 'sentinel client|kill'],
    ['redis', 'SLAVEOF', 'sentinel slaveof'],
    ['redis', 'SCRIPT KILL', 'sentinel script|kill'],
    ['redis', 'PSYNC', 'replication psync'],
    ['redis', 'REPLCONF', 'replication replconf'],
    ['sentinel', 'CLIENT SETNAME', 'sentinel client|setname'],
    ['sentinel', 'SENTINEL IS-MASTER', 'sentinel sentinel|is-master-down-by-addr'],
  ])('is what the server says, in the words of a rule: %s, %s', (kind, command, permission) => {
    const said = replies(kind, OK, { [command]: denial(command.toLowerCase()) });
    expect(namesOf(deniedIn(said, kind))).toEqual([permission]);
  });

  it.each(KINDS)('is each of several, and of several users: %s', (kind) => {
    const said = replies(kind, OK, { PING: denial('ping'), PUBLISH: denial('publish') });
    expect(namesOf(deniedIn(said, kind))).toEqual([
      ...(kind === 'redis' ? ['replication ping'] : []),
      'sentinel ping',
      'sentinel publish',
    ]);
  });

  it('is a command of which only the channel is forbidden', () => {
    const value = "User sentinel has no permissions to access the '__sentinel__:hello' channel";
    const said = replies('sentinel', OK, { PUBLISH: { ok: true, value } });
    expect(namesOf(deniedIn(said, 'sentinel'))).toEqual(['sentinel publish']);
  });

  it('is all that a user did who is not there any more, and nothing of the others', () => {
    const others = ON.ok ? (ON.value as string[]).filter((line) => !/ sentinel /.test(line)) : [];
    const said = Object.fromEntries(
      Object.entries(abilityQuestions('redis', true)).map(([question, [, what, user]]) => {
        if (what === 'LIST') return [question, { ok: true, value: others }];
        return [question, user === 'sentinel' ? failure("ERR User 'sentinel' not found") : OK];
      }),
    );
    const denied = deniedIn(said, 'redis') ?? [];
    expect(new Set(denied.map(({ user }) => user))).toEqual(new Set(['sentinel']));
    expect(namesOf(denied)).toEqual(
      [...allowedIn('redis').filter((each) => each.startsWith('sentinel')), 'sentinel on'].sort(),
    );
  });

  it.each([
    ['off', OFF],
    ['gone', NOBODY],
  ])('is to log in, for a user that is %s, whatever it were allowed', (_, user) => {
    expect(namesOf(deniedIn(replies('sentinel', OK, {}, user), 'sentinel'))).toEqual([
      'sentinel on',
    ]);
  });

  it.each(KINDS)('is everything where no user is left: %s', (kind) => {
    const none = replies(kind, failure("ERR User 'x' not found"), {}, NOBODY);
    expect(namesOf(deniedIn(none, kind))?.filter((each) => !each.endsWith(' on'))).toEqual(
      allowedIn(kind).sort(),
    );
  });

  it('is what got no good answer, too, where others did', () => {
    const said = replies('redis', OK, { 'SCRIPT KILL': failure('ERR something') });
    expect(namesOf(deniedIn(said, 'redis'))).toEqual(['sentinel script|kill']);
  });
});

describe('a server that cannot tell', () => {
  it.each(KINDS)('is no server that forbids anything: %s', (kind) => {
    expect(deniedIn(replies(kind, UNKNOWN, {}, UNKNOWN), kind)).toBeUndefined();
    // By its list of users, then.
    expect(deniedIn(replies(kind, UNKNOWN), kind)).toEqual([]);
  });

  it.each([
    'ERR unknown command `ACL`, with args beginning with: `DRYRUN`, `sentinel`, `PING`',
    'NOAUTH Authentication required.',
    "NOPERM User rsent has no permissions to run the 'acl|dryrun' command",
    'connect ECONNREFUSED 127.0.0.1:6380',
    'no answer within 2000 ms',
  ])('says so in other words: %s', (error) => {
    const said = replies('redis', failure(error), {}, failure(error));
    expect(deniedIn(said, 'redis')).toBeUndefined();
  });

  it.each(KINDS)('may not have been asked: %s', (kind) => {
    expect(deniedIn({}, kind)).toBeUndefined();
    expect(deniedIn({ info: OK }, kind)).toBeUndefined();
  });
});

describe('where everyone is the default user', () => {
  const all: Reply = { ok: true, value: ['user default on nopass ~* &* +@all'] };
  const asked = (kind: NodeKind, answer: (command: string) => Reply, list: Reply = all): Replies =>
    Object.fromEntries(
      Object.entries(abilityQuestions(kind, false)).map(([question, [, what, user, ...words]]) => {
        if (what === 'LIST') return [question, list];
        expect(user).toBe('default');
        return [question, answer(words.join(' '))];
      }),
    );

  it.each(KINDS)('it is asked about all that nodes send: %s', (kind) => {
    expect(
      accessIn(
        asked(kind, () => OK),
        kind,
        false,
      ),
    ).toMatchObject({ denied: [], excess: [] });
  });

  it.each(['SLAVEOF', 'CONFIG REWRITE', 'CLIENT KILL', 'MULTI', 'PSYNC'])(
    'it may not %s, which is told',
    (command) => {
      const said = asked('redis', (typed) => (typed.startsWith(command) ? denial('x') : OK));
      const [name = '', sub] = command.toLowerCase().split(' ');
      expect(accessIn(said, 'redis', false).denied).toEqual([
        { user: 'default', permission: sub === undefined ? name : `${name}|${sub}` },
      ]);
    },
  );

  it.each([
    ['-slaveof', 'slaveof'],
    ['-@admin', 'slaveof config|rewrite client|setname client|kill replconf psync'],
    ['-@all +@admin +ping', 'info subscribe publish multi exec script|kill'],
    ['-config +config|rewrite', ''],
  ])('before 7.0 its rules tell: +@all %s', (rules, lacking) => {
    const list: Reply = { ok: true, value: [`user default on nopass ~* +@all ${rules}`] };
    const { denied } = accessIn(
      asked('redis', () => UNKNOWN, list),
      'redis',
      false,
    );
    const names = (denied ?? []).map(({ permission }) => permission).sort();
    expect(names).toEqual(lacking.split(' ').filter(Boolean).sort());
  });
});

describe('what an application may not do with its data', () => {
  it('is told apart from what every one needs', () => {
    const said = replies('redis', OK, { INCR: denial('incr') });
    expect(accessIn(said, 'redis', true)).toMatchObject({
      denied: [],
      curtailed: [{ user: 'app', permission: 'incr' }],
    });
  });

  it('is no command of which only some keys are forbidden', () => {
    const value = "User app has no permissions to access the 'a-key-of-the-application' key";
    const said = replies('redis', OK, { SET: { ok: true, value }, INCR: { ok: true, value } });
    expect(accessIn(said, 'redis', true)).toMatchObject({ denied: [], curtailed: [] });
  });
});

describe('what a user may do that rsent does not let it', () => {
  it('is all that the server lets it, and no right that it needs', () => {
    const { excess } = accessIn(replies('redis', OK), 'redis', true);
    const needed = allowedIn('redis');
    const names = (excess ?? []).map(({ user, permission }) => `${user} ${permission}`);
    expect(names).toEqual(expect.arrayContaining(['app config|set', 'sentinel get', 'rsent get']));
    expect(names.filter((each) => needed.includes(each))).toEqual([]);
  });
});

describe('a command that the server has under another name', () => {
  it('is no right that is missing', () => {
    const said = replies('redis', OK, { SLAVEOF: failure("ERR Command 'SLAVEOF' not found") });
    expect(accessIn(said, 'redis', true)).toMatchObject({ denied: [], renamed: ['SLAVEOF'] });
  });
});
