import {
  accessWith,
  asStranger,
  OPEN_ACCESS,
  passwordFile,
  USERS,
  usersOf,
} from '../../src/model/access.js';
import { ACL, aSecurity, OWN_PASSWORDS, onePassword } from '../helpers/security.js';

describe('those who have a password of their own', () => {
  it('are nobody where everyone is let in, and all with ACL', () => {
    expect(usersOf(aSecurity())).toEqual([]);
    expect(usersOf(aSecurity({ auth: true }))).toEqual(['app']);
    expect(usersOf(ACL)).toEqual(['app', 'rsent', 'sentinel', 'replication']);
  });

  it('have a file of their own, the application’s where the password of all is', () => {
    expect(passwordFile('app')).toBe('password');
    expect(new Set(USERS.map(passwordFile)).size).toBe(USERS.length);
  });
});

describe('accessWith', () => {
  it('names nobody without ACL', () => {
    const all = { password: 'p', ca: 'C' };
    expect(accessWith(onePassword('p'), false, 'C')).toEqual({
      redis: all,
      sentinel: all,
      application: all,
      watcher: all,
      replica: all,
    });
  });

  it('is rsent for rsent, and the application for everything that plays one', () => {
    const rsent = { username: 'rsent', password: 'password-of-rsent' };
    expect(accessWith(OWN_PASSWORDS, true)).toEqual({
      redis: rsent,
      sentinel: rsent,
      application: { username: 'app', password: 'password-of-app' },
      watcher: { username: 'sentinel', password: 'password-of-sentinel' },
      replica: { username: 'replication', password: 'password-of-replication' },
    });
  });

  it('gives nobody the password of another when one is gone', () => {
    const { rsent: _, ...others } = OWN_PASSWORDS;
    const { redis, sentinel, application } = accessWith(others, true);
    expect([redis.password, sentinel.password]).toEqual([undefined, undefined]);
    expect(application.password).toBe('password-of-app');
  });

  it('opens nothing where nothing is known', () => {
    expect(accessWith({}, false)).toEqual(OPEN_ACCESS);
  });
});

describe('a stranger', () => {
  it('has neither a name nor a password, and believes the same authority', () => {
    const { redis } = accessWith(OWN_PASSWORDS, true, 'C');
    expect(asStranger(redis)).toEqual({ ca: 'C' });
    expect(asStranger(accessWith(OWN_PASSWORDS, true).redis)).toEqual({});
  });
});
