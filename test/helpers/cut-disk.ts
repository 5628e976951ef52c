import { jest } from '@jest/globals';
import { Fuse } from './fuse.js';

/** The fuse that what changes the disk comes after; a test puts others in its place. */
export const cut = { fuse: new Fuse() };

/**
 * Has every change of a file by rsent come after the fuse. Only modules that are imported afterwards
 * are cut, so a test imports nothing else of `src` before.
 * @returns the same for the test itself, uncut
 */
export async function cutDisk() {
  const disk = await import('../../src/host/disk.js');
  const after =
    <A extends unknown[], R>(what: string, act: (...args: A) => Promise<R>) =>
    async (...args: A): Promise<R> => {
      await cut.fuse.burn(`${what} ${args[0]}`);
      return act(...args);
    };
  jest.unstable_mockModule('../../src/host/disk.js', () => ({
    ...disk,
    makeDirectory: after('make', disk.makeDirectory),
    writeOnce: after('write', disk.writeOnce),
    replaceFile: after('replace', disk.replaceFile),
    editFile: after('edit', disk.editFile),
    emptyDirectory: after('empty', disk.emptyDirectory),
    setAside: after('set aside', disk.setAside),
    removeFile: after('remove', disk.removeFile),
    removeTree: after('remove', disk.removeTree),
  }));
  return disk;
}
