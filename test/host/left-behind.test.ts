import { execFile } from 'node:child_process';
import { mkdir, readdir, symlink, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { writeRecord } from '../../src/host/data-home.js';
import {
  foreignRecordStateAt,
  recordStateAt,
  removeFromHome,
  sizeOf,
  topologyDirectories,
} from '../../src/host/left-behind.js';
import { isLocked, tryLock } from '../../src/host/lock.js';
import { useTempDir } from '../helpers/temp.js';
import { aRecord } from '../helpers/topology.js';

const at = useTempDir();

describe('what is in the place of a record', () => {
  it('is the record', async () => {
    await mkdir(at('lab'));
    await writeRecord(at(), aRecord());
    expect(await recordStateAt(at('lab'))).toMatchObject({
      ...{ kind: 'record', record: { spec: { name: 'lab' } } },
    });
  });

  it.each([
    ['no data home', ['nowhere', 'lab']],
    ['no directory', ['lab']],
    ['no file', ['empty']],
    ['a file where its directory would be', ['file']],
  ])('is nothing: there is %s', async (_, way) => {
    await mkdir(at('empty'));
    await writeFile(at('file'), '');
    expect(await recordStateAt(at(...way))).toEqual({ kind: 'none' });
  });

  it.each([
    ['no JSON', 'x'],
    ['of another schema', '{"schemaVersion":2}'],
    ['of another name', JSON.stringify({ ...aRecord({ name: 'other' }) })],
  ])('cannot be understood: it is %s', async (_, text) => {
    await mkdir(at('lab'));
    await writeFile(at('lab', 'topology.json'), text);
    expect(await recordStateAt(at('lab'))).toEqual({ kind: 'unclear' });
  });

  it('cannot be understood when it is a directory', async () => {
    await mkdir(at('lab', 'topology.json'), { recursive: true });
    expect(await recordStateAt(at('lab'))).toEqual({ kind: 'unclear' });
  });

  it('is not read when it is no plain file: whoever reads a pipe waits for ever', async () => {
    await mkdir(at('lab'));
    await promisify(execFile)('mkfifo', [at('lab', 'topology.json')]);
    expect(await recordStateAt(at('lab'))).toEqual({ kind: 'unclear' });
  });

  it('cannot be seen behind a link that leads to itself', async () => {
    await symlink(at('lab'), at('lab'));
    expect(await recordStateAt(at('lab'))).toEqual({ kind: 'unreadable' });
  });
});

describe('a topology of another data home', () => {
  it('is busy while its lock is held, and not afterwards', async () => {
    await mkdir(at('lab'));
    await writeRecord(at(), aRecord());
    const release = await tryLock(at(), 'lab');
    expect(await isLocked(at(), 'lab')).toBe(true);
    expect(await foreignRecordStateAt(at('lab'))).toEqual({ kind: 'busy' });
    await release?.();
    expect(await foreignRecordStateAt(at('lab'))).toMatchObject({ kind: 'record' });
  });

  it('is looked for without making anything', async () => {
    expect(await foreignRecordStateAt(at('gone', 'lab'))).toEqual({ kind: 'none' });
    expect(await readdir(at())).toEqual([]);
  });
});

describe('the directories of a data home', () => {
  it('are those with the name of a topology, with what is in them two deep', async () => {
    for (const way of [
      ['lab', 'redis-1', 'conf'],
      ['.hidden', 'x'],
      ['Upper', 'x'],
    ])
      await mkdir(at(...way), { recursive: true });
    await writeFile(at('lab', 'password'), '');
    await writeFile(at('file'), '');
    expect(await topologyDirectories(at())).toEqual([
      { topology: 'lab', entries: [{ name: 'password' }, { name: 'redis-1', inside: ['conf'] }] },
    ]);
  });

  it('are none behind a link, and a link in them is no directory', async () => {
    await mkdir(at('target', 'conf'), { recursive: true });
    await mkdir(at('home', 'lab'), { recursive: true });
    await symlink(at('target'), at('home', 'linked'));
    await symlink(at('target'), at('home', 'lab', 'redis-9'));
    expect(await topologyDirectories(at('home'))).toEqual([
      { topology: 'lab', entries: [{ name: 'redis-9' }] },
    ]);
  });

  it('are none where there is no data home', async () => {
    expect(await topologyDirectories(at('nowhere'))).toEqual([]);
  });
});

describe('removing a directory of a data home', () => {
  it('removes it with all in it, and nothing beside it', async () => {
    await mkdir(at('lab', 'redis-9', 'conf'), { recursive: true });
    await mkdir(at('lab', 'redis-1'));
    await removeFromHome(at(), ['lab', 'redis-9']);
    expect(await readdir(at('lab'))).toEqual(['redis-1']);
    await removeFromHome(at(), ['lab', 'redis-9']);
  });

  it('works where the data home itself is behind a link', async () => {
    await mkdir(at('real', 'lab'), { recursive: true });
    await symlink(at('real'), at('home'));
    await removeFromHome(at('home'), ['lab']);
    expect(await readdir(at('real'))).toEqual([]);
  });

  it('leaves what a link in it leads to', async () => {
    await mkdir(at('precious'));
    await mkdir(at('lab'));
    await symlink(at('precious'), at('lab', 'link'));
    await expect(removeFromHome(at(), ['lab'])).rejects.toThrow('is left');
    expect((await readdir(at())).sort()).toEqual(['lab', 'precious']);
    expect(await readdir(at('lab'))).toEqual(['link']);
  });

  it('begins nothing where the data of a node is a link', async () => {
    await mkdir(at('precious'));
    await mkdir(at('lab', 'redis-9', 'conf'), { recursive: true });
    await writeFile(at('lab', 'redis-9', 'conf', 'redis.conf'), '');
    await symlink(at('precious'), at('lab', 'redis-9', 'data'));
    await expect(removeFromHome(at(), ['lab', 'redis-9'])).rejects.toThrow('nothing was removed');
    expect(await readdir(at('lab', 'redis-9', 'conf'))).toEqual(['redis.conf']);
  });

  it('leaves what a user has put beside the data of a node', async () => {
    await mkdir(at('lab', 'redis-9', 'data'), { recursive: true });
    await writeFile(at('lab', 'redis-9', 'data', 'dump.rdb'), '');
    await writeFile(at('lab', 'redis-9', 'data', 'notes.txt'), '');
    await expect(removeFromHome(at(), ['lab', 'redis-9'])).rejects.toThrow('is left');
    expect(await readdir(at('lab', 'redis-9', 'data'))).toEqual(['notes.txt']);
  });

  it.each([
    ['the last name', ['lab', 'redis-9']],
    ['a name on the way', ['linked', 'redis-1']],
  ])('removes nothing where %s is a link', async (_, way) => {
    await mkdir(at('precious', 'redis-1'), { recursive: true });
    await mkdir(at('home', 'lab'), { recursive: true });
    await symlink(at('precious'), at('home', 'lab', 'redis-9'));
    await symlink(at('precious'), at('home', 'linked'));
    await expect(removeFromHome(at('home'), way)).rejects.toMatchObject({ kind: 'topology' });
    expect(await readdir(at('precious'))).toEqual(['redis-1']);
  });

  it.each([[[]], [['..']], [['lab', '..', '..']], [['.']], [['a/b']], [['']], [['a\0']]])(
    'goes no way but down: %j',
    async (way) => {
      await mkdir(at('home'));
      await expect(removeFromHome(at('home'), way)).rejects.toMatchObject({ kind: 'bug' });
      expect(await readdir(dirname(at('home')))).toContain('home');
    },
  );

  it('removes no file', async () => {
    await writeFile(at('lab'), '');
    await expect(removeFromHome(at(), ['lab'])).rejects.toMatchObject({ kind: 'topology' });
    expect(await readdir(at())).toEqual(['lab']);
  });
});

describe('the size of a directory', () => {
  beforeEach(async () => {
    await mkdir(at('lab', 'data'), { recursive: true });
    await writeFile(at('lab', 'a'), 'abc');
    await writeFile(at('lab', 'data', 'b'), 'defg');
  });

  it('is that of all files in it', async () => {
    expect(await sizeOf(at('lab'), 100)).toBe(7);
  });

  it('is not known where there are too many', async () => {
    expect(await sizeOf(at('lab'), 2)).toBeUndefined();
  });

  it('does not follow links', async () => {
    await writeFile(at('big'), 'x'.repeat(10_000));
    await symlink(join(at(), 'big'), at('lab', 'link'));
    expect(await sizeOf(at('lab'), 100)).toBeLessThan(1000);
  });
});
