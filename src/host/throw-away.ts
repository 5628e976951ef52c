import { randomBytes } from 'node:crypto';
import { mkdir, rmdir, stat } from 'node:fs/promises';
import { dirname, join } from 'node:path';

/** The directory itself, or the nearest one above it that exists. */
export async function nearestDirectory(path: string): Promise<string> {
  const isThere = await stat(path).then(
    (found) => found.isDirectory(),
    () => false,
  );
  const above = dirname(path);
  return isThere || above === path ? path : nearestDirectory(above);
}

/** An empty directory under a name that nobody has; undefined where none can be made. */
export async function makeThrowAway(
  inside: string,
): Promise<{ readonly path: string; remove(): Promise<void> } | undefined> {
  const path = join(inside, `.rsent-${randomBytes(16).toString('hex')}`);
  try {
    await mkdir(path, { mode: 0o700 });
  } catch {
    return undefined;
  }
  return { path, remove: () => rmdir(path).catch(() => undefined) };
}
