import { execFileSync } from 'node:child_process';
import {
  chmod,
  lchown,
  link,
  mkdir,
  open,
  readdir,
  readFile,
  readlink,
  rename,
  stat,
  symlink,
  writeFile,
} from 'node:fs/promises';
import { createServer } from 'node:net';
import { jest } from '@jest/globals';
import { keepConf, restoreConf } from '../../src/flow/kept-conf.js';
import type { StepWorld } from '../../src/flow/step-world.js';
import { readText } from '../../src/host/disk.js';
import { LOCAL_FILES } from '../../src/host/file-store.js';
import { within } from '../../src/host/guarded.js';
import { LARGEST_TEXT } from '../../src/model/constants.js';
import { useTempDir } from '../helpers/temp.js';

const SECRET = 'nobody in a container may read this\n';
const path = useTempDir();
const conf = () => path('redis-1', 'conf', 'redis.conf');
const secret = () => path('secret');

/** Have a link be somebody else's, who is not root either; gives who that is. */
async function giveAway(linked: string): Promise<number> {
  const own = process.geteuid?.() ?? 0;
  if (own === 0) {
    await lchown(linked, 999, 999);
    return 999;
  }
  // Only root can give it away: for anyone else it is this process that becomes another one.
  jest.spyOn(process as { geteuid(): number }, 'geteuid').mockReturnValue(own + 1);
  return own;
}

beforeEach(async () => {
  await mkdir(path('redis-1', 'conf'), { recursive: true });
  await writeFile(secret(), SECRET, { mode: 0o600 });
});

/** What a container can leave where its conf was, and how that is told. */
const TRAPS: readonly (readonly [string, () => Promise<unknown>, RegExp])[] = [
  ['a link to what only this user may read', () => symlink(secret(), conf()), /it is a link/],
  ['a link to a file of its own', () => symlink('other.conf', conf()), /it is a link/],
  ['a link to nothing', () => symlink(path('absent'), conf()), /it is a link/],
  ['a link in a circle', () => symlink('redis.conf', conf()), /it is a link/],
  ['a link to a device', () => symlink('/dev/zero', conf()), /it is a link/],
  ['a hard link', () => link(secret(), conf()), /another name elsewhere/],
  ['a pipe', async () => execFileSync('/usr/bin/mkfifo', [conf()]), /no plain file/],
  ['a socket', async () => listenAt(conf()), /no plain file/],
  ['a directory', () => mkdir(conf()), /no plain file/],
  ['more than fits', () => sparse(conf(), 2 ** 30), /larger than 16 MB/],
];

async function listenAt(at: string): Promise<void> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(at, resolve));
  server.unref();
}

/** A file of this many bytes that takes no room. */
async function sparse(at: string, bytes: number): Promise<void> {
  const file = await open(at, 'w');
  await file.truncate(bytes);
  await file.close();
}

describe.each(TRAPS)('%s in the place of a conf', (_, lay, why) => {
  const refused = (promise: Promise<unknown>) =>
    expect(promise).rejects.toMatchObject({
      kind: 'topology',
      message: expect.stringMatching(why),
    });
  beforeEach(lay);
  afterEach(async () => {
    expect(await readFile(secret(), 'utf8')).toBe(SECRET);
    expect((await stat(secret())).mode & 0o777).toBe(0o600);
  });

  it('is not read, and the file is named by its path', async () => {
    await refused(LOCAL_FILES.readText(conf()));
    await expect(LOCAL_FILES.readText(conf())).rejects.toThrow(conf());
  });

  it('is not edited, nor is anything put in its place', async () => {
    const before = (await stat(conf()).catch(() => undefined))?.ino;
    await refused(LOCAL_FILES.editFile(conf(), (text) => `${text}port 1\n`));
    expect((await stat(conf()).catch(() => undefined))?.ino).toBe(before);
    expect(await readdir(path('redis-1', 'conf'))).toEqual(['redis.conf']);
  });

  it('is not copied by an upgrade, neither out of its place nor into it', async () => {
    const world = { files: LOCAL_FILES, record: { placement: {} } } as unknown as StepWorld;
    const copy = `${conf()}.before-upgrade`;
    const step = { path: conf(), copy, image: 'redis:7', id: 'x', after: [] };
    await refused(keepConf({ kind: 'keep-conf', ...step }, world));
    expect(await readdir(path('redis-1', 'conf'))).toEqual(['redis.conf']);
    await rename(conf(), copy);
    await writeFile(conf(), 'port 1\n');
    await expect(restoreConf({ kind: 'restore-conf', ...step }, world)).rejects.toMatchObject({
      kind: 'topology',
    });
    expect(await readFile(conf(), 'utf8')).toBe('port 1\n');
  });

  it('is there already, and is left, for a file that is written once', async () => {
    expect(await LOCAL_FILES.writeOnce(conf(), 'port 1\n', 0o600)).toBe(false);
  });
});

