import { access, readdir } from 'node:fs/promises';
import { sharesFiles } from '../../src/flow/shared-files.js';
import { anEngine } from '../helpers/engine.js';
import { useTempDir } from '../helpers/temp.js';

const at = useTempDir();
const isHere = (path: string) =>
  access(path).then(
    () => true,
    () => false,
  );

const sharing = (hasPath: (path: string) => Promise<boolean | undefined>, directory = at()) =>
  sharesFiles({ engine: anEngine({ hasPath }) }, directory);

describe('whether this process and the engine see one file system', () => {
  it('is so when the engine sees what was just made, and nothing else', async () => {
    expect(await sharing(isHere)).toBe('shared');
  });

  it('is not so when the engine does not see it, whatever its address looks like', async () => {
    expect(await sharing(async () => false)).toBe('apart');
  });

  it.each([
    ['says yes to everything', async () => true],
    ['does not say', async () => undefined],
    [
      'sees what was made and does not say of what is not there',
      async (path: string) => (await isHere(path)) || undefined,
    ],
  ])('is unknown where the engine %s', async (_, hasPath) => {
    expect(await sharing(hasPath)).toBe('unknown');
  });

  it('is asked of the nearest directory above one that is not there', async () => {
    expect(await sharing(isHere, at('a', 'b', 'c'))).toBe('shared');
  });

  it('leaves nothing behind', async () => {
    for (const hasPath of [isHere, async () => false, async () => true]) await sharing(hasPath);
    await expect(
      sharing((path) => {
        return isHere(path).then((is) => {
          if (is) throw new Error('gone');
          return false;
        });
      }),
    ).rejects.toThrow('gone');
    expect(await readdir(at())).toEqual([]);
  });

  it('is unknown where nothing can be made', async () => {
    // Not even root can make a directory there (proc(5)).
    expect(await sharing(isHere, '/proc')).toBe('unknown');
  });
});
