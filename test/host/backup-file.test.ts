import { createHash } from 'node:crypto';
import { mkdir, readdir, readFile, stat, writeFile } from 'node:fs/promises';
import { placeForBackup, readDump, readManifest, writeBackup } from '../../src/host/backup-file.js';
import { tarOf } from '../../src/host/tar.js';
import type { BackupManifest } from '../../src/model/backup.js';
import { useTempDir } from '../helpers/temp.js';
import { aSpec } from '../helpers/topology.js';

const path = useTempDir();
/** Not of a multiple of a block. */
const DUMP = Buffer.from(`REDIS0010${'x'.repeat(3000)}`);
const manifest: BackupManifest = {
  ...{ schemaVersion: 1, kind: 'rsent-backup', topology: 'lab' },
  at: '2026-01-02T03:04:05.678Z',
  server: { product: 'redis', version: '7.0.15' },
  node: { name: 'redis-2', role: 'replica' },
  replication: { id: 'a'.repeat(40), offset: 14, masterOffset: 12 },
  databases: [{ db: 0, keys: 1, volatile: 0 }],
  dump: { bytes: DUMP.length, sha256: '', format: 'REDIS0010' },
  spec: aSpec(),
};

async function* pieces(...all: Uint8Array[]) {
  yield* all;
}

async function* failing() {
  yield DUMP.subarray(0, 100);
  throw new Error('the engine went away');
}

async function collect(file: string, as: BackupManifest): Promise<Buffer> {
  const found: Uint8Array[] = [];
  for await (const piece of readDump(file, as)) found.push(piece);
  return Buffer.concat(found);
}

const write = (chunks: AsyncIterable<Uint8Array> = pieces(DUMP.subarray(0, 7), DUMP.subarray(7))) =>
  writeBackup(path('b.tar'), { manifest, chunks });

describe('a backup', () => {
  it('is read as it was written, with the hash of its dump', async () => {
    const kept = await write();
    expect(kept.dump.sha256).toBe(createHash('sha256').update(DUMP).digest('hex'));
    expect(await readManifest(path('b.tar'))).toEqual(kept);
    expect((await collect(path('b.tar'), kept)).equals(DUMP)).toBe(true);
  });

  it('is for its owner alone, with nothing beside it', async () => {
    await write();
    expect((await stat(path('b.tar'))).mode & 0o777).toBe(0o600);
    expect(await readdir(path())).toEqual(['b.tar']);
  });

  it('is never written over', async () => {
    await writeFile(path('b.tar'), 'older');
    await expect(write()).rejects.toMatchObject({ kind: 'usage' });
    expect(await readFile(path('b.tar'), 'utf8')).toBe('older');
    expect(await readdir(path())).toEqual(['b.tar']);
  });

  it.each([
    ['its source fails', failing, 'went away'],
    ['its source ends early', () => pieces(DUMP.subarray(0, 100)), 'bytes announced'],
    ['its source has more', () => pieces(DUMP, DUMP), 'bytes announced'],
  ])('leaves nothing when %s', async (_, source, why) => {
    await expect(write(source())).rejects.toThrow(why);
    expect(await readdir(path())).toEqual([]);
  });

  it('is placed where it is named, or under a name of its own in a directory', async () => {
    const at = new Date('2026-01-02T03:04:05.678Z');
    await mkdir(path('dir'));
    expect(await placeForBackup(path('x'), 'lab', at)).toBe(path('x'));
    const own = path('dir', 'lab-20260102-030405.rsent.tar');
    expect(await placeForBackup(path('dir'), 'lab', at)).toBe(own);
    await writeFile(own, '');
    await expect(placeForBackup(path('dir'), 'lab', at)).rejects.toMatchObject({ kind: 'usage' });
    const nowhere = placeForBackup(path('no', 'x'), 'lab', at);
    await expect(nowhere).rejects.toMatchObject({ kind: 'topology' });
  });
});

describe('a file that is no whole backup', () => {
  const entry = (name: string, content: string | Buffer) => ({ name, mode: 0o600, content });
  const text = (kept: BackupManifest) => `${JSON.stringify(kept, null, 2)}\n`;

  it('is refused at every length', async () => {
    const kept = await write();
    const whole = await readFile(path('b.tar'));
    // Without the empty blocks at the end all is there still.
    for (const length of [0, 1, 511, 512, 700, 2048, 2100, whole.length - 1024 - 512]) {
      await writeFile(path('cut'), whole.subarray(0, length));
      const read = async () => collect(path('cut'), await readManifest(path('cut')));
      await expect(read()).rejects.toMatchObject({ kind: 'refused' });
    }
    expect(kept.dump.bytes).toBe(DUMP.length);
  });

  it('is refused with any other byte in its dump', async () => {
    const kept = await write();
    const whole = await readFile(path('b.tar'));
    const at = whole.indexOf('REDIS0010x');
    for (const offset of [0, 1500, DUMP.length - 1]) {
      const other = Buffer.from(whole);
      other[at + offset] = 0;
      await writeFile(path('other'), other);
      await expect(collect(path('other'), kept)).rejects.toThrow('not what was saved');
    }
  });

  it.each<[string, (kept: BackupManifest) => Promise<Buffer>]>([
    [
      'a third entry',
      async (kept) =>
        tarOf([entry('manifest.json', text(kept)), entry('dump.rdb', DUMP), entry('x', '')]),
    ],
    [
      'the dump under a path',
      async (kept) => tarOf([entry('manifest.json', text(kept)), entry('../dump.rdb', DUMP)]),
    ],
    [
      'a directory for a dump',
      async (kept) =>
        tarOf([entry('manifest.json', text(kept)), { name: 'dump.rdb', mode: 0o700 }]),
    ],
    [
      'a dump of another size',
      async (kept) => tarOf([entry('manifest.json', text(kept)), entry('dump.rdb', 'x')]),
    ],
  ])('is refused with %s', async (_, make) => {
    const kept = await write();
    await writeFile(path('odd'), await make(kept));
    await expect(collect(path('odd'), kept)).rejects.toMatchObject({ kind: 'refused' });
  });

  it.each([
    ['no tar', async () => Buffer.from('x'.repeat(5000))],
    ['the dump first', async () => tarOf([entry('dump.rdb', DUMP)])],
    ['a huge manifest', async () => tarOf([entry('manifest.json', ' '.repeat(2 ** 21))])],
    ['a manifest of something else', async () => tarOf([entry('manifest.json', '{"a":1}')])],
    ['no JSON', async () => tarOf([entry('manifest.json', '{')])],
    [
      'more than was said',
      async () =>
        tarOf([entry('manifest.json', text(await write())), entry('x', 'x'.repeat(2 ** 22))]),
    ],
  ])('is refused before anything of it is used: %s', async (_, make) => {
    await writeFile(path('bad'), await make());
    await expect(readManifest(path('bad'))).rejects.toMatchObject({ kind: 'refused' });
  });

  it('is told from one that is not there, and from a directory', async () => {
    await expect(readManifest(path('none'))).rejects.toMatchObject({ kind: 'usage' });
    await expect(readManifest(path())).rejects.toMatchObject({ kind: 'refused' });
  });
});
