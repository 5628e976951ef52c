import { mkdir, rm, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { onDisk } from '../../src/flow/on-disk.js';
import { parseRedis } from '../../src/health/parse-info.js';
import { LOCAL_FILES } from '../../src/host/file-store.js';
import { command } from '../helpers/aof.js';
import { useTempDir } from '../helpers/temp.js';

const path = useTempDir();
const place = () => ({ dataDirectory: path('n/data'), confFile: path('n/conf/redis.conf') });
const FILE = 'n/data/appendonly.aof';
const set = command('set', 'k', 'v');

async function put(name: string, content: string): Promise<void> {
  await mkdir(dirname(path(name)), { recursive: true });
  await writeFile(path(name), content);
}

/** What a server says that has written so many bytes. */
function says(bytes: number, keys = 1, rewriting = 0) {
  const info = [
    ...['role:master', 'loading:0', 'aof_enabled:1', `aof_rewrite_in_progress:${rewriting}`],
    ...['aof_rewrite_scheduled:0', `aof_current_size:${bytes}`, `db0:keys=${keys},expires=0`],
  ].join('\r\n');
  const answer = parseRedis({
    info: { ok: true, value: info },
    role: { ok: true, value: ['master'] },
  });
  return answer.reached ? answer.facts : undefined;
}

describe('what a data node has written', () => {
  beforeEach(async () => {
    await put('n/conf/redis.conf', 'appendonly yes\n');
    await put(FILE, set);
  });
  const found = (bytes: number, keys = 1, rewriting = 0) =>
    onDisk(place(), LOCAL_FILES, says(bytes, keys, rewriting));

  it('is there, also when it has written more meanwhile', async () => {
    expect(await found(set.length)).toBe('there');
    expect(await found(set.length - 1)).toBe('there');
  });

  it('is gone with its file, its directory, or all', async () => {
    await rm(path(FILE));
    expect(await found(set.length)).toBe('gone');
    await rm(path('n/data'), { recursive: true });
    expect(await found(set.length)).toBe('gone');
    await rm(path('n'), { recursive: true });
    expect(await found(set.length)).toBe('gone');
    expect(await onDisk(place(), LOCAL_FILES, undefined)).toBe('gone');
  });

  it('is not saved where somebody switched its file off, which its next start loads', async () => {
    const off = parseRedis({
      info: {
        ok: true,
        value: 'role:master\r\nloading:0\r\naof_enabled:0\r\ndb0:keys=1,expires=0',
      },
      role: { ok: true, value: ['master'] },
    });
    const facts = off.reached ? off.facts : undefined;
    expect(await onDisk(place(), LOCAL_FILES, facts)).toBe('unsaved');
    await put('n/conf/redis.conf', 'appendonly no\n');
    expect(await onDisk(place(), LOCAL_FILES, facts)).toBeUndefined();
  });

  it('is not what is there when that is less', async () => {
    expect(await found(set.length + 1)).toBe('other');
    await put(FILE, '');
    expect(await found(set.length)).toBe('other');
    expect(await found(0, 0)).toBe('there');
  });

  it('cannot be told while it rewrites its file, or when nobody may look', async () => {
    expect(await found(set.length + 1, 1, 1)).toBeUndefined();
    expect(await onDisk(place(), LOCAL_FILES, undefined)).toBeUndefined();
    const closed = async () => Promise.reject(new Error('EACCES'));
    expect(await onDisk(place(), { ...LOCAL_FILES, look: closed }, says(9))).toBeUndefined();
  });
});
