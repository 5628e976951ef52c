import { writeFile } from 'node:fs/promises';
import { loadTemplates } from '../../src/host/templates.js';
import { useTempDir } from '../helpers/temp.js';
import { TEMPLATES } from '../helpers/templates.js';

const path = useTempDir();

describe('loadTemplates', () => {
  it('gives rsent’s own', async () => {
    expect(await loadTemplates()).toEqual(TEMPLATES);
  });

  it('replaces only those that the directory has', async () => {
    await writeFile(path('redis.conf.hbs'), 'port {{port}}\n');
    expect(await loadTemplates(path())).toEqual({
      redis: { path: path('redis.conf.hbs'), source: 'port {{port}}\n' },
      sentinel: TEMPLATES.sentinel,
    });
  });

  it.each([
    ['is empty', []],
    ['holds others', ['redis.conf']],
  ])('refuses a directory that %s', async (_, files) => {
    for (const file of files) await writeFile(path(file), '');
    await expect(loadTemplates(path())).rejects.toMatchObject({ kind: 'spec' });
  });

  it('refuses a directory that is not there', async () => {
    await expect(loadTemplates(path('absent'))).rejects.toMatchObject({ kind: 'spec' });
  });
});
