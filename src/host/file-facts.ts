import { lstat, stat } from 'node:fs/promises';
import type { Rights } from '../plan/barred.js';

/**
 * What tells a file from what stood in its place before: undefined when it cannot be looked at.
 * The inode as well as the time, as two writes may share a tick of the file system's clock.
 */
export async function fileVersion(path: string): Promise<string | undefined> {
  return lstat(path, { bigint: true }).then(
    ({ ino, mtimeNs }) => `${ino} ${mtimeNs}`,
    () => undefined,
  );
}

/**
 * Whose a file or directory is, and its mode; undefined when it cannot be looked at. Of what a link
 * leads to only a directory is told: its user may keep the data elsewhere.
 */
export async function fileRights(path: string): Promise<Rights | undefined> {
  const [own, target] = await Promise.all(
    [lstat, stat].map((look) => look(path).catch(() => undefined)),
  );
  const found = own?.isSymbolicLink() ? (target?.isDirectory() ? target : undefined) : own;
  return found && { uid: found.uid, gid: found.gid, mode: found.mode & 0o777 };
}