describe('a link in the place of a file', () => {
  it('is replaced, and not written through', async () => {
    await symlink(secret(), conf());
    await LOCAL_FILES.replaceFile(conf(), 'port 1\n', 0o644);
    expect(await readFile(secret(), 'utf8')).toBe(SECRET);
    expect((await stat(secret())).mode & 0o777).toBe(0o600);
    expect(await readFile(conf(), 'utf8')).toBe('port 1\n');
    await expect(readlink(conf())).rejects.toMatchObject({ code: 'EINVAL' });
  });

  it('tells nothing of the file that it leads to', async () => {
    await symlink(secret(), conf());
    const version = await LOCAL_FILES.fileVersion(conf());
    await chmod(secret(), 0o640);
    await writeFile(secret(), SECRET);
    expect(await LOCAL_FILES.fileVersion(conf())).toBe(version);
    expect(await LOCAL_FILES.rights(conf())).toBeUndefined();
  });
});

describe('a directory', () => {
  const actions: readonly (readonly [string, () => Promise<unknown>])[] = [
    ['read', () => LOCAL_FILES.readText(conf())],
    ['edited', () => LOCAL_FILES.editFile(conf(), () => 'x')],
    ['replaced', () => LOCAL_FILES.replaceFile(conf(), 'x', 0o600)],
    ['written once', () => LOCAL_FILES.writeOnce(conf(), 'x', 0o600)],
    ['removed', () => LOCAL_FILES.removeFile(conf())],
  ];
  /** The directory with the conf is somewhere else, and a link by another user leads there. */
  async function swap(linked: string): Promise<number> {
    await writeFile(conf(), 'port 1\n');
    await rename(linked, path('elsewhere'));
    await symlink(path('elsewhere'), linked);
    return giveAway(linked);
  }

  afterEach(() => jest.restoreAllMocks());

  describe.each([
    ['that holds a conf', () => path('redis-1', 'conf')],
    ['of a node', () => path('redis-1')],
  ])('%s that is a link of somebody else', (_, linked) => {
    it.each(actions)('leads nowhere: nothing in it is %s', async (_name, act) => {
      const stranger = await swap(linked());
      await expect(act()).rejects.toMatchObject({
        kind: 'topology',
        message: `${linked()} is a link that user ${stranger} has made.`,
      });
      expect(await readFile(conf(), 'utf8')).toBe('port 1\n');
    });

    it('is not emptied', async () => {
      await swap(linked());
      const emptied = LOCAL_FILES.emptyDirectory(path('redis-1', 'conf'), 0o700);
      await expect(emptied).rejects.toMatchObject({ kind: 'topology' });
      expect(await readFile(conf(), 'utf8')).toBe('port 1\n');
    });
  });

  it('may be a link of the user’s own', async () => {
    await rename(path('redis-1'), path('disk'));
    await symlink(path('disk'), path('redis-1'));
    await LOCAL_FILES.replaceFile(conf(), 'port 1\n', 0o600);
    expect(await LOCAL_FILES.readText(conf())).toBe('port 1\n');
  });

  it('stays the one that it was when it is swapped meanwhile', async () => {
    await writeFile(conf(), 'mine');
    const read = await within(path('redis-1', 'conf'), async (base) => {
      await rename(path('redis-1', 'conf'), path('redis-1', 'away'));
      await mkdir(path('redis-1', 'conf'));
      await writeFile(conf(), 'theirs');
      return readFile(`${base}/redis.conf`, 'utf8');
    });
    // Elsewhere an open directory has no path of its own.
    expect(read).toBe(process.platform === 'linux' ? 'mine' : 'theirs');
  });
});

describe('a text', () => {
  it('that is just being put in place may be read', async () => {
    await writeFile(conf(), 'port 1\n');
    await link(conf(), `${conf()}.01234567.tmp`);
    expect(await LOCAL_FILES.readText(conf())).toBe('port 1\n');
  });

  it('is read up to a limit, whoever names it', async () => {
    await writeFile(path('a'), Buffer.alloc(LARGEST_TEXT, 'a'));
    expect((await readText(path('a')))?.length).toBe(LARGEST_TEXT);
    await sparse(path('a'), LARGEST_TEXT + 1);
    await expect(readText(path('a'))).rejects.toThrow(/larger than 16 MB/);
    await expect(readText('/dev/zero')).rejects.toThrow(/larger than 16 MB/);
  });

  it('is none where there is none', async () => {
    expect(await LOCAL_FILES.readText(conf())).toBeUndefined();
    expect(await LOCAL_FILES.readText(path('absent', 'conf', 'redis.conf'))).toBeUndefined();
    await expect(LOCAL_FILES.removeFile(path('absent', 'x'))).resolves.toBeUndefined();
  });
});
