import { Readable } from 'node:stream';
import { buffer } from 'node:stream/consumers';
import tar from 'tar-stream';
import { entriesOf, firstFile, renamedTar, tailOf, tarOf, tarStream } from '../../src/host/tar.js';

const OWNER = { uid: 999, gid: 998 };

describe('a tar', () => {
  it('gives back the file that was put into it', async () => {
    const entry = { name: 'redis.conf', mode: 0o600, owner: OWNER, content: 'port 6379 äöü\n' };
    expect(await firstFile(await tarOf([entry]))).toEqual({
      ...entry,
      content: Buffer.from('port 6379 äöü\n'),
    });
  });

  it.each([3, 10, 50_000, 200_000])('gives the last %i bytes of its first file', async (most) => {
    const content = Buffer.from(Array.from({ length: 100_000 }, (_, i) => i % 251));
    const archive = tarStream([
      { name: 'x', mode: 0o600, content },
      { name: 'y', mode: 0o600, content: 'other' },
    ]);
    const expected = content.subarray(Math.max(0, content.length - most));
    expect(expected.equals((await tailOf(archive, most)) ?? Buffer.alloc(0))).toBe(true);
  });

  it('can hold a file without anything in it', async () => {
    const archive = await tarOf([{ name: 'x', mode: 0o644, content: '' }]);
    expect((await firstFile(archive))?.content).toHaveLength(0);
  });

  it('has directories that are no files', async () => {
    const archive = await tarOf([{ name: 'conf', mode: 0o700, owner: OWNER }]);
    expect(await firstFile(archive)).toBeUndefined();
    const extract = tar.extract();
    Readable.from([archive]).pipe(extract);
    for await (const entry of extract) {
      expect(entry.header).toMatchObject({ type: 'directory', mode: 0o700, ...OWNER });
      entry.resume();
    }
  });

  it('is not followed where it begins with a link', async () => {
    const pack = tar.pack();
    pack.entry({ name: 'tls.key', type: 'symlink', linkname: '/etc/shadow' });
    pack.entry({ name: 'other' }, 'x');
    pack.finalize();
    expect(await firstFile(await buffer(pack))).toBeUndefined();
  });

  it('may be empty', async () => {
    expect(await firstFile(await tarOf([]))).toBeUndefined();
  });
});

describe('a tar of a directory under another name', () => {
  it('has all that was in it, for its new owner', async () => {
    const large = 'x'.repeat(100_000);
    const archive = tarStream([
      { name: 'data/', mode: 0o700 },
      { name: 'data/dump.rdb', mode: 0o600, content: large },
      { name: 'data/appendonlydir/', mode: 0o700 },
      { name: 'data/appendonlydir/a.aof', mode: 0o600, content: '' },
    ]);
    const found: [string, number][] = [];
    for await (const { name, bytes, chunks } of entriesOf(
      renamedTar(archive, 'data.broken', { uid: 999, gid: 999 }),
    )) {
      found.push([name.replace(/\/$/, ''), bytes]);
      for await (const _ of chunks);
    }
    expect(found).toEqual([
      ['data.broken', 0],
      ['data.broken/dump.rdb', large.length],
      ['data.broken/appendonlydir', 0],
      ['data.broken/appendonlydir/a.aof', 0],
    ]);
  });
});
