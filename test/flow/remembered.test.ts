import { readFile, writeFile } from 'node:fs/promises';
import { z } from 'zod';
import { remembered } from '../../src/flow/remembered.js';
import { useTempDir } from '../helpers/temp.js';

const SCHEMA = z.object({ version: z.string() });

describe('what was found out of an image', () => {
  const path = useTempDir();
  const asked: string[] = [];
  const answer = (id: string, version: string) =>
    remembered({ cache: path('cache') }, 'images.json', id, SCHEMA, async () => {
      asked.push(id);
      return { version };
    });
  const file = () => path('cache', 'images.json');
  beforeEach(() => {
    asked.length = 0;
  });

  it('is asked once of each', async () => {
    expect(await answer('a', '1')).toEqual({ version: '1' });
    expect(await answer('b', '2')).toEqual({ version: '2' });
    expect(await answer('a', 'other')).toEqual({ version: '1' });
    expect(asked).toEqual(['a', 'b']);
  });

  it('is not written again where it is known', async () => {
    await answer('a', '1');
    const before = `${await readFile(file(), 'utf8')}\n`;
    await writeFile(file(), before);
    await answer('a', '1');
    expect(await readFile(file(), 'utf8')).toBe(before);
  });

  it.each([
    ['no JSON', '{'],
    ['of another shape', '{"a":{"version":1}}'],
  ])('is asked again when the file is %s', async (_, text) => {
    await answer('b', '2');
    await writeFile(file(), text);
    expect(await answer('a', '1')).toEqual({ version: '1' });
    expect(JSON.parse(await readFile(file(), 'utf8'))).toEqual({ a: { version: '1' } });
  });

  it('is told though it cannot be kept', async () => {
    await writeFile(path('cache'), 'not a directory');
    expect(await answer('a', '1')).toEqual({ version: '1' });
  });

  it('is not kept when asking failed', async () => {
    const failing = remembered({ cache: path('cache') }, 'images.json', 'a', SCHEMA, async () => {
      throw new Error('no');
    });
    await expect(failing).rejects.toThrow('no');
    expect(await answer('a', '1')).toEqual({ version: '1' });
  });
});
