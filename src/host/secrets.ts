import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import { type Passwords, passwordFile, USERS, type User, usersOf } from '../model/access.js';
import type { Security } from '../model/spec.js';
import { readText, replaceFile } from './disk.js';

/** Bytes of randomness; 32 characters in base64url. */
const STRENGTH = 24;

/** Where a topology keeps a password: a file of its own, so that others can be pointed at it. */
export function passwordPath(home: string, name: string, user: User = 'app'): string {
  return join(home, name, passwordFile(user));
}

/** A password of a topology; undefined when this data home keeps none. */
export async function readPassword(
  home: string,
  name: string,
  user: User = 'app',
): Promise<string | undefined> {
  return (await readText(passwordPath(home, name, user)))?.trimEnd();
}

/**
 * The passwords that are kept, by who uses them: everyone the one, or each user of an ACL its own.
 * One that is gone is missing in it.
 */
export async function readPasswords(
  home: string,
  name: string,
  security: Pick<Security, 'auth' | 'acl'>,
): Promise<Partial<Passwords>> {
  const users = usersOf(security);
  const found = await Promise.all(
    USERS.map(async (user) => {
      const owner = users.includes(user) ? user : users[0];
      const password = owner === undefined ? undefined : await readPassword(home, name, owner);
      return password === undefined ? [] : [[user, password] as const];
    }),
  );
  return Object.fromEntries(found.flat());
}

/** Keep a password beside the data, for nobody but its owner to read. */
export async function writePassword(
  home: string,
  name: string,
  user: User,
  password: string,
): Promise<void> {
  await replaceFile(passwordPath(home, name, user), `${password}\n`, 0o600);
}

/** Where a topology keeps the authority that signs its certificates. */
export function authorityPaths(home: string, name: string): { certificate: string; key: string } {
  return { certificate: join(home, name, 'ca.crt'), key: join(home, name, 'ca.key') };
}

/** The files that a topology's clients need. */
export function clientFiles(home: string, name: string) {
  const authorityFile = authorityPaths(home, name).certificate;
  return { passwordFile: passwordPath(home, name), authorityFile };
}

/** Certificate of a topology's authority (PEM); undefined when this data home keeps none. */
export async function readAuthority(home: string, name: string): Promise<string | undefined> {
  return readText(authorityPaths(home, name).certificate);
}

/** A password that nobody can guess. */
export function newPassword(): string {
  return randomBytes(STRENGTH).toString('base64url');
}
