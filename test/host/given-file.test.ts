import { execFileSync } from 'node:child_process';
import { mkdir, open, symlink, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { PassThrough, Readable } from 'node:stream';
import { readAll, readGivenFile, textOfGiven } from '../../src/host/given-file.js';
import { useTempDir } from '../helpers/temp.js';

const path = useTempDir();

describe('a file that the user names', () => {
  it('is read', async () => {
    await writeFile(path('a'), 'text: ü\n');
    await symlink(path('a'), path('link'));
    expect(await readGivenFile(path('a'))).toEqual({ text: 'text: ü\n' });
    expect(await readGivenFile(path('link'))).toEqual({ text: 'text: ü\n' });
    await writeFile(path('empty'), '');
    expect(await readGivenFile(path('empty'))).toEqual({ text: '' });
  });

  it('may be 1 MiB large, and no larger', async () => {
    await writeFile(path('most'), 'x'.repeat(1024 ** 2));
    expect(await readGivenFile(path('most'))).toMatchObject({
      text: expect.stringMatching(/^x+$/),
    });
    const file = await open(path('huge'), 'w');
    await file.truncate(50 * 1024 ** 3);
    await file.close();
    expect(await readGivenFile(path('huge'))).toEqual({
      fault: expect.stringContaining('larger than 1 MiB'),
    });
  });

  it.each([
    [
      'a pipe that nobody writes into',
      () => execFileSync('sh', ['-c', 'mkfifo "$0"', path('x')]),
      /^is a pipe; a plain file was expected, or - for stdin/,
    ],
    ['a directory', () => mkdir(path('x')), /^is a directory; a file was expected$/],
    ['nothing', () => undefined, /^does not exist$/],
    [
      'a link to itself',
      () => symlink(path('x'), path('x')),
      /^cannot be read: it is a link that leads back to itself \(ELOOP\)$/,
    ],
    ['a device without end', () => symlink('/dev/zero', path('x')), /^is no plain file/],
    ['the empty device', () => symlink('/dev/null', path('x')), /^is no plain file/],
    [
      'what the kernel makes up',
      () => symlink('/proc/kmsg', path('x')),
      /^(is no|cannot be read|does not exist)/,
    ],
  ])('is not read where it is %s', async (_, make, fault) => {
    await make();
    const read = await readGivenFile(path('x'));
    if ('text' in read) expect(read.text.length).toBeLessThan(1024 ** 2);
    else expect(read.fault).toMatch(fault);
  });

  it('is not read where it is a socket', async () => {
    const server = createServer();
    await new Promise<void>((done) => server.listen(path('s'), done));
    expect(await readGivenFile(path('s'))).toEqual({
      fault: expect.stringMatching(/^is no plain file/),
    });
    await new Promise((done) => server.close(done));
  });

  it('is refused by the name of its option', async () => {
    await expect(textOfGiven(path('absent'), '--file', 'Do this.')).rejects.toMatchObject({
      kind: 'usage',
      message: `--file: ${path('absent')} does not exist.`,
      hint: 'Do this.',
    });
  });
});

describe('stdin', () => {
  it('is read to its end', async () => {
    const whole = Buffer.from('a: ü\n');
    const stream = Readable.from([whole.subarray(0, 4), whole.subarray(4)]);
    expect(await readAll(stream)).toEqual({ text: 'a: ü\n' });
  });

  it('is read no further than 1 MiB', async () => {
    async function* endless() {
      for (;;) yield Buffer.alloc(65_536);
    }
    expect(await readAll(Readable.from(endless()))).toEqual({
      fault: expect.stringContaining('larger than 1 MiB'),
    });
  });

  it('may say nothing for a while only', async () => {
    expect(await readAll(new PassThrough(), 20)).toEqual({ fault: 'said nothing for 0.02 s' });
  });
});
