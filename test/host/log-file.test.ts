import { execFileSync } from 'node:child_process';
import { appendFile, mkdir, rename, symlink, truncate, writeFile } from 'node:fs/promises';
import fc from 'fast-check';
import { LogFile } from '../../src/host/log-file.js';
import { useTempDir } from '../helpers/temp.js';

describe('a log file', () => {
  const temp = useTempDir();
  const opened: LogFile[] = [];
  const open = (...parts: string[]) => {
    const file = new LogFile(temp(...parts));
    opened.push(file);
    return file;
  };
  afterEach(() => Promise.all(opened.splice(0).map((file) => file.close())));

  async function all(file: LogFile): Promise<string[]> {
    const lines: string[] = [];
    for (let more = await file.read(); more.length > 0; more = await file.read())
      lines.push(...more);
    return lines;
  }

  it('is not there yet, then grows', async () => {
    const file = open('a.log');
    expect(await all(file)).toEqual([]);
    await writeFile(temp('a.log'), 'one\ntw');
    expect(await all(file)).toEqual(['one']);
    await appendFile(temp('a.log'), 'o\nthree\n');
    expect(await all(file)).toEqual(['two', 'three']);
    expect(await all(file)).toEqual([]);
  });

  it('gives the same lines however it was written', async () => {
    const text = fc.string({ unit: 'grapheme' }).map((line) => line.replaceAll('\n', ''));
    let n = 0;
    await fc.assert(
      fc.asyncProperty(fc.array(text), fc.array(fc.nat()), async (lines, places) => {
        const content = Buffer.from(lines.map((line) => `${line}\n`).join(''));
        const path = `${n++}.log`;
        const file = new LogFile(temp(path));
        const got: string[] = [];
        const ends = [...places.map((each) => each % (content.length + 1)), content.length];
        let from = 0;
        for (const end of ends.sort((a, b) => a - b)) {
          await appendFile(temp(path), content.subarray(from, end));
          got.push(...(await all(file)));
          from = end;
        }
        await file.close();
        expect(got).toEqual(lines);
      }),
      { numRuns: 30 },
    );
  });

  it('goes on when it is moved away, or cut short', async () => {
    const file = open('a.log');
    await writeFile(temp('a.log'), 'one\n');
    expect(await all(file)).toEqual(['one']);
    await appendFile(temp('a.log'), 'last words');
    await rename(temp('a.log'), temp('a.log.1'));
    await writeFile(temp('a.log'), 'two\nthree\n');
    expect([...(await all(file)), ...(await all(file))]).toEqual(['last words', 'two', 'three']);
    await truncate(temp('a.log'));
    await appendFile(temp('a.log'), 'four\n');
    expect([...(await all(file)), ...(await all(file))]).toEqual(['four']);
  });

  it('is read in pieces when it is large', async () => {
    const lines = Array.from({ length: 20_000 }, (_, i) => `line ${i} é`);
    await writeFile(temp('a.log'), `${lines.join('\n')}\n`);
    const file = open('a.log');
    expect((await file.read()).length).toBeLessThan(20_000);
    expect(await all(open('a.log'))).toEqual(lines);
  });

  it('ends a line that never ends', async () => {
    await writeFile(temp('a.log'), 'x'.repeat(200_000));
    expect((await all(open('a.log'))).map(({ length }) => length)).toEqual([
      65_536, 65_536, 65_536,
    ]);
  });

  it('is refused where a container could have put something else in its place', async () => {
    await writeFile(temp('secret'), 'nobody may read this\n');
    await symlink(temp('secret'), temp('link.log'));
    await expect(open('link.log').read()).rejects.toThrow(/link\.log: it is a link/);
    execFileSync('/usr/bin/mkfifo', [temp('pipe.log')]);
    await expect(open('pipe.log').read()).rejects.toThrow(/it is no plain file/);
    await mkdir(temp('folder.log'));
    await expect(open('folder.log').read()).rejects.toMatchObject({ kind: 'topology' });
  });
});
