import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** This program runs compiled, elsewhere than it was written. */
function rootFrom(directory: string): string {
  if (existsSync(join(directory, 'bin', 'rsent.js'))) return directory;
  const parent = dirname(directory);
  if (parent === directory) throw new Error('The bench is not inside the repository.');
  return rootFrom(parent);
}

const ROOT = rootFrom(dirname(fileURLToPath(import.meta.url)));

/** Path of a file of the repository. */
export const inRepository = (...parts: readonly string[]) => join(ROOT, ...parts);
