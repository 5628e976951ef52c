import { createHash } from 'node:crypto';
import type { Passwords, User } from '../model/access.js';

/** Stands for a password in rendered files until they are written: no plan holds a secret. */
export function passwordMark(user: User): string {
  return `<rsent:password:${user}>`;
}

/** The same for its SHA-256, by which an ACL rule can know it (redis.io/commands/acl-setuser). */
export function hashMark(user: User): string {
  return `<rsent:sha256:${user}>`;
}

const MARK = /<rsent:(password|sha256):(app|rsent|sentinel|replication)>/g;

/**
 * A rendered file with the secrets in it.
 * @param passwords undefined where there are none: then nothing in the file is a mark
 */
export function withSecrets(content: string, passwords: Passwords | undefined): string {
  if (passwords === undefined) return content;
  return content.replaceAll(MARK, (_, what: string, user: User) =>
    what === 'password' ? passwords[user] : sha256(passwords[user]),
  );
}

function sha256(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}
