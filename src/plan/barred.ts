import type { Owner } from '../model/container.js';

/** Whose a file or directory is, and who may do what with it. */
export interface Rights extends Owner {
  /** The last nine bits of its mode. */
  readonly mode: number;
}

const [READ, WRITE, ENTER] = [4, 2, 1];

/**
 * What a user who is not root cannot do with a file or directory and needs to, or undefined.
 * @param rights of the file or directory
 */
export function barred(user: Owner, rights: Rights, isDirectory: boolean): string | undefined {
  const bits = (rights.mode >> shiftOf(user, rights)) & 7;
  const needed = [
    ...[['read', READ] as const, ['write', WRITE] as const],
    ...(isDirectory ? [['enter', ENTER] as const] : []),
  ];
  const missing = needed.filter(([, bit]) => (bits & bit) === 0).map(([word]) => word);
  if (missing.length === 0) return undefined;
  const mode = rights.mode.toString(8).padStart(4, '0');
  return `user ${user.uid} cannot ${missing.join(' or ')} it: it has mode ${mode} and belongs to ${rights.uid}:${rights.gid}`;
}

function shiftOf(user: Owner, { uid, gid }: Rights): number {
  if (user.uid === uid) return 6;
  return user.gid === gid ? 3 : 0;
}
