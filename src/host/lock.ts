import { createHash } from 'node:crypto';
import {
  lstat,
  lutimes,
  readFile,
  readlink,
  rename,
  rmdir,
  symlink,
  unlink,
  writeFile,
} from 'node:fs/promises';
import { join } from 'node:path';
import { codeOf, RsentError } from '../model/errors.js';
import { makeDirectory } from './disk.js';
import { wordsOf } from './disk-error.js';
import { type Holder, isAlive, ownHolder } from './holder.js';

/*
 * A lock is a symbolic link whose target says who holds it. To make one is atomic, and takes no block
 * of a full disk, where neither a directory nor a file can be made: ext4, XFS and tmpfs keep so short
 * a target in the inode. Whoever dies is known by that at once, whatever user or network namespace
 * it was in. Where its life cannot be looked into (another container or machine that shares the
 * data home) it counts as dead when it no longer renews the time of the link.
 */

/** How often a holder renews the time of its lock (ms). */
const RENEW_MS = 1000;
/** One of whom nothing else is known is dead when nothing was renewed for so long (ms). */
const SILENT_MS = 10_000;
/** Seen once, not watched: the clocks of two machines may differ by some of it (ms). */
const OLD_MS = 60_000;
/** How often it is tried to take a lock that changes hands meanwhile. */
const TRIES = 10;

/** Lets a lock go again. */
export type Release = () => Promise<void>;

/** True while another rsent holds the lock of a topology. Nothing is made or changed. */
export async function isLocked(home: string, name: string): Promise<boolean> {
  try {
    const found = await lookAt(lockOf(home, name));
    if (found === undefined) return false;
    return (await isAlive(found.holder)) ?? Date.now() - found.renewedAt < OLD_MS;
  } catch {
    // What cannot be looked at is no data home of anyone who works here.
    return false;
  }
}

/**
 * Take the lock of a topology, so that two rsents never change it at once.
 * @param onLost called once when another one has taken it away, as it may after this process was
 *   stopped for long
 * @returns how to let it go, or undefined when another rsent holds it
 * @throws RsentError `topology` when the data home cannot be written
 */
export async function tryLock(
  home: string,
  name: string,
  onLost: () => void = () => undefined,
): Promise<Release | undefined> {
  await makeDirectory(home, 0o700);
  const path = lockOf(home, name);
  try {
    const own = await ownHolder();
    for (let nth = 0; nth < TRIES; nth++) {
      const taken = (await isMade(own, path)) || (await isTakenOver(own, path));
      if (taken === undefined) return undefined;
      if (taken) return keep(path, own, onLost);
    }
    return undefined;
  } catch (error) {
    throw new RsentError('topology', `Cannot lock ${name} in ${home}: ${wordsOf(error)}.`, {
      cause: error,
    });
  }
}

function lockOf(home: string, name: string): string {
  return join(home, `.${name}.lock`);
}

/** False when there is one already. */
async function isMade(own: Holder, path: string): Promise<boolean> {
  try {
    await symlink(own, path);
    return true;
  } catch (error) {
    if (codeOf(error) === 'EEXIST') return false;
    if (!/^(EPERM|ENOSYS|ENOTSUP|EOPNOTSUPP|EINVAL)$/.test(codeOf(error) ?? '')) throw error;
  }
  // A file system without links, as on a USB stick: a file of the same name says the same.
  return writeFile(path, own, { flag: 'wx' }).then(
    () => true,
    (error: unknown) => {
      if (codeOf(error) === 'EEXIST') return false;
      throw error;
    },
  );
}

/**
 * Take the place of a holder that is dead. Only one can: for each dead holder there is one name to
 * do it under, and what is made there becomes the lock by a rename, in one piece.
 * @returns undefined when its holder lives; false when it changed hands meanwhile
 */
async function isTakenOver(own: Holder, path: string): Promise<boolean | undefined> {
  const found = await lookAt(path);
  if (found === undefined) return false;
  if (await isHeld(path, found)) return undefined;
  if (found.isDirectory) {
    // As older versions made it.
    await rmdir(path).catch(() => undefined);
    return false;
  }
  const way = `${path}.${createHash('sha256').update(found.holder).digest('hex').slice(0, 8)}`;
  const isOurs = (await isMade(own, way)) || (await isTakenOver(own, way));
  if (!isOurs) return isOurs;
  // Whoever was quicker has removed the way: the lock is theirs.
  if ((await lookAt(path))?.holder !== found.holder) {
    await unlink(way);
    return false;
  }
  await rename(way, path);
  return true;
}

interface Found {
  readonly holder: Holder;
  /** By the clock of its holder (ms since 1970). */
  readonly renewedAt: number;
  readonly isDirectory: boolean;
}

/** Undefined when nobody holds it. */
async function lookAt(path: string): Promise<Found | undefined> {
  try {
    const facts = await lstat(path);
    const isDirectory = facts.isDirectory();
    const holder = isDirectory ? '' : await holderIn(path, facts.isSymbolicLink());
    return { holder, renewedAt: facts.mtimeMs, isDirectory };
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return undefined;
    throw error;
  }
}

function holderIn(path: string, isLink: boolean): Promise<Holder> {
  return isLink ? readlink(path) : readFile(path, 'latin1');
}

interface Watched {
  readonly state: string;
  /** For how long it has been seen like that (ms). */
  readonly forMs: number;
  readonly at: number;
}

const watched = new Map<string, Watched>();

async function isHeld(path: string, { holder, renewedAt }: Found): Promise<boolean> {
  const alive = await isAlive(holder);
  if (alive !== undefined) return alive;
  const state = `${holder} ${renewedAt}`;
  const at = performance.now();
  const before = watched.get(path);
  const isSame = before?.state === state;
  // A process that was stopped itself has watched nobody meanwhile.
  const forMs = isSame ? before.forMs + Math.min(at - before.at, RENEW_MS) : 0;
  watched.set(path, { state, forMs, at });
  return forMs < SILENT_MS;
}

function keep(path: string, own: Holder, onLost: () => void): Release {
  let renewing = Promise.resolve();
  const renew = async () => {
    const found = await lookAt(path).catch(() => undefined);
    if (found?.holder === own) await lutimes(path, new Date(), new Date());
    else lose();
  };
  const timer = setInterval(() => {
    // What cannot be renewed is still ours.
    renewing = renew().catch(() => undefined);
  }, RENEW_MS);
  timer.unref();
  const lose = () => {
    clearInterval(timer);
    onLost();
  };
  return async () => {
    clearInterval(timer);
    await renewing;
    const found = await lookAt(path).catch(() => undefined);
    if (found?.holder === own) await unlink(path).catch(() => undefined);
  };
}
