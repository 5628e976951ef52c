import { abilityQuestions, deniedIn } from '../../src/health/abilities.js';
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
/** As ACL GETUSER describes somebody who may log in. */
const ON: Reply = { ok: true, value: ['flags', ['on', 'sanitize-payload'], 'passwords', []] };
const OFF: Reply = { ok: true, value: ['flags', ['off'], 'passwords', []] };
const NOBODY: Reply = { ok: true, value: null };
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
  const found = Object.entries(abilityQuestions(kind)).map(([question, command]) => {
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
    const commands = Object.values(abilityQuestions(kind)).filter(isDryRun);
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
    const questions = Object.entries(abilityQuestions('redis'));
    const said = Object.fromEntries(
      questions.map(([question, [, what, user]]) => {
        const isGone = user === 'sentinel';
        if (what === 'GETUSER') return [question, isGone ? NOBODY : ON];
        return [question, isGone ? failure("ERR User 'sentinel' not found") : OK];
      }),
    );
    const denied = deniedIn(said, 'redis') ?? [];
    expect(new Set(denied.map(({ user }) => user))).toEqual(new Set(['sentinel']));
    expect(denied).toHaveLength(questions.filter(([, [, , user]]) => user === 'sentinel').length);
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
    expect(deniedIn(none, kind)).toHaveLength(Object.keys(abilityQuestions(kind)).length);
  });

  it('is what got no good answer, too, where others did', () => {
    const said = replies('redis', OK, { 'SCRIPT KILL': failure('ERR something') });
    expect(namesOf(deniedIn(said, 'redis'))).toEqual(['sentinel script|kill']);
  });
});

describe('a server that cannot tell', () => {
  it.each(KINDS)('is no server that forbids anything: %s', (kind) => {
    expect(deniedIn(replies(kind, UNKNOWN, {}, UNKNOWN), kind)).toBeUndefined();
    expect(deniedIn(replies(kind, UNKNOWN), kind)).toBeUndefined();
  });

  it.each([
    'ERR unknown command `ACL`, with args beginning with: `DRYRUN`, `sentinel`, `PING`',
    'NOAUTH Authentication required.',
    "NOPERM User rsent has no permissions to run the 'acl|dryrun' command",
    'connect ECONNREFUSED 127.0.0.1:6380',
    'no answer within 2000 ms',
  ])('says so in other words: %s', (error) => {
    expect(deniedIn(replies('redis', failure(error)), 'redis')).toBeUndefined();
  });

  it.each(KINDS)('may not have been asked: %s', (kind) => {
    expect(deniedIn({}, kind)).toBeUndefined();
    expect(deniedIn({ info: OK }, kind)).toBeUndefined();
  });
});
