import { existsSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** A new directory for each test of a file, removed after it; gives paths in it. */
export function useTempDir(): (...parts: string[]) => string {
  let directory = '';
  beforeEach(async () => {
    directory = await mkdtemp(join(tmpdir(), 'rsent-unit-'));
  });
  afterEach(async () => {
    await rm(directory, { recursive: true, force: true });
  });
  return (...parts) => join(directory, ...parts);
}

/** A new directory in memory where there is such a place: for hundreds of files that are made durable. */
export function quickDirectory(): Promise<string> {
  const base = existsSync('/dev/shm') ? '/dev/shm' : tmpdir();
  return mkdtemp(join(base, 'rsent-unit-'));
}
