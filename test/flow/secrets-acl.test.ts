import { mkdir, rm, writeFile } from 'node:fs/promises';
import type { Context } from '../../src/flow/context.js';
import { completed, secretsFor } from '../../src/flow/secrets.js';
import { passwordFile, USERS, type User } from '../../src/model/access.js';
import { passwordProblem } from '../../src/spec/password.js';
import { ACL, OWN_PASSWORDS, onePassword } from '../helpers/security.js';
import { useTempDir } from '../helpers/temp.js';
import { aSpec } from '../helpers/topology.js';

const path = useTempDir();
const GIVEN = 'given-by-the-user';
const OTHERS = USERS.filter((user) => user !== 'app');

const fileOf = (user: User) => path('lab', passwordFile(user));

/** Keep the passwords of these users beside the data. */
async function keep(users: readonly User[]): Promise<void> {
  await mkdir(path('lab'), { recursive: true });
  for (const user of users) await writeFile(fileOf(user), `${OWN_PASSWORDS[user]}\n`);
}

const secrets = (exists: boolean, given?: string) =>
  secretsFor({ home: path() } as Context, aSpec({ security: ACL }), exists, given);

describe('the passwords of a new topology with ACL', () => {
  it('are good ones, none like another, each time', async () => {
    const [first, second] = [await secrets(false), await secrets(false)];
    const made = [first, second].flatMap(({ passwords }) => Object.values(passwords ?? {}));
    expect(new Set(made).size).toBe(8);
    expect(made.map(passwordProblem).filter(Boolean)).toEqual([]);
    expect(first.keptPasswords).toEqual(new Set());
    expect(Object.keys(first.passwords ?? {}).sort()).toEqual([...USERS].sort());
  });

  it('are the given one for the application alone', async () => {
    const { passwords } = await secrets(false, GIVEN);
    expect(passwords?.app).toBe(GIVEN);
    for (const user of OTHERS) expect(passwords?.[user]).not.toBe(GIVEN);
    expect(new Set(Object.values(passwords ?? {})).size).toBe(4);
  });

  it.each(USERS)(
    'are the kept one and new ones where the making was cut short: %s',
    async (user) => {
      await keep([user]);
      const { passwords, keptPasswords } = await secrets(false);
      expect(keptPasswords).toEqual(new Set([user]));
      const same = USERS.filter((each) => passwords?.[each] === OWN_PASSWORDS[each]);
      expect(same).toEqual([user]);
      expect(new Set(Object.values(passwords ?? {})).size).toBe(4);
    },
  );
});

describe('the passwords of a topology with ACL that exists', () => {
  it('are the kept ones', async () => {
    await keep(USERS);
    const kept = {
      passwords: OWN_PASSWORDS,
      keptPasswords: new Set(USERS),
      hasAuthority: false,
    };
    expect(await secrets(true)).toEqual(kept);
    expect(await secrets(true, OWN_PASSWORDS.app)).toEqual(kept);
  });

  it('are not replaced by another one, nor by that of another user', async () => {
    await keep(USERS);
    for (const given of [GIVEN, OWN_PASSWORDS.rsent]) {
      await expect(secrets(true, given)).rejects.toMatchObject({
        kind: 'topology',
        message: 'lab has another password already.',
        hint: expect.stringContaining('rsent rotate-password lab'),
      });
    }
  });

  it.each<[User, string]>([
    ['app', '--password-file'],
    ['rsent', 'Put the file back from a copy'],
    ['sentinel', 'Put the file back from a copy'],
    ['replication', 'Put the file back from a copy'],
  ])('are not made anew, and the file that is gone is named: %s', async (user, way) => {
    await keep(USERS);
    await rm(fileOf(user));
    await expect(secrets(true)).rejects.toMatchObject({
      kind: 'topology',
      message: `The password of lab is gone: there is no ${fileOf(user)}.`,
      hint: expect.stringContaining(way),
    });
  });

  it('are whole again when the user gives the application’s', async () => {
    await keep(OTHERS);
    expect(await secrets(true, GIVEN)).toMatchObject({
      passwords: { ...OWN_PASSWORDS, app: GIVEN },
      keptPasswords: new Set(OTHERS),
    });
  });

  it.each(OTHERS)('are not what the user gives when another’s is gone: %s', async (user) => {
    await keep(USERS.filter((each) => each !== user));
    for (const given of [OWN_PASSWORDS.app, OWN_PASSWORDS[user]]) {
      await expect(secrets(true, given)).rejects.toThrow(fileOf(user));
    }
  });
});

describe('a kept password that cannot be used', () => {
  const cases = USERS.flatMap((user) =>
    [
      ['empty: it would let anyone in', ''],
      ['one that would write directives of its own', 'abcdefgh"\nrequirepass "evil'],
      ['one that would be another rule', 'a-password on >evil'],
      ['a mark', '<rsent:password:app>'],
    ].map(([what = '', content = '']): [User, string, string] => [user, what, content]),
  );

  it.each(cases)('is refused and its file named: that of %s is %s', async (user, _, content) => {
    await keep(USERS);
    await writeFile(fileOf(user), `${content}\n`);
    for (const exists of [true, false]) {
      const error = (await secrets(exists).catch((e: unknown) => e)) as Error;
      expect(error).toMatchObject({ kind: 'topology' });
      expect(error.message).toContain(`The password in ${fileOf(user)} cannot be used: `);
      if (content !== '') expect(error.message).not.toContain(content);
    }
  });
});

describe('completed', () => {
  it('gives everyone the same without ACL, whatever is known of others', () => {
    expect(completed({ app: 'one' }, false)).toEqual(onePassword('one'));
    expect(completed({}, false, GIVEN)).toEqual(onePassword(GIVEN));
    expect(completed({ ...onePassword('one'), rsent: 'two' }, false)).toEqual(onePassword('one'));
  });

  it('keeps what is known with ACL', () => {
    expect(completed(OWN_PASSWORDS, true, GIVEN)).toEqual(OWN_PASSWORDS);
  });
});
