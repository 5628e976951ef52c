import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import {
  lutimes,
  mkdir,
  readdir,
  readFile,
  readlink,
  symlink,
  unlink,
  writeFile,
} from 'node:fs/promises';
import { jest } from '@jest/globals';
import { isAlive, ownHolder } from '../../src/host/holder.js';
import { isLocked, tryLock } from '../../src/host/lock.js';
import { useTempDir } from '../helpers/temp.js';

const path = useTempDir();
const LINK = '.lab.lock';
const taken = async (onLost?: () => void) => (await tryLock(path(), 'lab', onLost)) !== undefined;
const children: ChildProcess[] = [];
afterEach(() => {
  jest.restoreAllMocks();
  for (const child of children.splice(0)) child.kill('SIGKILL');
});

/** A process that lives on; what a lock of it would say. */
async function another(): Promise<{ child: ChildProcess; holder: string }> {
  const child = spawn('sleep', ['60']);
  children.push(child);
  await once(child, 'spawn');
  const stat = await readFile(`/proc/${child.pid}/stat`, 'latin1');
  const start = stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19] ?? '';
  return { child, holder: await ownWith({ 0: String(child.pid), 1: start }) };
}

/** What a lock of this process says, with other fields. */
async function ownWith(fields: Readonly<Record<number, string>>): Promise<string> {
  const own = (await ownHolder()).split('.');
  return own.map((field, nth) => fields[nth] ?? field).join('.');
}

async function dead(): Promise<string> {
  const { child, holder } = await another();
  child.kill('SIGKILL');
  await once(child, 'exit');
  return holder;
}

describe('who holds a lock', () => {
  it('fits into an inode of ext4', async () => {
    const longest = await ownWith({ 0: '4194304', 1: '99999999999', 3: '4294967295' });
    expect(longest.length).toBeLessThan(60);
  });

  it.each<[string, () => Promise<string>, boolean | undefined]>([
    ['this process', ownHolder, true],
    ['another one', async () => (await another()).holder, true],
    ['one that is dead', dead, false],
    ['one whose number another one has now', () => ownWith({ 1: '1' }), false],
    ['one of another boot or machine', () => ownWith({ 2: '0123456789ab' }), undefined],
    ['one of another container', () => ownWith({ 3: '1' }), undefined],
    ['nonsense', async () => 'nonsense', undefined],
    ['nobody', async () => '', undefined],
  ])('%s', async (_, holder, alive) => {
    expect(await isAlive(await holder())).toBe(alive);
  });

  it('one that is stopped lives, for however long', async () => {
    const { child, holder } = await another();
    child.kill('SIGSTOP');
    expect(await isAlive(holder)).toBe(true);
  });
});

describe('a lock', () => {
  it('is one holder’s until it is let go', async () => {
    expect(await isLocked(path(), 'lab')).toBe(false);
    const release = await tryLock(path(), 'lab');
    expect([await isLocked(path(), 'lab'), await taken()]).toEqual([true, false]);
    await release?.();
    expect([await isLocked(path(), 'lab'), await readdir(path())]).toEqual([false, []]);
    expect(await taken()).toBe(true);
  });

  it('of a dead holder is free at once, and only one takes it', async () => {
    for (let round = 0; round < 20; round++) {
      await symlink(await ownWith({ 1: `${round}` }), path(LINK));
      const all = await Promise.all(Array.from({ length: 20 }, () => tryLock(path(), 'lab')));
      const won = all.filter((release) => release !== undefined);
      expect(won).toHaveLength(1);
      await won[0]?.();
      expect(await readdir(path())).toEqual([]);
    }
  });

  it('is taken over from one who died while taking it over', async () => {
    const holder = await ownWith({ 1: '1' });
    await symlink(holder, path(LINK));
    const rival = path(LINK);
    // The first one to try dies before its rename: what it made stays.
    const names = await namesTried(holder);
    await symlink(await ownWith({ 1: '2' }), `${rival}.${names}`);
    expect(await taken()).toBe(true);
    expect(await readdir(path())).toEqual([LINK]);
  });

  it('of a holder that lives is nobody else’s, stopped or not', async () => {
    const { child, holder } = await another();
    child.kill('SIGSTOP');
    await symlink(holder, path(LINK));
    expect([await taken(), await isLocked(path(), 'lab')]).toEqual([false, true]);
  });

  it.each<[string, () => Promise<void>]>([
    ['another container', async () => symlink(await ownWith({ 3: '1' }), path(LINK))],
    ['an older version', async () => void (await mkdir(path(LINK)))],
    ['a disk without links', () => writeFile(path(LINK), 'nonsense')],
  ])('of %s is held for as long as it is renewed', async (_, make) => {
    await make();
    expect([await taken(), await isLocked(path(), 'lab')]).toEqual([false, true]);
    let now = performance.now();
    jest.spyOn(performance, 'now').mockImplementation(() => {
      now += 60_000;
      return now;
    });
    for (let look = 1; look < 10; look++) expect(await taken()).toBe(false);
    await lutimes(path(LINK), new Date(0), new Date(1));
    for (let look = 0; look < 10; look++) expect(await taken()).toBe(false);
    expect(await taken()).toBe(true);
  });

  it('that another one took away is noticed, and left to that one', async () => {
    let hear = () => {};
    const lost = new Promise<void>((resolve) => {
      hear = resolve;
    });
    const release = await tryLock(path(), 'lab', () => hear());
    const { holder } = await another();
    await unlink(path(LINK));
    await symlink(holder, path(LINK));
    await lost;
    await release?.();
    expect(await readlink(path(LINK))).toBe(holder);
  });
});

/** The end of the name under which a dead holder is replaced. */
async function namesTried(holder: string): Promise<string> {
  const { createHash } = await import('node:crypto');
  return createHash('sha256').update(holder).digest('hex').slice(0, 8);
}
