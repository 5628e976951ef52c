import {
  mayLackRights,
  rightsQuestions,
  sentinelUserIn,
  sentinelUsersIn,
} from '../../../../src/health/doctor/sentinel-users.js';
import type { Visit } from '../../../../src/health/doctor/visit.js';
import { HELLO_CHANNEL } from '../../../../src/model/constants.js';
import { Base, hello, REDIS, SENTINELS } from './base.js';
import { ok, refused } from './replies.js';

/** As a real data node (7.0.15) lists a Sentinel, a replica and an application. */
const CLIENTS = [
  'id=8 addr=10.9.8.23:47094 laddr=10.9.8.1:6379 fd=12 name=sentinel-ae62d761-cmd age=514 cmd=publish user=sent redir=-1 resp=2',
  'id=3 addr=10.9.8.2:33614 laddr=10.9.8.1:6379 fd=9 name= age=515 flags=S cmd=replconf user=default redir=-1 resp=2',
  'id=9 addr=10.9.8.9:33615 laddr=10.9.8.1:6379 fd=9 name=sentinel-of-mine age=515 cmd=get user=app redir=-1 resp=2',
  '',
].join('\n');
const CHANNEL = `User sent has no permissions to access the '${HELLO_CHANNEL}' channel`;
const COMMAND = "User sent has no permissions to run the 'publish' command";

/** The answers to ACL DRYRUN of a user whose PUBLISH and SUBSCRIBE end so. */
const trial = (publish: string, subscribe: string) =>
  Object.fromEntries(
    Object.keys(rightsQuestions('sent')).map((command) => {
      if (command.startsWith('PUBLISH')) return [command, ok(publish)];
      return [command, ok(command.startsWith('SUBSCRIBE') ? subscribe : 'OK')];
    }),
  );

/** Sentinels that know nobody, and a user of theirs that was tried on every data node. */
function apart(publish: string, subscribe = publish): Base {
  const base = new Base();
  for (const text of SENTINELS) {
    for (const other of SENTINELS) if (other !== text) base.forgets(text, 'peers', other);
    base.monitored(text, { flags: 'master,disconnected' });
    base.reply(text, 'ckquorum', refused('NOQUORUM 1 usable Sentinels. Not enough available'));
  }
  const user = sentinelUserIn('sent', trial(publish, subscribe));
  if (user === undefined) throw new Error('it was answered');
  for (const text of REDIS) base.sentinelUsers.set(text, [user]);
  return base;
}

describe('Sentinels that may not say hello on the data nodes', () => {
  it('are one cause, that names the channel and the user', () => {
    const [first, ...rest] = apart(CHANNEL).diagnoses();
    expect(first).toMatchObject({ code: 'hello-refused', severity: 'error' });
    for (const text of REDIS) expect(first?.subject).toContain(text);
    expect(first?.saw).toMatch(/user sent.*SUBSCRIBE __sentinel__:hello and PUBLISH/);
    expect(first?.fix).toContain(`ACL SETUSER sent "&${HELLO_CHANNEL}" on each data node`);
    for (const each of rest.filter(({ severity }) => severity === 'error')) {
      expect(each.followsFrom).toBe('hello-refused');
    }
  });

  it('are told which command they lack', () => {
    const [first] = apart(COMMAND, 'OK').diagnoses();
    expect(first?.fix).toContain('ACL SETUSER sent +publish on each data node');
  });

  it('on one data node only are the cause of what is said of that one alone', () => {
    const [, replica, other] = REDIS;
    const user = sentinelUserIn('sent', trial(CHANNEL, CHANNEL));
    if (user === undefined) throw new Error('it was answered');
    const base = new Base()
      .seen(replica, { flags: 'slave,disconnected' })
      .seen(other, { flags: 's_down,slave' });
    base.sentinelUsers.set(replica, [user]);
    const errors = base.diagnoses().filter(({ code }) => code === 'sees-replica-down');
    expect(errors).toHaveLength(6);
    for (const { saw, followsFrom } of errors) {
      expect(followsFrom).toBe(saw.includes(replica) ? 'hello-refused' : undefined);
    }
  });

  it('are no cause where all is allowed', () => {
    expect(apart('OK').codes()).not.toContain('hello-refused');
  });

  it('are known by the names of their connections, and nobody else is', () => {
    expect(sentinelUsersIn(ok(CLIENTS))).toEqual(['sent']);
    expect(sentinelUsersIn(refused('NOPERM'))).toEqual([]);
  });

  it('are not judged by a server that has no ACL DRYRUN', () => {
    const replies = { a: refused('ERR unknown subcommand'), b: refused('ERR unknown subcommand') };
    expect(sentinelUserIn('sent', replies)).toBeUndefined();
  });
});

describe('whether Sentinels may lack rights', () => {
  const idAt = (visits: readonly Visit[], i: number) => {
    const visit = visits[REDIS.length + i];
    return visit?.kind === 'sentinel' ? (visit.facts.myId ?? '') : '';
  };
  const heard = (visits: readonly Visit[]) =>
    SENTINELS.map((text, i) => hello(text, idAt(visits, i)));

  it('is no where all say hello and know each other', () => {
    const visits = new Base().visits();
    expect(mayLackRights(visits, heard(visits))).toBe(false);
  });

  it('is yes where one says none, or does not know another', () => {
    const visits = new Base().visits();
    expect(mayLackRights(visits, heard(visits).slice(1))).toBe(true);
    const [first, second] = SENTINELS;
    const missing = new Base().forgets(first, 'peers', second).visits();
    expect(mayLackRights(missing, heard(missing))).toBe(true);
  });

  it('is yes where one has lost a data node that answers, as it cannot subscribe there', () => {
    const [first] = SENTINELS;
    const lost = new Base().lists(first, 'replicas', REDIS[1], { flags: 'slave,disconnected' });
    expect(mayLackRights(lost.visits(), heard(lost.visits()))).toBe(true);
    const gone = lost.silent(REDIS[1], 'connection refused').visits();
    const hellos = heard(new Base().visits());
    expect(mayLackRights(gone, hellos)).toBe(false);
  });
});
