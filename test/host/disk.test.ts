import { chmod, link, mkdir, readdir, readFile, stat, symlink, writeFile } from 'node:fs/promises';
import {
  editFile,
  makeDirectory,
  namesIn,
  readText,
  removeTree,
  replaceFile,
  writeOnce,
} from '../../src/host/disk.js';
import { fileVersion } from '../../src/host/file-facts.js';
import { LOCAL_FILES } from '../../src/host/file-store.js';
import { useTempDir } from '../helpers/temp.js';

const path = useTempDir();
const modeOf = async (file: string) => (await stat(file)).mode & 0o7777;
const text = (file: string) => readFile(file, 'utf8');
const refused = expect.objectContaining({ kind: 'topology' });

/** With a mask that would take rights away, or grant too many. */
async function withUmask<T>(mask: number, act: () => Promise<T>): Promise<T> {
  const before = process.umask(mask);
  try {
    return await act();
  } finally {
    process.umask(before);
  }
}

describe('readText', () => {
  it('gives what is there', async () => {
    await writeFile(path('a'), 'é\n');
    expect(await readText(path('a'))).toBe('é\n');
  });

  it.each([
    ['there is no file', ['absent']],
    ['there is no directory', ['absent', 'file']],
    ['the directory is a file', ['a', 'file']],
  ])('gives nothing when %s', async (_, parts) => {
    await writeFile(path('a'), '');
    expect(await readText(path(...parts))).toBeUndefined();
  });

  it('says which file cannot be read', async () => {
    await expect(readText(path())).rejects.toEqual(refused);
    await expect(readText(path())).rejects.toThrow(path());
  });
});

describe('namesIn', () => {
  it('lists a directory, and nothing where there is none', async () => {
    await writeFile(path('a'), '');
    expect(await namesIn(path())).toEqual(['a']);
    expect(await namesIn(path('absent'))).toEqual([]);
    await expect(namesIn(path('a'))).rejects.toEqual(refused);
  });
});

describe('makeDirectory', () => {
  it('makes it with exactly this mode, its parents too', async () => {
    const isNew = await withUmask(0o077, () => makeDirectory(path('a', 'b'), 0o755));
    expect(isNew).toBe(true);
    expect(await modeOf(path('a', 'b'))).toBe(0o755);
  });

  it('leaves one that is there as it is', async () => {
    await mkdir(path('a'));
    await chmod(path('a'), 0o711);
    expect(await makeDirectory(path('a'), 0o700)).toBe(false);
    expect(await modeOf(path('a'))).toBe(0o711);
  });

  it('says why it cannot', async () => {
    await writeFile(path('a'), '');
    await expect(makeDirectory(path('a', 'b'), 0o700)).rejects.toEqual(refused);
  });
});

describe('makeDirectory, asked by many at once', () => {
  it('is done by one of them, and nobody fails', async () => {
    const each = async (_: unknown, nth: number) => {
      const isNew = await makeDirectory(path('home'), 0o700);
      await writeFile(path('home', `${nth}`), '');
      return isNew;
    };
    const made = await Promise.all(Array.from({ length: 50 }, each));
    expect(made.filter((isNew) => isNew).length).toBeGreaterThan(0);
    expect(await readdir(path('home'))).toHaveLength(50);
  });
});

describe('makeDirectory, when it cannot have its owner', () => {
  it('leaves nothing there, neither in its place nor beside it', async () => {
    const nobody = { uid: 2 ** 33, gid: 0 };
    await expect(makeDirectory(path('a', 'b'), 0o700, nobody)).rejects.toEqual(refused);
    expect(await namesIn(path('a'))).toEqual([]);
  });

  it('takes the place of no file', async () => {
    await writeFile(path('a'), 'mine');
    await expect(makeDirectory(path('a'), 0o700)).rejects.toEqual(refused);
    expect(await text(path('a'))).toBe('mine');
    expect(await namesIn(path())).toEqual(['a']);
  });
});

describe('writeOnce', () => {
  it('writes a file that is not there', async () => {
    expect(await writeOnce(path('a'), 'new', 0o600)).toBe(true);
    expect(await text(path('a'))).toBe('new');
    expect(await modeOf(path('a'))).toBe(0o600);
  });

  it.each([['old'], ['']])('never overwrites one that holds %j', async (old) => {
    await writeFile(path('a'), old, { mode: 0o644 });
    const before = await stat(path('a'));
    expect(await writeOnce(path('a'), 'new', 0o600)).toBe(false);
    expect(await text(path('a'))).toBe(old);
    const { ino, mode, mtimeMs } = await stat(path('a'));
    expect({ ino, mode, mtimeMs }).toEqual({
      ino: before.ino,
      mode: before.mode,
      mtimeMs: before.mtimeMs,
    });
  });

  it('lets only one of two writers at once have it', async () => {
    const wrote = await Promise.all(['a', 'b'].map((who) => writeOnce(path('f'), who, 0o600)));
    expect(wrote.filter(Boolean)).toHaveLength(1);
  });
});

