import { mkdir, readdir, readFile, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { wholeDirectory } from '../../src/host/whole-directory.js';
import { useTempDir } from '../helpers/temp.js';

const path = useTempDir();
const fill = async (draft: string) => {
  await mkdir(join(draft, 'a'));
  await writeFile(join(draft, 'a', 'one'), '1');
  await writeFile(join(draft, 'two'), '2');
  return { answer: 42 };
};

it('is there with all that is in it, for its owner alone', async () => {
  await expect(wholeDirectory(path('new'), fill)).resolves.toEqual({
    answer: 42,
    files: ['a/one', 'two'],
  });
  expect(await readFile(path('new', 'a', 'one'), 'utf8')).toBe('1');
  expect((await stat(path('new'))).mode & 0o777).toBe(0o700);
  expect(await readdir(path())).toEqual(['new']);
});

it('takes the place of an empty one', async () => {
  await mkdir(path('empty'));
  await wholeDirectory(path('empty'), fill);
  expect(await readdir(path('empty'))).toEqual(['a', 'two']);
});

it('is not there at all when filling it failed', async () => {
  const failing = async (draft: string) => {
    await fill(draft);
    throw new Error('the disk is full');
  };
  await expect(wholeDirectory(path('new'), failing)).rejects.toThrow('the disk is full');
  expect(await readdir(path())).toEqual([]);
});

it('takes no place in which somebody has put something meanwhile', async () => {
  const slow = async (draft: string) => {
    await mkdir(path('new'));
    await writeFile(path('new', 'theirs'), '');
    return fill(draft);
  };
  await expect(wholeDirectory(path('new'), slow)).rejects.toMatchObject({ kind: 'usage' });
  expect(await readdir(path())).toEqual(['new']);
  expect(await readdir(path('new'))).toEqual(['theirs']);
});

it.each([
  ['a directory with something in it', 'full', /not empty/],
  ['a file', 'file', /: it, or what is above it, is a file or a link[^']* \(ENOTDIR\)$/],
  ['a place that leads nowhere', 'nowhere/new', /there is no directory/],
])('refuses %s before anything is made', async (_, where, said) => {
  await mkdir(path('full'));
  await writeFile(path('full', 'theirs'), '');
  await writeFile(path('file'), '');
  let isCalled = false;
  const never = async () => {
    isCalled = true;
    return {};
  };
  await expect(wholeDirectory(path(where), never)).rejects.toThrow(said);
  expect(isCalled).toBe(false);
  expect(await readdir(path())).toEqual(['file', 'full']);
});
