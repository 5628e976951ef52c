import { mkdir, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import {
  authorityPaths,
  passwordPath,
  readAuthority,
  readPassword,
  readPasswords,
  writePassword,
} from '../../src/host/secrets.js';
import { USERS } from '../../src/model/access.js';
import { ACL, aSecurity, OWN_PASSWORDS, onePassword } from '../helpers/security.js';
import { useTempDir } from '../helpers/temp.js';

const path = useTempDir();

describe('the password of a topology', () => {
  it('is read back as it was kept', async () => {
    await mkdir(path('lab'));
    for (const password of ['a-password', '$&$`{{x}}', '~!@$%^&*()_+']) {
      await writePassword(path(), 'lab', 'app', password);
      expect(await readPassword(path(), 'lab')).toBe(password);
      expect(await readFile(passwordPath(path(), 'lab'), 'utf8')).toBe(`${password}\n`);
    }
    expect(await readdir(path('lab'))).toEqual(['password']);
  });

  it('is nobody else’s to read, even where it was before', async () => {
    await mkdir(path('lab'));
    await writeFile(path('lab', 'password'), 'old', { mode: 0o644 });
    await writePassword(path(), 'lab', 'app', 'a-password');
    expect((await stat(path('lab', 'password'))).mode & 0o777).toBe(0o600);
  });

  it('is undefined where none is kept', async () => {
    expect(await readPassword(path(), 'lab')).toBeUndefined();
    await mkdir(path('lab'));
    expect(await readPassword(path(), 'lab')).toBeUndefined();
  });

  it('is that of its topology alone', async () => {
    for (const name of ['lab', 'other']) {
      await mkdir(path(name));
      await writePassword(path(), name, 'app', `password-of-${name}`);
    }
    expect(await readPassword(path(), 'lab')).toBe('password-of-lab');
  });
});

describe('the passwords of a topology', () => {
  const AUTH = aSecurity({ auth: true });

  async function keepAll(): Promise<void> {
    await mkdir(path('lab'), { recursive: true });
    for (const user of USERS) await writePassword(path(), 'lab', user, OWN_PASSWORDS[user]);
  }

  it('are each in a file of its own, that of the application in the one it always had', async () => {
    await keepAll();
    expect((await readdir(path('lab'))).sort()).toEqual([
      ...['password', 'password.replication', 'password.rsent', 'password.sentinel'],
    ]);
    expect(await readFile(path('lab', 'password'), 'utf8')).toBe('password-of-app\n');
    for (const user of USERS) {
      expect(await readPassword(path(), 'lab', user)).toBe(OWN_PASSWORDS[user]);
      expect((await stat(passwordPath(path(), 'lab', user))).mode & 0o777).toBe(0o600);
    }
  });

  it('are each user’s own with ACL', async () => {
    await keepAll();
    expect(await readPasswords(path(), 'lab', ACL)).toEqual(OWN_PASSWORDS);
  });

  it('are the one of all without ACL, whatever else lies about', async () => {
    await keepAll();
    expect(await readPasswords(path(), 'lab', AUTH)).toEqual(onePassword('password-of-app'));
  });

  it('are none where everyone is let in', async () => {
    await keepAll();
    expect(await readPasswords(path(), 'lab', aSecurity())).toEqual({});
  });

  it.each(USERS)(
    'are the others when one is gone, and nobody gets that of another: %s',
    async (user) => {
      await keepAll();
      await rm(passwordPath(path(), 'lab', user));
      const { [user]: _, ...others } = OWN_PASSWORDS;
      expect(await readPasswords(path(), 'lab', ACL)).toEqual(others);
    },
  );

  it('are nobody’s where the one of all is gone', async () => {
    await keepAll();
    await rm(path('lab', 'password'));
    expect(await readPasswords(path(), 'lab', AUTH)).toEqual({});
  });
});

describe('the authority of a topology', () => {
  it('is found where it is said to be', async () => {
    const { certificate, key } = authorityPaths(path(), 'lab');
    expect([certificate, key]).toEqual([path('lab', 'ca.crt'), path('lab', 'ca.key')]);
    expect(await readAuthority(path(), 'lab')).toBeUndefined();
    await mkdir(path('lab'));
    await writeFile(certificate, 'pem');
    expect(await readAuthority(path(), 'lab')).toBe('pem');
  });
});