describe('replaceFile', () => {
  it('puts new content in place of the old', async () => {
    await writeFile(path('a'), 'a longer old text');
    await replaceFile(path('a'), 'new', 0o600);
    expect(await text(path('a'))).toBe('new');
  });

  it.each([0o600, 0o640, 0o644])('gives it exactly this mode: %o', async (mode) => {
    await writeFile(path('a'), '', { mode: 0o666 });
    await withUmask(0o077, () => replaceFile(path('a'), 'new', mode));
    expect(await modeOf(path('a'))).toBe(mode);
  });

  it('never changes the old file itself: who has it open sees it whole', async () => {
    await writeFile(path('a'), 'old');
    await link(path('a'), path('same'));
    await replaceFile(path('a'), 'new', 0o600);
    expect(await text(path('same'))).toBe('old');
  });

  it('leaves the old file and no draft when it fails', async () => {
    await mkdir(path('a'));
    await writeFile(path('a', 'inner'), 'old');
    await expect(replaceFile(path('a'), 'new', 0o600)).rejects.toEqual(refused);
    expect(await readdir(path())).toEqual(['a']);
    expect(await text(path('a', 'inner'))).toBe('old');
  });

  it('leaves no draft when it succeeds', async () => {
    await replaceFile(path('a'), 'new', 0o600);
    expect(await readdir(path())).toEqual(['a']);
  });

  it('says which file cannot be written', async () => {
    const file = path('absent', 'a');
    await expect(replaceFile(file, 'new', 0o600)).rejects.toThrow(`Cannot write ${file}: `);
  });
});

describe('editFile', () => {
  it.each([0o600, 0o640, 0o444])('keeps the mode: %o', async (mode) => {
    await writeFile(path('a'), 'one');
    await chmod(path('a'), mode);
    await withUmask(0o077, () => editFile(path('a'), (old) => `${old} two`));
    expect(await text(path('a'))).toBe('one two');
    expect(await modeOf(path('a'))).toBe(mode);
  });

  it('keeps the owner', async () => {
    await writeFile(path('a'), 'one');
    const before = await stat(path('a'));
    await editFile(path('a'), () => 'two');
    const { uid, gid } = await stat(path('a'));
    expect([uid, gid]).toEqual([before.uid, before.gid]);
  });

  it('changes nothing when the change itself fails', async () => {
    await writeFile(path('a'), 'one');
    const edit = () => {
      throw new Error('no');
    };
    await expect(editFile(path('a'), edit)).rejects.toThrow('no');
    expect(await text(path('a'))).toBe('one');
    expect(await readdir(path())).toEqual(['a']);
  });

  it('makes no file that was not there', async () => {
    await expect(editFile(path('a'), () => 'x')).rejects.toEqual(refused);
    expect(await readdir(path())).toEqual([]);
  });
});

describe('removeTree', () => {
  it('removes all of it, and nothing behind a link in it', async () => {
    await mkdir(path('a', 'b'), { recursive: true });
    await mkdir(path('elsewhere'));
    await writeFile(path('elsewhere', 'kept'), '');
    await symlink(path('elsewhere'), path('a', 'link'));
    await removeTree(path('a'));
    expect(await readdir(path())).toEqual(['elsewhere']);
    expect(await readdir(path('elsewhere'))).toEqual(['kept']);
  });

  it('does not mind that nothing is there', async () => {
    await expect(removeTree(path('absent'))).resolves.toBeUndefined();
  });
});

describe('fileVersion', () => {
  it('tells any two replacements apart, however soon they follow each other', async () => {
    const seen: unknown[] = [];
    for (let i = 0; i < 20; i++) {
      await replaceFile(path('a'), 'one', 0o600);
      seen.push(await fileVersion(path('a')));
    }
    expect(seen.filter((each, i) => i > 0 && each === seen[i - 1])).toEqual([]);
  });

  it('is nothing where there is no file', async () => {
    expect(await fileVersion(path('absent'))).toBeUndefined();
  });
});

describe('emptyDirectory', () => {
  it('takes out what its server has there and nothing else, and follows no link', async () => {
    await mkdir(path('data', 'deep', 'appendonlydir'), { recursive: true });
    await writeFile(path('data', 'deep', 'appendonlydir', 'appendonly.aof.manifest'), '');
    await mkdir(path('data', 'appendonlydir'));
    await writeFile(path('data', 'appendonlydir', 'appendonly.aof.manifest'), '');
    await writeFile(path('data', 'notes.txt'), '');
    await writeFile(path('data', 'mine.rdb'), '');
    await mkdir(path('conf'));
    await writeFile(path('conf', 'redis.conf'), 'dbfilename mine.rdb\n');
    await writeFile(path('kept'), 'kept');
    await symlink(path('kept'), path('data', 'dump.rdb'));
    await chmod(path('data'), 0o700);
    await LOCAL_FILES.emptyDirectory(path('data'), 0o755);
    expect((await readdir(path('data'))).sort()).toEqual(['deep', 'dump.rdb', 'notes.txt']);
    expect(await readdir(path('data', 'deep', 'appendonlydir'))).toHaveLength(1);
    // What is mounted in a container stays the same directory.
    expect(await modeOf(path('data'))).toBe(0o700);
    expect(await text(path('kept'))).toBe('kept');
  });

  it('makes one where there is none', async () => {
    await LOCAL_FILES.emptyDirectory(path('new'), 0o700);
    expect(await modeOf(path('new'))).toBe(0o700);
  });
});
