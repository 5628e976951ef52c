import { randomBytes } from 'node:crypto';
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { ORIGIN } from '../model/constants.js';
import { readText, writeOnce } from './disk.js';

const BYTES = 16;

/**
 * What tells this user of this machine from any other; undefined where nothing was made yet. It is
 * kept apart from the data homes, so that what is left of one that is gone is known again.
 * @param state where facts of this user and machine are kept
 */
export async function knownOrigin(state: string): Promise<string | undefined> {
  const text = await readText(fileIn(state)).catch(() => undefined);
  return ORIGIN.exec(text?.trim() ?? '')?.[0];
}

/** The same, made where there is none. Where it cannot be kept, another one each time. */
export async function makeOrigin(state: string): Promise<string> {
  const known = await knownOrigin(state);
  if (known !== undefined) return known;
  const made = randomBytes(BYTES).toString('hex');
  try {
    // One that is renamed into place could take away what another rsent writes at this moment.
    await mkdir(state, { recursive: true, mode: 0o700 });
    await writeOnce(fileIn(state), `${made}\n`, 0o600);
  } catch {
    return made;
  }
  // Another rsent may have been faster.
  return (await knownOrigin(state)) ?? made;
}

function fileIn(state: string): string {
  return join(state, 'origin');
}
