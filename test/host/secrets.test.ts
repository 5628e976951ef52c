import { mkdir, readdir, readFile, stat, writeFile } from 'node:fs/promises';
import {
  authorityPaths,
  passwordPath,
  readAuthority,
  readPassword,
  writePassword,
} from '../../src/host/secrets.js';
import { useTempDir } from '../helpers/temp.js';

const path = useTempDir();

describe('the password of a topology', () => {
  it('is read back as it was kept', async () => {
    await mkdir(path('lab'));
    for (const password of ['a-password', '$&$`{{x}}', '~!@$%^&*()_+']) {
      await writePassword(path(), 'lab', password);
      expect(await readPassword(path(), 'lab')).toBe(password);
      expect(await readFile(passwordPath(path(), 'lab'), 'utf8')).toBe(`${password}\n`);
    }
    expect(await readdir(path('lab'))).toEqual(['password']);
  });

  it('is nobody else’s to read, even where it was before', async () => {
    await mkdir(path('lab'));
    await writeFile(path('lab', 'password'), 'old', { mode: 0o644 });
    await writePassword(path(), 'lab', 'a-password');
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
      await writePassword(path(), name, `password-of-${name}`);
    }
    expect(await readPassword(path(), 'lab')).toBe('password-of-lab');
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
