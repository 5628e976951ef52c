import { writeFile } from 'node:fs/promises';
import { Readable } from 'node:stream';
import { buffer } from 'node:stream/consumers';
import { Crc64 } from '../../src/host/crc64.js';
import { readDumpFile, sourceOfDump } from '../../src/host/dump-file.js';
import { useTempDir } from '../helpers/temp.js';

const path = useTempDir();
const field = (name: string, value: string) =>
  Buffer.concat([
    Buffer.from([0xfa, name.length]),
    Buffer.from(name),
    Buffer.from([value.length]),
    Buffer.from(value),
  ]);

/** A dump with so many bytes of keys, as a server writes it. */
function aDump(magic = 'REDIS0010', fields = [field('redis-ver', '7.0.15')], size = 3_000_000) {
  const keys = Buffer.alloc(size, 'some keys ');
  const body = Buffer.concat([Buffer.from(magic), ...fields, keys, Buffer.from([0xff])]);
  const crc = new Crc64();
  crc.update(body);
  return Buffer.concat([body, crc.digest()]);
}

async function put(content: Buffer | string): Promise<string> {
  await writeFile(path('dump.rdb'), content);
  return path('dump.rdb');
}

describe('a dump as a server writes it', () => {
  it.each([
    [
      'of Redis',
      'REDIS0010',
      [field('redis-ver', '7.0.15')],
      { product: 'redis', version: '7.0.15' },
    ],
    [
      'of Valkey',
      'VALKEY080',
      [field('valkey-ver', '9.1.0')],
      { product: 'valkey', version: '9.1.0' },
    ],
    ['that does not say', 'REDIS0006', [], { product: 'redis', version: 'of an unknown version' }],
  ])(
    'is known by its first bytes, with who has written it: %s',
    async (_, magic, fields, server) => {
      const dump = aDump(magic, fields, 10);
      expect(await sourceOfDump(await put(dump))).toMatchObject({
        ...{ server, dump: { bytes: dump.length, format: magic } },
      });
    },
  );

  it('is read as it is', async () => {
    const dump = aDump();
    const file = await put(dump);
    const source = await sourceOfDump(file);
    const read = await buffer(Readable.from(readDumpFile(file, source!.dump)));
    expect(read.equals(dump)).toBe(true);
  });

  it('may have no checksum, where its server makes none', async () => {
    const dump = aDump();
    dump.fill(0, dump.length - 8);
    expect(await sourceOfDump(await put(dump))).toBeDefined();
  });

  it.each([
    ['cut off', (dump: Buffer) => dump.subarray(0, -20), 'its end is missing'],
    ['a few bytes long', (dump: Buffer) => dump.subarray(0, 12), 'its end is missing'],
    [
      'damaged in the middle',
      (dump: Buffer) =>
        Buffer.concat([dump.subarray(0, 2e6), Buffer.from('x'), dump.subarray(2e6 + 1)]),
      'its checksum is not that of its content',
    ],
  ])('is refused when it is %s, as what it is', async (_, spoil, why) => {
    const file = await put(spoil(aDump()));
    await expect(sourceOfDump(file)).rejects.toThrow(
      `${file} is a plain RDB file, and not whole: ${why}.`,
    );
  });

  it('is refused when it has changed since', async () => {
    const source = await sourceOfDump(await put(aDump()));
    const file = await put(aDump('REDIS0011'));
    await expect(buffer(Readable.from(readDumpFile(file, source!.dump)))).rejects.toThrow(
      'it has changed',
    );
  });

  it.each(['', 'REDIS', 'manifest.json', 'REDISX010'])('is nothing else: %j', async (content) => {
    expect(await sourceOfDump(await put(content))).toBeUndefined();
    expect(await sourceOfDump(path('none'))).toBeUndefined();
    expect(await sourceOfDump(path())).toBeUndefined();
  });
});
