import { join } from 'node:path';
import lockfile from 'proper-lockfile';
import { codeOf, messageOf, RsentError } from '../model/errors.js';
import { makeDirectory } from './disk.js';

/** A lock whose holder died is free after this time (ms); its holder renews it far more often. */
const STALE_MS = 5000;
const RENEW_MS = 1000;

/** Lets a lock go again. */
export type Release = () => Promise<void>;

/** True while another rsent holds the lock of a topology. Nothing is made or changed. */
export async function isLocked(home: string, name: string): Promise<boolean> {
  const lockfilePath = join(home, `.${name}.lock`);
  const asked = { lockfilePath, realpath: false, stale: STALE_MS };
  // What cannot be looked at is no data home of anyone who works here.
  return lockfile.check(join(home, name), asked).catch(() => false);
}

/**
 * Take the lock of a topology, so that two rsents never change it at once.
 * @returns how to let it go, or undefined when another rsent holds it
 * @throws RsentError `topology` when the data home cannot be written
 */
export async function tryLock(home: string, name: string): Promise<Release | undefined> {
  await makeDirectory(home, 0o700);
  try {
    const release = await lockfile.lock(join(home, name), {
      lockfilePath: join(home, `.${name}.lock`),
      realpath: false,
      stale: STALE_MS,
      update: RENEW_MS,
    });
    return () => release().catch(() => undefined);
  } catch (error) {
    if (codeOf(error) === 'ELOCKED') return undefined;
    throw new RsentError('topology', `Cannot lock ${name} in ${home}: ${messageOf(error)}`, {
      cause: error,
    });
  }
}
