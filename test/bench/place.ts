import { join } from 'node:path';
import { packageRoot } from '../../src/host/package-root.js';

/** Path of a file of the repository. */
export const inRepository = (...parts: readonly string[]) => join(packageRoot(), ...parts);
