import { mkdir, symlink, writeFile } from 'node:fs/promises';
import { othersInDirectories, rejectLinkedData } from '../../src/flow/links.js';
import { useTempDir } from '../helpers/temp.js';
import { aRecord, aRecordInVolumes } from '../helpers/topology.js';

const path = useTempDir();
const record = aRecord();
const data = (...parts: string[]) => path('lab', 'redis-2', 'data', ...parts);
const context = () => ({ home: path() });

describe('data directories that are to be emptied', () => {
  it('are fine where they are not there, or hold what is no link', async () => {
    await expect(rejectLinkedData(context(), record)).resolves.toBeUndefined();
    await mkdir(data(), { recursive: true });
    await writeFile(data('dump.rdb'), '');
    await symlink(path('x'), data('notes'));
    await expect(rejectLinkedData(context(), record)).resolves.toBeUndefined();
    await expect(rejectLinkedData(context(), aRecordInVolumes())).resolves.toBeUndefined();
  });

  it.each([[[]], [['dump.rdb']], [['appendonlydir']]])(
    'are refused before anything is begun where there is a link: %p',
    async (parts) => {
      await mkdir(data(...parts, '..'), { recursive: true });
      await symlink(path('elsewhere'), data(...parts));
      await expect(rejectLinkedData(context(), record)).rejects.toMatchObject({
        kind: 'topology',
        message: expect.stringContaining(`${data(...parts)} is a link to ${path('elsewhere')}`),
        hint: expect.stringContaining('Nothing was stopped or removed'),
      });
    },
  );

  it('have what a user has put there named', async () => {
    await mkdir(data('old'), { recursive: true });
    await writeFile(data('dump.rdb'), '');
    await writeFile(data('notes.txt'), '');
    const found = await othersInDirectories(context(), record);
    expect(found.sort()).toEqual([data('notes.txt'), data('old')]);
  });
});
