import { createHash } from 'node:crypto';
import { USERS_QUESTION } from '../../src/health/abilities.js';
import { otherPasswordsOfRedis, otherPasswordsOfSentinel } from '../../src/health/passwords.js';
import { accessWith } from '../../src/model/access.js';
import { OWN_PASSWORDS, onePassword } from '../helpers/security.js';

const ACL = { auth: true, acl: true };
const OWN = accessWith(OWN_PASSWORDS, true);
const ONE = accessWith(onePassword('p'), false);
const hash = (text: string) => createHash('sha256').update(text).digest('hex');
const said = (value: unknown) => ({ ok: true, value }) as const;
const user = (name: string, password: string) => `user ${name} on #${hash(password)} -@all`;

describe('passwords on a data node', () => {
  const redis = (masterauth: string, users: readonly string[] = []) => ({
    masterauth: said(['masterauth', masterauth]),
    [USERS_QUESTION]: said(users),
  });

  it.each([
    ['with users of their own', OWN_PASSWORDS.replication, OWN, ACL, []],
    ['with one for all', 'p', ONE, { auth: true, acl: false }, []],
    ['without any', '', accessWith({}, false), { auth: false, acl: false }, []],
    ['changed', 'x', OWN, ACL, [/^masterauth/]],
    ['changed to none', '', OWN, ACL, [/^masterauth/]],
    [
      'one where there is none',
      'x',
      accessWith({}, false),
      { auth: false, acl: false },
      [/^master/],
    ],
    ['which nobody knows', 'x', accessWith({}, true), ACL, []],
  ])('are compared %s', (_, told, access, security, others) => {
    const found = otherPasswordsOfRedis(redis(told), access, security);
    expect(found).toEqual(others.map((each) => expect.stringMatching(each)));
  });

  it('are those of users that nodes log in as, too, and never leave it', () => {
    const users = [user('replication', 'a-secret'), user('sentinel', OWN_PASSWORDS.sentinel)];
    const found = otherPasswordsOfRedis(redis(OWN_PASSWORDS.replication, users), OWN, ACL);
    expect(found).toEqual(['the password of its user replication']);
  });

  it('are not compared where the server tells nothing', () => {
    const refused = { ok: false, error: 'NOPERM' } as const;
    const replies = { masterauth: refused, [USERS_QUESTION]: refused };
    expect(otherPasswordsOfRedis(replies, OWN, ACL)).toEqual([]);
  });
});

describe('passwords on a Sentinel', () => {
  const sentinel = (pass: string, name: string) => ({
    'sentinel config': said(['announce-ip', '', 'sentinel-user', name, 'sentinel-pass', pass]),
    [USERS_QUESTION]: said([]),
  });
  const right = sentinel(OWN_PASSWORDS.sentinel, 'sentinel');
  const conf = (pass: string, name: string) =>
    `sentinel monitor m 1.2.3.4 6379 2\nsentinel auth-user m ${name}\nsentinel auth-pass m ${pass}\n`;

  it.each([
    ['none is another', right, conf(OWN_PASSWORDS.sentinel, 'sentinel'), []],
    ['its conf was not read', right, undefined, []],
    ['it watches nothing', right, 'port 1\n', []],
    ['it says another one to peers', sentinel('x', 'sentinel'), undefined, [/^sentinel-pass/]],
    ['it says none to peers', sentinel('', 'sentinel'), undefined, [/^sentinel-pass/]],
    ['it is another user', sentinel(OWN_PASSWORDS.sentinel, 'app'), undefined, [/^sentinel-user/]],
    ['it says another one to data nodes', right, conf('x', 'sentinel'), [/^auth-pass/]],
    [
      'it says none to data nodes',
      right,
      'sentinel monitor m 1.2.3.4 6379 2\n',
      [/^auth-pass/, /^auth-user/],
    ],
  ])('are told where %s', (_, replies, text, others) => {
    const found = otherPasswordsOfSentinel(replies, text, 'm', OWN, ACL);
    expect(found).toEqual(others.map((each) => expect.stringMatching(each)));
  });

  it('may be left to requirepass where all have one, or said, as after rotate-password', () => {
    const security = { auth: true, acl: false };
    const found = (pass: string) =>
      otherPasswordsOfSentinel(sentinel(pass, ''), undefined, 'm', ONE, security);
    expect([found(''), found('p')]).toEqual([[], []]);
    expect(found('x')).toHaveLength(1);
  });
});
