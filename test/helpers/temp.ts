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
