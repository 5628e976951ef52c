import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import { readText, replaceFile } from './disk.js';

const PASSWORD_FILE = 'password';
/** Bytes of randomness; 32 characters in base64url. */
const STRENGTH = 24;

/** Where a topology keeps its password: a file of its own, so that others can be pointed at it. */
export function passwordPath(home: string, name: string): string {
  return join(home, name, PASSWORD_FILE);
}

/** The password of a topology; undefined when this data home keeps none. */
export async function readPassword(home: string, name: string): Promise<string | undefined> {
  return (await readText(passwordPath(home, name)))?.trimEnd();
}

/** Keep a password beside the data, for nobody but its owner to read. */
export async function writePassword(home: string, name: string, password: string): Promise<void> {
  await replaceFile(passwordPath(home, name), `${password}\n`, 0o600);
}

/** Where a topology keeps the authority that signs its certificates. */
export function authorityPaths(home: string, name: string): { certificate: string; key: string } {
  return { certificate: join(home, name, 'ca.crt'), key: join(home, name, 'ca.key') };
}

/** Certificate of a topology's authority (PEM); undefined when this data home keeps none. */
export async function readAuthority(home: string, name: string): Promise<string | undefined> {
  return readText(authorityPaths(home, name).certificate);
}

/** A password that nobody can guess. */
export function newPassword(): string {
  return randomBytes(STRENGTH).toString('base64url');
}
