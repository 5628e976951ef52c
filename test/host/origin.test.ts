import { mkdir, readdir, writeFile } from 'node:fs/promises';
import { knownOrigin, makeOrigin } from '../../src/host/origin.js';
import { useTempDir } from '../helpers/temp.js';

const at = useTempDir();

describe('where something was made', () => {
  it('is not known before anything was, and looking makes nothing', async () => {
    expect(await knownOrigin(at('state'))).toBeUndefined();
    expect(await readdir(at())).toEqual([]);
  });

  it('is the same ever after, whoever was first of many at once', async () => {
    const made = await Promise.all(Array.from({ length: 8 }, () => makeOrigin(at('state'))));
    expect(new Set(made).size).toBe(1);
    expect(made[0]).toMatch(/^[0-9a-f]{32}$/);
    expect(await knownOrigin(at('state'))).toBe(made[0]);
  });

  it('differs from state to state', async () => {
    expect(await makeOrigin(at('a'))).not.toBe(await makeOrigin(at('b')));
  });

  it.each([
    ['the place is a file', () => writeFile(at('state'), '')],
    ['its file is a directory', () => mkdir(at('state', 'origin'), { recursive: true })],
  ])('is another one each time where %s', async (_, spoil) => {
    await spoil();
    expect(await makeOrigin(at('state'))).not.toBe(await makeOrigin(at('state')));
    expect(await knownOrigin(at('state'))).toBeUndefined();
  });

  it('is not what somebody else has written there', async () => {
    await mkdir(at('state'));
    await writeFile(at('state', 'origin'), 'x=$(reboot)\n');
    expect(await knownOrigin(at('state'))).toBeUndefined();
  });
});
